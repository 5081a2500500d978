"""How one person's scope enters a statement: the same three values everywhere."""

from __future__ import annotations

from typing import Any

from filo.conversations.types import NotFound
from filo.core.db import Cursor
from filo.core.sql import statements
from filo.staff.types import Scope

sql = statements("filo.conversations")


def limits(scope: Scope, **more: Any) -> dict[str, Any]:
    """The parameters that every scoped statement takes."""
    return {
        "staff": scope.staff,
        "everything": scope.everything,
        "teams": list(scope.teams),
        **more,
    }


def must_read(cur: Cursor, scope: Scope, customer: int) -> None:
    """`NotFound` unless the scope reads this customer: a stranger learns nothing."""
    if cur.execute(sql("readable"), limits(scope, customer=customer)).fetchone() is None:
        raise NotFound("There is no such customer.")
