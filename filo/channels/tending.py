"""The channel's life: keys are exchanged before they end, and somebody is warned when they cannot.

Run by one worker at a time. The new settings are sealed in the same transaction that says so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from datetime import datetime, timedelta

from filo.channels import operations, registry
from filo.channels.carrier import Carrier
from filo.channels.contract import Call, Connector, Doubtful, Failed, Later, Renews, Reply
from filo.channels.queries import load
from filo.channels.types import ChannelConfig
from filo.core import clock
from filo.core.db import Connection, Cursor, connect

FIRST = timedelta(days=7)  # before a key ends whose length we do not know yet
SHARE = 4  # of a key's life, the last quarter, is when it is exchanged
AGAIN = timedelta(hours=1)  # after an exchange that failed
SECONDS = 30.0
ENDED = "Its key has ended. Connect the channel again."

Renewal = Generator[Call, Reply, dict[str, str]]
Ask = Callable[[ChannelConfig, Connector, Renewal], Awaitable[dict[str, str]]]


async def tend(carrier: Carrier) -> int:
    """Look after every channel once; returns how many keys were exchanged."""

    async def ask(channel: ChannelConfig, connector: Connector, renewal: Renewal) -> dict[str, str]:
        return await carrier.ask(
            renewal,
            config=channel.settings,
            channel=channel.public,
            connector=connector,
            seconds=SECONDS,
        )

    with connect(name="filo worker, keys") as connection:
        channels = [one for one in load(connection.cursor()) if one.active and one.settings]
        return sum(
            [
                await look_after(connection, one, registry.connector(one.kind), ask)
                for one in channels
                if one.kind in registry.kinds()
            ]
        )


async def look_after(
    connection: Connection, channel: ChannelConfig, connector: Connector, ask: Ask
) -> int:
    """Exchange the key of one channel, if it is time."""
    if not isinstance(connector, Renews):
        return 0
    at = clock.now()
    ends = connector.due(channel.settings)
    with connection.transaction():
        known = operations.key_ends(connection.cursor(), channel.id, ends)
    young = known.exchange_from is not None and at < known.exchange_from
    if ends is None or young or not is_time(ends, known.renewed_at, known.looked_at, at=at):
        return 0
    try:
        changed = await ask(channel, connector, connector.renew(channel.settings, at=at))
    except (Failed, Later, Doubtful) as trouble:
        with connection.transaction():
            _not_exchanged(connection.cursor(), channel.id, trouble, ends=ends, at=at)
        return 0
    now_ends = connector.due({**channel.settings, **changed})
    with connection.transaction():
        operations.key_renewed(connection.cursor(), channel.id, changed, ends=now_ends, at=at)
    return 1


def _not_exchanged(
    cur: Cursor, id: int, trouble: Failed | Later | Doubtful, *, ends: datetime, at: datetime
) -> None:
    over = ends <= at
    if isinstance(trouble, Later) and trouble.after > AGAIN:
        operations.key_waits(cur, id, until=at + trouble.after)
    # Over, and it passes: asked again at the next round, and no reason to stop a channel.
    elif not over or isinstance(trouble, Failed):
        operations.key_stays(cur, id, why=str(trouble), at=at, over=over)


def is_time(
    ends: datetime, renewed: datetime | None, looked: datetime | None, *, at: datetime
) -> bool:
    """In the last quarter of its life; a week before its end where that is not known."""
    if looked is not None and at < looked + min(AGAIN, abs(ends - looked) / SHARE or AGAIN):
        return False
    margin = (ends - renewed) / SHARE if renewed is not None and renewed < ends else FIRST
    return at >= ends - margin
