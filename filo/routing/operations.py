"""Place cases: who should answer, and by when.

Until skills and shifts are known, a case waits in its channel's team queue.
"""

from __future__ import annotations

from collections.abc import Sequence

from filo.conversations.types import Stirred
from filo.core.db import Cursor
from filo.core.sql import statements

sql = statements("filo.routing")


def place(cur: Cursor, stirred: Sequence[Stirred]) -> None:
    """Give every case that waits for an answer its promise, in one statement."""
    waiting = [entry for entry in stirred if not entry.automatic]
    if not waiting:
        return
    cur.execute(
        sql("place"),
        {
            "cases": [entry.case for entry in waiting],
            "dues": [entry.at + entry.answer_within for entry in waiting],
        },
    )
