"""The worker's side task that wakes the devices that are due."""

from __future__ import annotations

import asyncio
import logging

import psycopg

from filo.channels import queries as channels
from filo.channels import registry
from filo.channels.carrier import Carrier
from filo.channels.contract import Doubtful, Failed, Later, Notice, Pushes, Scope
from filo.channels.types import ChannelConfig
from filo.conversations import operations as conversations
from filo.conversations.types import Waking
from filo.core import clock, db, home

PAUSE = 3.0
TRIES = 3
log = logging.getLogger("filo.worker")


async def wake_for_ever() -> None:
    async with Carrier(allow_private=home.allow_private()) as carrier:
        while True:
            try:
                await wake_once(carrier)
            except psycopg.OperationalError:
                log.warning("the database is away", extra={"chore": "devices"})
            await asyncio.sleep(PAUSE)


async def wake_once(carrier: Carrier) -> int:
    """Wake all that are due; returns how many devices took it."""
    due = await asyncio.to_thread(_due)
    woken = await asyncio.gather(*[wake(carrier, channel, one) for channel, one in due])
    return sum(woken)


def _due() -> list[tuple[ChannelConfig, Waking]]:
    with db.connect(name="filo devices") as connection, connection.transaction():
        cur = connection.cursor()
        able = {one.id: one for one in channels.load(cur) if one.active and _pushes(one)}
        if not able:
            return []
        found = conversations.to_wake(cur, able)
    return [(able[one.channel], one) for one in found]


def _pushes(channel: ChannelConfig) -> bool:
    try:
        return isinstance(registry.connector(channel.kind), Pushes)
    except registry.NoSuchKind:
        return False


async def wake(carrier: Carrier, channel: ChannelConfig, due: Waking) -> bool:
    """One device, three times at most; one that is gone is forgotten."""
    for attempt in range(TRIES):
        try:
            await _push(carrier, channel, due)
        except Later as later:
            await asyncio.sleep(min(later.after.total_seconds(), 30) if attempt < TRIES - 1 else 0)
        except (Failed, Doubtful) as verdict:
            await asyncio.to_thread(_refused, channel, due, verdict)
            return False
        else:
            return True
    return False


async def _push(carrier: Carrier, channel: ChannelConfig, due: Waking) -> None:
    connector = registry.connector(channel.kind)
    assert isinstance(connector, Pushes)
    told = channel.settings
    notice = Notice(
        told.get("name") or channel.name,
        told.get("notice", ""),
        url=told.get("link", ""),
        tag=channel.public,
    )
    await carrier.ask(
        connector.push(due.device, notice, told, at=clock.now()),
        config=told,
        channel=channel.public,
        connector=connector,
    )


def _refused(channel: ChannelConfig, due: Waking, verdict: Failed | Doubtful) -> None:
    if not isinstance(verdict, Failed) or verdict.scope is not Scope.PERSON:
        why = {"channel": channel.public, "why": str(verdict)}
        log.warning("a push was refused", extra=why)
        return
    with db.connect(name="filo devices") as connection, connection.transaction():
        conversations.forget_device(connection.cursor(), due.id)
