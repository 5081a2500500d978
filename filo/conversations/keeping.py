"""What is kept for later: answers that wait for the customer's next word, or for a time we chose.

A kept answer goes out when the customer gives a sign of life, if it is still true by then; what
was to go at a time is cancelled when they write first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from filo.channels.contract import Said
from filo.conversations.types import Heard
from filo.core.db import Cursor
from filo.core.events import Happening, emit
from filo.core.ids import public
from filo.core.sql import statements

sql = statements("filo.conversations")
NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # until something else says when


def let_go(cur: Cursor, heard: Iterable[Heard]) -> None:
    """Customers have spoken: send what waited for that, cancel what they came before."""
    spoke = {
        (one.customer, one.identity, one.channel)
        for one in heard
        if isinstance(one.fact, Said) and not one.fact.automatic and not one.fact.ours
    }
    if not spoke:
        return
    columns = {
        "customers": sorted({customer for customer, _, _ in spoke}),
        "identities": [identity for _, identity, _ in sorted(spoke)],
        "channels": [channel for _, _, channel in sorted(spoke)],
    }
    rows = cur.execute(sql("kept"), columns).fetchall()
    _tell(cur, rows)
    if rows:
        cur.execute("SELECT pg_notify('filo_outbox', '')")


def give_up(cur: Cursor, case: int, why: str) -> None:
    """What waits in this case for the customer's word is not true any more."""
    _tell(cur, cur.execute(sql("give_up"), {"case": case, "why": why}).fetchall())


def _tell(cur: Cursor, rows: Sequence[tuple[Any, ...]]) -> None:
    emit(
        cur,
        [
            Happening(
                "delivery_changed",
                customer,
                case,
                {
                    "message": public("msg", message),
                    "delivery": public("dlv", delivery),
                    "state": state,
                    "reason": reason,
                },
            )
            for delivery, message, customer, case, state, reason in rows
        ],
    )
