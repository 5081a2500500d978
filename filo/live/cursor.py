"""Reading the log so that a late commit is never skipped.

Ids are handed out before the commit, so they become visible out of order; the transaction's own
number `xid` does too, but the server knows the oldest one that still runs. A page is ordered by
(xid, id) and ends there. Only transactions of this database count: a neighbour's long one, in the
same server, holds nobody up.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from filo.core.db import Cursor
from filo.core.sql import statements

sql = statements("filo.live")
PAGE = 200


class Position(msgspec.Struct, frozen=True, order=True):
    """A place in the log."""

    xid: int
    id: int


class Entry(msgspec.Struct, frozen=True):
    """One event as the log holds it."""

    position: Position
    at: datetime
    type: str
    customer: int | None
    case: int | None
    body: dict[str, Any]


class Reset(Exception):
    """The cursor is of another life of this database: what its owner has seen means nothing."""


class Log:
    """The log of one epoch, as text cursors name its places."""

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch[:12]

    def name(self, place: Position) -> str:
        """The opaque text: only `place` may read it."""
        return f"{self.epoch}.{place.xid}.{place.id}"

    def place(self, cursor: str) -> Position:
        """The position a cursor stands for, or `Reset`."""
        match cursor.split("."):
            case [epoch, xid, id_] if epoch == self.epoch and _digits(xid) and _digits(id_):
                return Position(int(xid), int(id_))
        raise Reset


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def head(cur: Cursor) -> tuple[Log, Position]:
    """Where the log stands: read this first, then the page; nothing falls between."""
    end = _end(cur)
    row = cur.execute("SELECT value FROM core_fact WHERE name = 'epoch'").fetchone()
    assert row is not None, "the first migration writes the epoch"
    return Log(row[0]), Position(end, 0)


def _end(cur: Cursor) -> int:
    """The oldest transaction of this database that still runs, else the next one to come.

    Who takes a number after the question began has a higher one; who took it before is seen
    running by it, or has ended and is seen by whatever is read next.
    """
    row = cur.execute(sql("ends")).fetchone()
    assert row is not None
    end: int = row[0]
    return end


def read(
    cur: Cursor, after: Position, *, customer: int | None = None, limit: int = PAGE
) -> list[Entry]:
    """The next events, of all or of one customer, that surely have no older one still to come."""
    entries, _ = _read(cur, after, _end(cur), customer=customer, limit=limit)
    return entries


def read_on(cur: Cursor, after: Position, *, limit: int = PAGE) -> tuple[list[Entry], bool]:
    """The same for who follows the log; and is there something that this page may not show yet?

    A full page says nothing of what comes after it.
    """
    end = _end(cur)
    entries, held = _read(cur, after, end, limit=limit)
    if not entries:
        held = _holds_back(cur, end)
    return entries, len(entries) < limit and held


def _read(
    cur: Cursor, after: Position, end: int, *, customer: int | None = None, limit: int
) -> tuple[list[Entry], bool]:
    """What may be told; and, if there is any, whether there is something that may not be yet."""
    asked = {
        "xid": str(after.xid),
        "id": after.id,
        "limit": limit,
        "customer": customer,
        "end": str(end),
    }
    statement = sql("page_of" if customer else "page")
    rows = cur.execute(statement, asked).fetchall()
    entries = [Entry(Position(xid, id_), *rest) for xid, id_, *rest, _ in rows]
    return entries, bool(rows) and rows[-1][-1]


def holds_back(cur: Cursor) -> bool:
    """Is there something that a page may not show yet?"""
    return _holds_back(cur, _end(cur))


def _holds_back(cur: Cursor, end: int) -> bool:
    row = cur.execute(sql("held_back"), {"end": str(end)}).fetchone()
    return bool(row and row[0])
