"""What happened, in order, from a cursor on: nothing skipped, nothing told that is not yours."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from filo.api import shapes
from filo.api.calls import actor, given, opened, told
from filo.api.described import answers
from filo.core.db import Cursor
from filo.core.ids import public
from filo.live import audience, cursor
from filo.live.cursor import Entry, Log, Position, Reset
from filo.staff.types import Scope

router = Router(tags=["events"])
START = Position(0, 0)
PAGES = 10  # read for one answer at most: somebody with few teams may have to skip much


@router.get("/events", openapi_extra=answers(shapes.Events, 409))
def events(
    request: HttpRequest,
    after: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> HttpResponse:
    """What happened `after` a cursor or an event. A cursor from before a restore is a 409."""
    with opened() as cur:
        log, _ = cursor.head(cur)
        place = _place(cur, log, after)
        found, place, more = _readable(cur, actor(request), place, limit)
    end = log.name(place)
    return told(shapes.Events(tuple(map(_event, found)), end if more else None, end))


def _place(cur: Cursor, log: Log, after: str) -> Position:
    if not after:
        return START
    if not after.startswith("evt_"):
        return log.place(after)
    event = given("evt", "after", after)
    cur.execute("SELECT xid::text::bigint, id FROM core_event WHERE id = %s", [event])
    if (row := cur.fetchone()) is None:
        raise Reset
    return Position(*row)


def _readable(
    cur: Cursor, scope: Scope, place: Position, limit: int
) -> tuple[list[Entry], Position, bool]:
    """Up to `limit` events for this reader, where they end, and whether more may follow."""
    found: list[Entry] = []
    for _ in range(PAGES):
        page = cursor.read(cur, place)
        known = audience.look_up(cur, page)
        for entry in page:
            if len(found) == limit:
                return found, place, True
            place = entry.position
            if known.audience(entry).lets(scope):
                found.append(entry)
        if len(page) < cursor.PAGE:
            return found, place, False
    return found, place, True


def _event(entry: Entry) -> shapes.Event:
    return shapes.Event(
        id=public("evt", entry.position.id),
        type=entry.type,
        at=entry.at,
        customer=public("cus", entry.customer) if entry.customer else None,
        case=public("cas", entry.case) if entry.case else None,
        data=entry.body,
    )
