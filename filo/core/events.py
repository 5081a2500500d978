"""The log of what happened: append, and ring the bell.

Live updates, outgoing webhooks, reports and audit all read it, by the cursor (xid, id).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from filo.core import clock
from filo.core.arrays import TEXT, octets, texts
from filo.core.db import Cursor
from filo.core.sql import statements

sql = statements("filo.core")
BELL = "filo_events"
HINTS = "filo_hints"


class Happening(msgspec.Struct, frozen=True):
    """One thing that happened. `body` holds public ids and small values, never message text."""

    type: str
    customer: int | None = None
    case: int | None = None
    body: dict[str, Any] = {}


def emit(cur: Cursor, happenings: Sequence[Happening]) -> None:
    """Append, in one statement, in the transaction of the change itself."""
    if not happenings:
        return
    cur.execute(
        sql("emit"),
        {
            "at": clock.now(),
            "types": texts([h.type for h in happenings]),
            "customers": [h.customer for h in happenings],
            "cases": [h.case for h in happenings],
            "bodies": octets([msgspec.json.encode(h.body) for h in happenings], TEXT),
        },
    )


def ring(cur: Cursor) -> None:
    """Wake whoever waits for events; they are told at commit."""
    cur.execute("SELECT pg_notify('filo_events', '')")


def hint(cur: Cursor, hints: Sequence[dict[str, Any]]) -> None:
    """Tell all processes things that are not worth keeping: who types, who looks."""
    if hints:
        texts = [msgspec.json.encode(one).decode() for one in hints]
        cur.execute("SELECT pg_notify('filo_hints', t) FROM unnest(%s::text[]) AS t", [texts])
