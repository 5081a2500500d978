"""A batch of facts becomes what the thread shows: locks, then words, then what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from filo.channels.contract import Edited, Moved, OptedOut, Reacted, Said, Typed, Withdrew
from filo.conversations.amending import amend, orphaned_edits
from filo.conversations.receiving import receive_said, spoken_of
from filo.conversations.reporting import apply_reports, keep_early, targets
from filo.conversations.types import Heard, Stirred
from filo.core.db import Cursor
from filo.core.events import Happening, emit, hint
from filo.core.ids import public
from filo.customers.operations import lock


def receive(cur: Cursor, batch: Sequence[Heard]) -> list[Stirred]:
    """Store a batch of facts; returns the cases in which a customer has just spoken.

    Takes the caller's transaction and never commits. The number of statements depends on
    which kinds of facts there are, never on how many.
    """
    found, early = targets(cur, batch)
    memory = spoken_of(cur, _quoted(batch))
    customers = {heard.customer for heard in batch if heard.customer}
    lock(cur, customers | {target.customer for target in found})
    stirred = receive_said(cur, batch, memory)
    if any(isinstance(heard.fact, Reacted | Edited | Withdrew) for heard in batch):
        stirred += _amend(cur, batch)
    apply_reports(cur, found)
    keep_early(cur, early)
    _tell_the_rest(cur, batch)
    return stirred


def _quoted(batch: Iterable[Heard]) -> Iterable[str]:
    for heard in batch:
        if isinstance(heard.fact, Said):
            yield heard.fact.answers
            yield from heard.fact.references


def _amend(cur: Cursor, batch: Sequence[Heard]) -> list[Stirred]:
    meant = [h.fact.message for h in batch if isinstance(h.fact, Reacted | Edited | Withdrew)]
    memory = spoken_of(cur, meant)
    stirred = receive_said(cur, orphaned_edits(batch, memory), {})
    amend(cur, batch, memory)
    return stirred


def _tell_the_rest(cur: Cursor, batch: Sequence[Heard]) -> None:
    hint(cur, [_typing(heard, heard.fact) for heard in batch if isinstance(heard.fact, Typed)])
    emit(cur, [told for heard in batch if (told := _told(heard))])


def _typing(heard: Heard, typed: Typed) -> dict[str, object]:
    return {
        "type": "typed",
        "customer": public("cus", heard.customer),
        "identity": public("idn", heard.identity),
        "on": typed.on,
    }


def _told(heard: Heard) -> Happening | None:
    match heard.fact:
        case OptedOut(purpose=purpose, back=back):
            body = {"identity": public("idn", heard.identity), "purpose": purpose, "back": back}
            return Happening("opted_out", heard.customer, None, body)
        case Moved():
            body = {"identity": public("idn", heard.identity)}
            return Happening("identity_moved", heard.customer, None, body)
    return None
