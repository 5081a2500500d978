"""Changes that come before their words wait for them, and answers for what they answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from filo.channels.contract import Edited, Moderated, Reacted, Said, Withdrew
from filo.conversations.types import Heard
from filo.core.db import Cursor
from filo.core.sql import statements

sql = statements("filo.conversations")
MOST = 200  # that wait of one customer: the journal keeps the rest
_heard = msgspec.json.Decoder(Heard)


class Waiting(msgspec.Struct, frozen=True):
    """What waited for some words. `message` is what answers them, or what an edit was shown as."""

    kind: str  # edit, change, answer, shown
    customer: int
    provider_id: str
    message: int | None
    heard: Heard | None


def come_before(cur: Cursor, early: Sequence[Heard]) -> None:
    """Changes of words that we do not know (yet)."""
    rows = [(heard, heard.fact) for heard in early]
    _keep(
        cur,
        [
            Waiting(
                "edit" if isinstance(fact, Edited) else "change",
                -heard.channel if isinstance(fact, Moderated) else heard.customer,
                fact.message,
                None,
                heard,
            )
            for heard, fact in rows
            if isinstance(fact, Reacted | Edited | Withdrew | Moderated) and fact.message
        ],
    )


def answer_unknown(cur: Cursor, unknown: Iterable[tuple[int, str, int]]) -> None:
    """Messages whose `answers` names what we do not know yet: (customer, what, who answers)."""
    _keep(cur, [Waiting("answer", who, what, message, None) for who, what, message in unknown])


def shown_from_edit(cur: Cursor, shown: Iterable[tuple[int, str, int]]) -> None:
    """Edits that became the words themselves: should the words come after all, they are these."""
    _keep(cur, [Waiting("shown", who, what, message, None) for who, what, message in shown])


def _keep(cur: Cursor, rows: Sequence[Waiting]) -> None:
    if not rows:
        return
    cur.execute(
        sql("come_before"),
        {
            "kinds": [row.kind for row in rows],
            "customers": [row.customer for row in rows],
            "provider_ids": [row.provider_id for row in rows],
            "messages": [row.message for row in rows],
            "heards": [
                msgspec.json.encode(row.heard).decode() if row.heard else None for row in rows
            ],
            "most": MOST,
        },
    )


def awaited(cur: Cursor, batch: Iterable[Heard]) -> list[Waiting]:
    """What waited for these words; it waits no more."""
    words = [(heard, heard.fact) for heard in batch if isinstance(heard.fact, Said)]
    said = [(heard.customer, fact.id) for heard, fact in words]
    said += [(-heard.channel, fact.id) for heard, fact in words if fact.public]
    if not said:
        return []
    columns = {"customers": [who for who, _ in said], "provider_ids": [what for _, what in said]}
    return [_waiting(row) for row in cur.execute(sql("awaited"), columns).fetchall()]


def due(cur: Cursor, *, ripe: datetime, young: datetime) -> list[tuple[int, int]]:
    """Rows and customers of what need not wait: its words are there, or it is an edit and ripe."""
    return cur.execute(sql("early_due"), {"ripe": ripe, "young": young}).fetchall()


def take(cur: Cursor, ids: Sequence[int]) -> list[Waiting]:
    """These rows, if they still wait; the customers are locked by the caller."""
    rows = cur.execute(
        "DELETE FROM conversations_earlychange WHERE id = ANY(%s::bigint[])"
        " RETURNING kind, customer, provider_id, message, heard::text",
        [list(ids)],
    ).fetchall()
    return [_waiting(row) for row in rows]


def forget_early(cur: Cursor, *, before: datetime) -> int:
    """What was about messages that were never ours (another system uses the number too)."""
    gone = cur.execute(
        "DELETE FROM conversations_earlyreport WHERE id IN"
        " (SELECT id FROM conversations_earlyreport WHERE kept_at < %s LIMIT 500)",
        [before],
    ).rowcount
    return (
        gone
        + cur.execute(
            "DELETE FROM conversations_earlychange WHERE id IN"
            " (SELECT id FROM conversations_earlychange WHERE kept_at < %s LIMIT 500)",
            [before],
        ).rowcount
    )


def _waiting(row: tuple[str, int, str, int | None, str | None]) -> Waiting:
    kind, customer, provider_id, message, heard = row
    return Waiting(kind, customer, provider_id, message, _heard.decode(heard) if heard else None)
