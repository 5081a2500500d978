"""By which roads can we answer, and which of them are open now?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from filo.channels import registry
from filo.channels.contract import Card, Template
from filo.channels.fitting import in_public, taken_up
from filo.channels.queries import load, one
from filo.channels.types import ChannelConfig
from filo.channels.windows import Opening, Spoke, opening
from filo.conversations.scoping import limits
from filo.conversations.types import CannotSend, NotFound, Road
from filo.core import clock
from filo.core.db import Cursor
from filo.core.ids import public
from filo.core.sql import statements
from filo.staff.types import Scope

sql = statements("filo.conversations")
NOTHING = timedelta(0)
MAIL = "mail"  # the family of channels that carry e-mail


class Way(msgspec.Struct, frozen=True):
    """A road with the rows behind it."""

    identity: int
    channel: ChannelConfig
    card: Card
    space: str
    value: str
    name: str
    state: str
    spoken: tuple[Spoke, ...] = ()
    sent: tuple[datetime, ...] = ()
    public: bool = False  # everyone reads what goes this way
    about: int | None = None  # the public message that it answers, or takes up in private

    def why_not(self, *, at: datetime, by_hand: bool = True) -> str:
        """The code of what closes this road now, or nothing."""
        return self.shut or self._late(at=at, by_hand=by_hand)

    @property
    def shut(self) -> str:
        """The code of what closes this road whatever is said, or nothing."""
        if not self.channel.active:
            return "channel_off"
        return "blocked" if self.state == "blocked" else ""

    @property
    def takes_templates(self) -> bool:
        return Template in self.card.can.parts

    def _late(self, *, at: datetime, by_hand: bool) -> str:
        return "" if self.opening(at=at, by_hand=by_hand) else "window_closed"

    def opening(self, *, at: datetime, by_hand: bool = True) -> Opening | None:
        """The window through which free words may go now; None when it is closed."""
        if self.about:
            return self._beside_windows(at)
        return opening(self.card.can, self.spoken, self.sent, at=at, by_hand=by_hand)

    def _beside_windows(self, at: datetime) -> Opening | None:
        """In public no window closes; a public word may be taken up in private for a while."""
        if self.public:
            return Opening()
        until = (self.heard_at or at) + (self.card.can.privately or NOTHING)
        return Opening("privately", until, 1, by_hand=True) if until > at else None

    @property
    def heard_at(self) -> datetime | None:
        return max((one.at for one in self.spoken), default=None)


def roads(cur: Cursor, scope: Scope, case: int) -> list[Road]:
    """The ways to answer in this case, the one they wrote by last first."""
    row = cur.execute(
        "SELECT c.customer_id, c.team_id FROM conversations_case AS c"
        " JOIN customers_customer AS cu ON cu.id = c.customer_id WHERE c.id = %(case)s"
        " AND (%(everything)s OR cu.teams && %(teams)s::bigint[])"
        " AND (NOT c.restricted OR %(everything)s OR c.team_id = ANY(%(teams)s::bigint[]))",
        limits(scope, case=case),
    ).fetchone()
    if row is None:
        raise NotFound("There is no such case.")
    at = clock.now()
    speaks = scope.may_answer_in_public(row[1])
    return [_road(way, at, speaks=speaks) for way in ways(cur, case=case, customer=row[0])]


def way_to(cur: Cursor, *, identity: int, channel: int) -> Way:
    """The way to one address over one channel, whether or not they ever wrote there."""
    row = cur.execute(
        "SELECT space, value, name, state FROM customers_identity WHERE id = %s", [identity]
    ).fetchone()
    if row is None:
        raise NotFound("There is no such address.")
    config = one(cur, channel)
    return Way(identity, config, registry.card_of(config.kind, config.settings), *row)


def ways(cur: Cursor, *, case: int, customer: int) -> list[Way]:
    """The rows of the roads: two statements, three where a window counts messages."""
    columns = {"case": case, "customer": customer}
    rows = cur.execute(sql("roads"), columns).fetchall()
    channels = {channel.id: channel for channel in load(cur)}
    found = []
    for identity, channel, space, value, name, state, acts, moments, openly, last, here in rows:
        config = channels[channel]
        try:
            card = registry.card_of(config.kind, config.settings)
        except registry.NoSuchKind:
            continue
        spoken = tuple(map(Spoke, moments, acts))
        way = Way(identity, config, card, space, value, name, state, spoken)
        found.append(
            msgspec.structs.replace(way, public=True, about=here or last, card=in_public(card))
            if openly
            else way
        )
    found += _taken_up(cur, found)
    return [*_with_sent(cur, found), *_by_mail(cur, case, customer, found, list(channels.values()))]


def _by_mail(
    cur: Cursor, case: int, customer: int, found: Sequence[Way], channels: Sequence[ChannelConfig]
) -> list[Way]:
    """Addresses proved theirs from which they never wrote: a way on when the usual one is closed.

    What they refused is blocked, and what came back is marked: neither is written to.
    """
    usual = next((way for way in found if not way.public), None)
    if usual is None or not usual.why_not(at=clock.now()):
        return []
    boxes = [one for one in channels if one.active and _family(one) == MAIL]
    if not boxes:
        return []
    rows = cur.execute(sql("proved_mail"), {"case": case, "customer": customer}).fetchall()
    known = {way.identity for way in found}
    ways = []
    for identity, space, value, name, state, team in rows:
        box = next((one for one in boxes if one.team == team), boxes[0])
        card = registry.card_of(box.kind, box.settings)
        ways += [] if identity in known else [Way(identity, box, card, space, value, name, state)]
    return ways


def _family(channel: ChannelConfig) -> str:
    try:
        return registry.card_of(channel.kind, channel.settings).family
    except registry.NoSuchKind:
        return ""


def _taken_up(cur: Cursor, found: Sequence[Way]) -> list[Way]:
    """Public words that may still be continued in private, where that was not done yet."""
    able = [way for way in found if way.public and way.card.can.privately]
    if not able:
        return []
    rows = cur.execute(
        "SELECT e.message_id, least(m.said_at, m.at) FROM conversations_exposure AS e"
        " JOIN conversations_message AS m ON m.id = e.message_id"
        " WHERE e.message_id = ANY(%s::bigint[]) AND e.continued_by IS NULL",
        [[way.about for way in able]],
    ).fetchall()
    said: dict[int | None, datetime] = dict(rows)
    return [
        msgspec.structs.replace(
            way, public=False, spoken=(Spoke(said[way.about]),), card=taken_up(way.card)
        )
        for way in able
        if way.about in said
    ]


def _with_sent(cur: Cursor, found: list[Way]) -> list[Way]:
    counted = [way for way in found if any(window.most for window in way.card.can.windows)]
    if not counted:
        return found
    since = min(spoke.at for way in counted for spoke in way.spoken)
    identities = [way.identity for way in counted]
    columns = {"identities": identities, "since": since, "waiting": True, "at": clock.now()}
    rows = cur.execute(sql("spent"), columns).fetchall()
    sent: dict[tuple[int, int], list[datetime]] = defaultdict(list)
    for identity, channel, at in rows:
        sent[identity, channel].append(at)
    return [
        msgspec.structs.replace(way, sent=tuple(sent[way.identity, way.channel.id]))
        for way in found
    ]


def must_be_open(way: Way, *, at: datetime, by_hand: bool = True) -> None:
    """Say to a person why this road cannot be taken, and what to do instead."""
    if code := way.why_not(at=at, by_hand=by_hand):
        raise closed(way, code)


def closed(way: Way, code: str) -> CannotSend:
    words = {
        "window_closed": f"{way.card.name} takes free answers only for a while after the customer's"
        " last words, and that while is over. Choose another road or a template, or wait until"
        " they write.",
        "channel_off": f"{way.channel.name} is switched off.",
        "blocked": "The customer does not want messages at this address.",
    }
    return CannotSend(code, words[code])


def _road(way: Way, at: datetime, *, speaks: bool) -> Road:
    open_now = way.opening(at=at) or Opening()
    forbidden = "no_permission" if way.public and not speaks else ""
    return Road(
        identity=public("idn", way.identity),
        channel=way.channel.public,
        kind=way.channel.kind,
        channel_name=way.channel.name,
        value=way.value if not way.name else f"{way.name} · {way.value}",
        until=open_now.until,
        why_not=way.why_not(at=at) or forbidden,
        window=open_now.kind,
        left=open_now.left,
        by_hand=open_now.by_hand,
        heard_at=way.heard_at,
        public=way.public,
        about=public("msg", way.about) if way.about else None,
        family=way.card.family,
        templates=way.takes_templates,
        waits=way.channel.needs_you,
        space=way.space,
        address=way.value,
    )
