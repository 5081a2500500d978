"""Changes that wait no longer: their words have a name by now, or did not come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from filo.channels.contract import Edited
from filo.conversations.amending import as_said, meant
from filo.conversations.completing import answer_at_last
from filo.conversations.early import due, shown_from_edit, take
from filo.conversations.hearing import receive
from filo.conversations.receiving import Memory, spoken_of
from filo.conversations.types import Heard, Stirred
from filo.core.db import Cursor
from filo.core.events import ring
from filo.customers.operations import lock

PATIENCE = timedelta(seconds=60)  # then an edit is shown as the words themselves
CROSSING = timedelta(hours=1)  # how long a receipt may still name what something is about


def ripen(cur: Cursor, *, at: datetime) -> list[Stirred]:
    """Apply what need not wait; returns the cases that were stirred. Safe to run twice."""
    found = due(cur, ripe=at - PATIENCE, young=at - CROSSING)
    if not found:
        return []
    lock(cur, {customer for _, customer in found})
    waited = take(cur, [id_ for id_, _ in found])
    answer_at_last(cur, waited)
    changes = [one.heard for one in waited if one.heard]
    lost = _without_words(changes, spoken_of(cur, [one.provider_id for one in waited]))
    stirred = receive(cur, [*lost, *changes])
    _remember(cur, lost)
    ring(cur)
    return stirred


def _without_words(changes: Sequence[Heard], memory: Memory) -> list[Heard]:
    """For each message that is known by its edits alone: the first of them, as its words."""
    first: dict[tuple[int, str], tuple[Heard, Edited]] = {}
    for heard in changes:
        fact = heard.fact
        if isinstance(fact, Edited) and not meant(heard, fact, memory):
            key = (heard.customer, fact.message)
            held = first.get(key)
            if held is None or fact.at < held[1].at:
                first[key] = (heard, fact)
    return [msgspec.structs.replace(heard, fact=as_said(edit)) for heard, edit in first.values()]


def _remember(cur: Cursor, lost: Sequence[Heard]) -> None:
    """Should the words come after all, they are these."""
    memory = spoken_of(cur, [getattr(heard.fact, "id", "") for heard in lost])
    shown_from_edit(
        cur,
        [
            (heard.customer, id_, spoken.message)
            for heard in lost
            for id_ in [getattr(heard.fact, "id", "")]
            for spoken in memory.get(id_, ())
            if spoken.customer == heard.customer
        ],
    )
