"""A batch of facts becomes what the thread shows: locks, then words, then what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from filo.channels.contract import (
    Edited,
    Moderated,
    Moved,
    OptedOut,
    Reacted,
    Said,
    Typed,
    Withdrew,
)
from filo.conversations.amending import amend
from filo.conversations.completing import answer_at_last, complete
from filo.conversations.early import Waiting, awaited, come_before
from filo.conversations.echoing import addressed, new_words
from filo.conversations.keeping import let_go
from filo.conversations.overseeing import deleted_here, oversee, placed
from filo.conversations.quoting import reacted
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
    batch = placed(cur, reacted(cur, addressed(cur, batch)))
    found, early = targets(cur, batch)
    customers = {heard.customer for heard in batch if heard.customer}
    lock(cur, customers | {target.customer for target in found})
    memory = spoken_of(cur, _quoted(batch))
    batch = new_words(cur, batch, memory)
    waited = awaited(cur, batch)
    stirred = receive_said(cur, _not_shown_yet(cur, batch, waited), memory)
    let_go(cur, batch)
    answer_at_last(cur, waited)
    _amend(cur, [*(one.heard for one in waited if one.heard), *batch])
    apply_reports(cur, found)
    keep_early(cur, early)
    _tell_the_rest(cur, batch)
    return stirred


def _quoted(batch: Iterable[Heard]) -> Iterable[str]:
    for heard in batch:
        if isinstance(heard.fact, Said):
            yield heard.fact.answers
            yield from heard.fact.references
            if heard.fact.ours:
                yield heard.fact.id


def _not_shown_yet(
    cur: Cursor, batch: Sequence[Heard], waited: Sequence[Waiting]
) -> Sequence[Heard]:
    """All but words that an edit of theirs has shown already: they complete that message."""
    shown = {(w.customer, w.provider_id): w.message for w in waited if w.kind == "shown"}
    if not shown:
        return batch
    late = [
        (message, heard)
        for heard in batch
        if isinstance(heard.fact, Said) and (message := shown.get((heard.customer, heard.fact.id)))
    ]
    complete(cur, late)
    known = {id(heard) for _, heard in late}
    return [heard for heard in batch if id(heard) not in known]


def _amend(cur: Cursor, changes: Sequence[Heard]) -> None:
    kinds = Reacted | Edited | Withdrew | Moderated
    meant = [heard.fact.message for heard in changes if isinstance(heard.fact, kinds)]
    if meant:
        memory = spoken_of(cur, meant)
        changes = deleted_here(cur, changes, memory)
        come_before(cur, [*amend(cur, changes, memory), *oversee(cur, changes, memory)])


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
