"""How often something may be: buckets in the database, so one for all processes."""

from __future__ import annotations

from filo.core.db import Cursor
from filo.core.sql import statements

sql = statements("filo.core")


def may(cur: Cursor, name: str, *, rate: float, size: float) -> bool:
    """Take one from the bucket of this name: it holds `size`, and gets `rate` back a second."""
    cur.execute(sql("take"), {"name": name, "rate": rate, "size": size})
    return cur.fetchone() is not None


def sweep(cur: Cursor) -> None:
    """Drop a few full buckets: for whoever makes them for names that come once."""
    cur.execute(sql("sweep"))
