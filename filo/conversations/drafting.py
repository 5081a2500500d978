"""What somebody has begun to write in a case, kept until it is sent."""

from __future__ import annotations

from filo.conversations.scoping import limits
from filo.conversations.types import NotFound
from filo.core.db import Cursor
from filo.core.sql import statements
from filo.core.text import storable
from filo.staff.types import Scope

sql = statements("filo.conversations")


def save_draft(cur: Cursor, actor: Scope, case: int, text: str, note: bool = False) -> None:
    """Keep the draft, or forget it when it is empty."""
    if not text.strip():
        cur.execute(
            "DELETE FROM conversations_draft WHERE case_id = %s AND staff_id = %s",
            [case, actor.staff],
        )
        return
    columns = limits(actor, case=case, text=storable(text)[:100_000], note=note)
    if not cur.execute(sql("draft"), columns).rowcount:
        raise NotFound("There is no such case.")


def draft(cur: Cursor, actor: Scope, case: int) -> tuple[str, bool]:
    """The actor's own draft in this case: text, and whether it is a note."""
    row = cur.execute(
        "SELECT text, note FROM conversations_draft WHERE case_id = %s AND staff_id = %s",
        [case, actor.staff],
    ).fetchone()
    return (row[0], row[1]) if row else ("", False)
