"""What other parts may ask of the log: where it stands, what follows, what a visitor sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec

from filo.core.db import Cursor
from filo.live import cursor as reading
from filo.live.cursor import Position
from filo.live.happened import happened as happened
from filo.live.happened import matters as matters
from filo.live.lines import newest, whose
from filo.live.told import Told, sheets, tell, whispers
from filo.live.types import Panel
from filo.staff.types import Scope

Reset = reading.Reset
MOST_SKIPPED = 1000


class ToldPage(msgspec.Struct, frozen=True):
    """Events that one reader may read. `next` stands after all that was looked at."""

    items: tuple[Told, ...]
    next: str
    more: bool


def head(cur: Cursor) -> str:
    """The cursor of this moment. Ask before reading what a page shows: then nothing is missed."""
    log, place = reading.head(cur)
    return log.name(place)


def told(cur: Cursor, scope: Scope, after: str, *, limit: int = 100) -> ToldPage:
    """What happened after a cursor, for one reader; `Reset` when the cursor means nothing here."""
    log, _ = reading.head(cur)
    place = log.place(after)
    items: list[Told] = []
    for _ in range(MOST_SKIPPED // limit or 1):
        entries = reading.read(cur, place, limit=limit)
        for entry, audience, by_language in tell(cur, log, entries, [scope.language]):
            if audience.lets(scope):
                items.append(by_language[scope.language])
            place = entry.position
            if len(items) == limit:
                return ToldPage(tuple(items), log.name(place), more=True)
        if len(entries) < limit:
            return ToldPage(tuple(items), log.name(place), more=False)
    return ToldPage(tuple(items), log.name(place), more=True)


def missed(
    cur: Cursor, log: reading.Log, scope: Scope, *, since: Position, upto: Position
) -> list[bytes]:
    """Frames of what a browser missed; `Reset` when a fresh page is cheaper.

    Nothing is drawn before it is known that all of it will be told: who is too far behind is
    told so at once, or a busy machine would never come to it.
    """
    frames: list[bytes] = []
    for entries in list(_between(partial(reading.read, cur), since, upto)):
        frames += [
            sheet.frames[scope.language]
            for sheet in sheets(cur, log, entries, [scope.language])
            if sheet.audience.lets(scope)
        ]
    return frames


def missed_by(
    cur: Cursor,
    log: reading.Log,
    customer: int,
    spaces: Sequence[str],
    *,
    since: Position,
    upto: Position,
) -> list[bytes]:
    """The same for one customer's own browser."""
    asked = partial(reading.read, cur, customer=customer)
    return [
        whisper.frame
        for entries in list(_between(asked, since, upto))
        for whisper in whispers(cur, log, entries, spaces)
        if whisper.customer == customer
    ]


def _between(
    read: Callable[[Position], list[reading.Entry]], since: Position, upto: Position
) -> Iterator[list[reading.Entry]]:
    for _ in range(MOST_SKIPPED // reading.PAGE):
        if since >= upto:
            return
        entries = [entry for entry in read(since) if entry.position <= upto]
        if not entries:
            return
        yield entries
        since = entries[-1].position
    raise Reset


def panel(cur: Cursor, names: Sequence[tuple[str, str]], *, limit: int = 40) -> Panel:
    """What a visitor sees on opening the widget: their own lines, of their own channels alone."""
    cursor = head(cur)
    customer = whose(cur, names)
    spaces = sorted({space for space, _ in names})
    lines = newest(cur, customer, spaces, limit=limit) if customer else []
    return Panel(cursor, tuple(lines))
