"""The log as facts alone, for programs: no bubbles are drawn."""

from __future__ import annotations

from collections.abc import Iterator

from filo.core.db import Cursor
from filo.core.ids import number, public
from filo.core.sql import statements
from filo.live import cursor as reading
from filo.live.audience import look_up
from filo.live.cursor import Entry, Log, Position, Reset
from filo.live.types import Happened, HappenedPage, HouseMatters
from filo.staff.types import NotAllowed, Scope

sql = statements("filo.live")
START = Position(0, 0)
PAGES = 10  # read for one answer at most: who has few teams may have to skip much


def happened(cur: Cursor, scope: Scope, after: str = "", *, limit: int = 50) -> HappenedPage:
    """What this reader may know of, after a cursor or an event's id, or from the beginning.

    Raises `Reset` when the cursor means nothing here, `BadId` for what cannot be an event's id.
    """
    log, _ = reading.head(cur)
    place = _place(cur, log, after)
    items: list[Happened] = []
    for page in _pages(cur, place):
        register = look_up(cur, page)
        for entry in page:
            if len(items) == limit:
                return HappenedPage(tuple(items), log.name(place), more=True)
            place = entry.position
            if register.audience(entry).lets(scope):
                items.append(_fact(entry))
        if len(page) < reading.PAGE:
            return HappenedPage(tuple(items), log.name(place), more=False)
    return HappenedPage(tuple(items), log.name(place), more=True)


def matters(cur: Cursor, scope: Scope, before: str = "", *, limit: int = 50) -> HouseMatters:
    """What was done with people, teams and channels, backwards from an event's id.

    Raises `NotAllowed` for all but administrators, `BadId` for what cannot be an event's id.
    """
    if not scope.everything:
        raise NotAllowed("Only administrators read the log of changes. Ask one of them.")
    asked = {"before": number("evt", before) if before else None, "limit": limit + 1}
    rows = cur.execute(sql("matters"), asked).fetchall()
    entries = [Entry(Position(xid, id_), *rest) for xid, id_, *rest in rows[:limit]]
    items = tuple(map(_fact, entries))
    return HouseMatters(items, items[-1].id if len(rows) > limit else "")


def _pages(cur: Cursor, place: Position) -> Iterator[list[Entry]]:
    for _ in range(PAGES):
        page = reading.read(cur, place)
        yield page
        place = page[-1].position if page else place


def _place(cur: Cursor, log: Log, after: str) -> Position:
    if not after:
        return START
    if not after.startswith("evt_"):
        return log.place(after)
    asked = [number("evt", after)]
    row = cur.execute("SELECT xid::text::bigint, id FROM core_event WHERE id = %s", asked)
    if (found := row.fetchone()) is None:
        raise Reset
    return Position(*found)


def _fact(entry: Entry) -> Happened:
    return Happened(
        id=public("evt", entry.position.id),
        type=entry.type,
        at=entry.at,
        customer=public("cus", entry.customer) if entry.customer else None,
        case=public("cas", entry.case) if entry.case else None,
        data=entry.body,
    )
