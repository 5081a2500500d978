"""Questions about what came in, for administrators."""

from __future__ import annotations

from filo.core.db import Cursor
from filo.core.ids import public
from filo.core.sql import statements
from filo.intake.journal import body_of
from filo.intake.types import ConflictView, DeadView, UnreadView
from filo.staff.types import NotAllowed, Scope

sql = statements("filo.intake")


def unread(
    cur: Cursor, scope: Scope, *, before: int | None = None, limit: int = 50
) -> list[UnreadView]:
    """Calls that could not be read, the newest first."""
    _administrators_only(scope)
    rows = cur.execute(sql("unread"), {"before": before, "many": limit}).fetchall()
    return [
        UnreadView(public("jrn", id_), public("chn", channel), at, reason, size)
        for id_, channel, at, reason, size in rows
    ]


def dead(
    cur: Cursor, scope: Scope, *, before: int | None = None, limit: int = 50
) -> list[DeadView]:
    """Facts that failed five times, the newest first."""
    _administrators_only(scope)
    rows = cur.execute(sql("dead"), {"before": before, "many": limit}).fetchall()
    return [
        DeadView(str(id_), public("jrn", journal), public("chn", channel), who, error, tries, at)
        for id_, journal, channel, who, error, tries, at in rows
    ]


def conflicts(cur: Cursor, scope: Scope, *, limit: int = 50) -> list[ConflictView]:
    """Repeats with another body, the newest first: the first one won."""
    _administrators_only(scope)
    rows = cur.execute(
        "SELECT scope, key, journal, at FROM intake_conflict ORDER BY id DESC LIMIT %s", [limit]
    ).fetchall()
    return [ConflictView(scope_, key, public("jrn", j), at) for scope_, key, j, at in rows]


def raw(cur: Cursor, scope: Scope, id: int) -> bytes:
    """The bytes of one call as they came."""
    _administrators_only(scope)
    row = cur.execute("SELECT body, file FROM intake_journal WHERE id = %s", [id]).fetchone()
    return body_of(*row) if row else b""


def _administrators_only(scope: Scope) -> None:
    """Raw calls carry anybody's words: only who reads all may see them."""
    if not scope.everything:
        raise NotAllowed("Only administrators see what came in raw. Ask one of them.")
