"""Second chances for what came in, and its end: read it again, let it go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from filo.core import media
from filo.core.db import Cursor
from filo.core.events import Happening, emit, ring
from filo.core.ids import public
from filo.core.sql import statements
from filo.staff.types import NotAllowed, Scope

sql = statements("filo.intake")
SLICE = 500


def replay(cur: Cursor, actor: Scope, journals: Sequence[int]) -> int:
    """Read these calls again; facts already understood change nothing. Returns how many.

    Their dead letters are taken off the list: what fails again is parked again.
    """
    _administrators_only(actor)
    cur.execute(
        "DELETE FROM intake_parked WHERE dead AND journal = ANY(%s::bigint[])", [list(journals)]
    )
    changed = cur.execute(
        "UPDATE intake_journal SET state = 0, reason = '' WHERE id = ANY(%s::bigint[])",
        [list(journals)],
    )
    count = changed.rowcount
    _tell(cur, actor, count, [public("jrn", one) for one in journals])
    return count


def revive(cur: Cursor, actor: Scope, dead: Sequence[int]) -> int:
    """Give dead letters five tries more, at once. Returns how many."""
    _administrators_only(actor)
    changed = cur.execute(
        "UPDATE intake_parked SET dead = false, tries = 0, due_at = now(), error = ''"
        " WHERE dead AND id = ANY(%s::bigint[])",
        [list(dead)],
    )
    count = changed.rowcount
    _tell(cur, actor, count, [str(one) for one in dead])
    return count


def _tell(cur: Cursor, actor: Scope, count: int, calls: Sequence[str]) -> None:
    """The pipeline, and, if anything is read again, the log."""
    cur.execute("SELECT pg_notify('filo_journal', '')")
    if count:
        author = {"by": public("stf", actor.staff)} if actor.staff else {}
        emit(cur, [Happening("journal_replayed", body={"calls": list(calls), **author})])
        ring(cur)


def forget(cur: Cursor, *, before: datetime) -> int:
    """Let go of calls whose time is over, a slice at a time; returns how many.

    What was understood of them stays where it is; they can be read again no more.
    """
    files = cur.execute(sql("forget"), {"limit": SLICE, "before": before}).fetchall()
    for (file,) in files:
        if file and not _is_still_named(cur, file):
            media.forget(file, untouched_since=before)
    return len(files)


def _administrators_only(actor: Scope) -> None:
    if not actor.everything:
        raise NotAllowed("Only administrators replay what came in. Ask one of them.")


def _is_still_named(cur: Cursor, file: str) -> bool:
    """Equal bodies are kept once: another call, or a message, may need it."""
    cur.execute(
        "SELECT EXISTS (SELECT 1 FROM intake_journal WHERE file = %(file)s)"
        " OR EXISTS (SELECT 1 FROM conversations_attachment WHERE sha256 = %(file)s)",
        {"file": file},
    )
    return bool((cur.fetchone() or (True,))[0])
