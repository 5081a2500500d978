"""By which roads can we answer, and which of them are open now?"""

from __future__ import annotations

from datetime import datetime

import msgspec

from filo.channels import registry
from filo.channels.contract import Card
from filo.channels.queries import load
from filo.channels.types import ChannelConfig
from filo.conversations.scoping import limits
from filo.conversations.types import CannotSend, NotFound, Road
from filo.core import clock
from filo.core.db import Cursor
from filo.core.ids import public
from filo.core.sql import statements
from filo.staff.types import Scope

sql = statements("filo.conversations")


class Way(msgspec.Struct, frozen=True):
    """A road with the rows behind it."""

    identity: int
    channel: ChannelConfig
    card: Card
    space: str
    value: str
    name: str
    heard_at: datetime | None
    state: str

    def why_not(self, *, at: datetime) -> str:
        """The code of what closes this road now, or nothing."""
        if not self.channel.active:
            return "channel_off"
        if self.state == "blocked":
            return "blocked"
        until = self.until
        return "window_closed" if until is not None and until <= at else ""

    @property
    def until(self) -> datetime | None:
        """When the window for free text closes; None where there is no window."""
        if self.card.can.window is None or self.heard_at is None:
            return None
        return self.heard_at + self.card.can.window


def roads(cur: Cursor, scope: Scope, case: int) -> list[Road]:
    """The ways to answer in this case, the one they wrote by last first."""
    row = cur.execute(
        "SELECT c.customer_id FROM conversations_case AS c"
        " JOIN customers_customer AS cu ON cu.id = c.customer_id WHERE c.id = %(case)s"
        " AND (%(everything)s OR cu.teams && %(teams)s::bigint[])"
        " AND (NOT c.restricted OR %(everything)s OR c.team_id = ANY(%(teams)s::bigint[]))",
        limits(scope, case=case),
    ).fetchone()
    if row is None:
        raise NotFound("There is no such case.")
    at = clock.now()
    return [_road(way, at) for way in ways(cur, case=case, customer=row[0])]


def ways(cur: Cursor, *, case: int, customer: int) -> list[Way]:
    """The rows of the roads: two statements."""
    columns = {"case": case, "customer": customer}
    rows = cur.execute(sql("roads"), columns).fetchall()
    channels = {channel.id: channel for channel in load(cur)}
    found = []
    for identity, channel, *rest in rows:
        config = channels[channel]
        try:
            card = registry.card_of(config.kind, config.settings)
        except registry.NoSuchKind:
            continue
        found.append(Way(identity, config, card, *rest))
    return found


def must_be_open(way: Way, *, at: datetime) -> None:
    """Say to a person why this road cannot be taken, and what to do instead."""
    match way.why_not(at=at):
        case "window_closed":
            raise CannotSend(
                "window_closed",
                f"{way.card.name} takes free answers only for a while after the customer's last"
                " words, and that while is over. Choose another road, or wait until they write.",
            )
        case "channel_off":
            raise CannotSend("channel_off", f"{way.channel.name} is switched off.")
        case "blocked":
            raise CannotSend("blocked", "The customer does not want messages at this address.")


def _road(way: Way, at: datetime) -> Road:
    return Road(
        identity=public("idn", way.identity),
        channel=way.channel.public,
        kind=way.channel.kind,
        channel_name=way.channel.name,
        value=way.value if not way.name else f"{way.name} · {way.value}",
        until=way.until,
        why_not=way.why_not(at=at),
    )
