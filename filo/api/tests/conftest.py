"""A staff member, their token, and a way to call."""

from __future__ import annotations

import pytest

from filo.core.db import raw_cursor
from filo.staff import operations, queries
from filo.staff.types import Scope


@pytest.fixture
def ada(committed_db: str) -> Scope:
    """An administrator."""
    cur = raw_cursor()
    return queries.scope(
        cur, operations.create_staff(cur, email="ada@brezza.example", role="admin")
    )
