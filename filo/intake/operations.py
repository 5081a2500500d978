"""Second chances for what came in: read it again."""

from __future__ import annotations

from collections.abc import Sequence

from filo.core.db import Cursor
from filo.core.sql import statements
from filo.staff.types import NotAllowed, Scope

sql = statements("filo.intake")


def replay(cur: Cursor, actor: Scope, journals: Sequence[int]) -> int:
    """Read these calls again; facts already understood change nothing. Returns how many."""
    _administrators_only(actor)
    changed = cur.execute(
        "UPDATE intake_journal SET state = 0, reason = '' WHERE id = ANY(%s::bigint[])",
        [list(journals)],
    )
    cur.execute("SELECT pg_notify('filo_journal', '')")
    return changed.rowcount


def revive(cur: Cursor, actor: Scope, dead: Sequence[int]) -> int:
    """Give dead letters five tries more, at once. Returns how many."""
    _administrators_only(actor)
    changed = cur.execute(
        "UPDATE intake_parked SET dead = false, tries = 0, due_at = now(), error = ''"
        " WHERE dead AND id = ANY(%s::bigint[])",
        [list(dead)],
    )
    cur.execute("SELECT pg_notify('filo_journal', '')")
    return changed.rowcount


def _administrators_only(actor: Scope) -> None:
    if not actor.everything:
        raise NotAllowed("Only administrators replay what came in. Ask one of them.")
