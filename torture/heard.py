"""What live clients logged, against the log of events itself."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence

import msgspec

from filo.core.db import Connection
from filo.core.ids import public
from torture.listeners import Listener, place

EVENTS = "SELECT xid::text::bigint, id, customer IS NOT NULL, type FROM core_event"
LAST = """
SELECT xid::text::bigint, id FROM core_event WHERE %s OR customer IS NOT NULL
ORDER BY xid DESC, id DESC LIMIT 1
"""
LINES = """
SELECT m.id FROM conversations_message AS m
JOIN customers_identity AS i ON i.id = m.identity_id
WHERE i.space = %s AND i.value = %s AND (m.direction = 'in' OR EXISTS (
    SELECT 1 FROM conversations_delivery AS d
    WHERE d.message_id = m.id AND d.state IN ('sent', 'delivered', 'read')
))
"""
Place = tuple[int, int]


class Live(msgspec.Struct, frozen=True):
    """`missed`: in the log and never heard. `twice`: heard again after it was passed."""

    heard: int = 0
    missed: int = 0
    twice: int = 0
    overheard: int = 0
    connects: int = 0
    resets: int = 0


class Happened(msgspec.Struct, frozen=True):
    """An event of the log, and whether it is about a customer."""

    about: bool
    type: str


class Expected(msgspec.Struct):
    """A listener and what it must have heard: every event, those of customers, or none."""

    listener: Listener
    events: str


def count_live(
    connection: Connection,
    desks: Sequence[Expected],
    visitors: Sequence[tuple[Listener, str, str]],
    start: str,
) -> Live:
    rows = connection.execute(EVENTS).fetchall()
    log = {
        (xid, id_): Happened(about, type_)
        for xid, id_, about, type_ in rows
        if (xid, id_) > place(start)
    }
    everyone = [desk.listener for desk in desks] + [one for one, _, _ in visitors]
    overheard = sum(len(desk.listener.seen) for desk in desks if desk.events == "none")
    return Live(
        heard=sum(one.seen.total() for one in everyone),
        missed=sum(_missed(desk, log) for desk in desks)
        + sum(missed_lines(connection, *visitor) for visitor in visitors),
        twice=sum(many - 1 for one in everyone for many in one.seen.values()),
        overheard=overheard,
        connects=sum(one.connects for one in everyone),
        resets=sum(one.resets for one in everyone),
    )


def ends_at(connection: Connection) -> dict[str, Place]:
    """The last event that a desk must have heard. Of a stranger nobody knows what it has heard."""
    ends = {"none": (0, 0)}
    for events in ("all", "customers"):
        row = connection.execute(LAST, [events == "all"]).fetchone()
        ends[events] = (row[0], row[1]) if row else (0, 0)
    return ends


def _missed(desk: Expected, log: dict[Place, Happened]) -> int:
    if desk.events == "none":
        return 0
    wanted = {at for at, one in log.items() if one.about or desk.events == "all"}
    missed = wanted - {place(cursor) for cursor in desk.listener.seen}
    if missed:
        types = dict(Counter(log[at].type for at in missed))
        told = f"{min(missed)} to {max(missed)}: {types}"
        print(f"{desk.listener.name} missed {told}", file=sys.stderr)  # noqa: T201
    return len(missed) + desk.listener.gone


def missed_lines(connection: Connection, listener: Listener, space: str, value: str) -> int:
    wanted = {public("msg", id_) for (id_,) in connection.execute(LINES, [space, value]).fetchall()}
    return len(wanted - listener.lines) + listener.gone
