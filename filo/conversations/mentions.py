"""Notes in which somebody is named."""

from __future__ import annotations

from filo.conversations.queues import views
from filo.conversations.scoping import limits
from filo.conversations.types import CaseView
from filo.core.db import Cursor
from filo.core.sql import statements
from filo.staff.types import Scope

sql = statements("filo.conversations")


def mentions(cur: Cursor, scope: Scope, *, limit: int = 50) -> tuple[CaseView, ...]:
    """The cases in whose notes the reader was named and has not looked since, newest first."""
    rows = cur.execute(sql("mentions"), limits(scope, many=limit)).fetchall()
    return views(cur, scope, [row[0] for row in rows])
