"""Reactions, edits and withdrawals: changes of what was already said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from filo.channels.contract import Edited, Reacted, Said, Withdrew
from filo.conversations.receiving import Memory, SpokenOf
from filo.conversations.types import Heard
from filo.conversations.words import searchable
from filo.core.db import Cursor
from filo.core.events import Happening, emit
from filo.core.ids import public
from filo.core.sql import statements
from filo.core.text import fold

sql = statements("filo.conversations")
Amendment = Reacted | Edited | Withdrew


def orphaned_edits(batch: Iterable[Heard], memory: Memory) -> list[Heard]:
    """Edits of words that never reached us, as the words themselves: nothing is lost."""
    return [
        msgspec.structs.replace(heard, fact=_as_said(heard.fact))
        for heard in batch
        if isinstance(heard.fact, Edited) and not _meant(heard, heard.fact, memory)
    ]


def amend(cur: Cursor, batch: Iterable[Heard], memory: Memory) -> None:
    """Apply them in order; each concerns a message of the same customer."""
    met = [
        (heard, heard.fact, spoken)
        for heard in batch
        if isinstance(heard.fact, Amendment) and (spoken := _meant(heard, heard.fact, memory))
    ]
    _react(cur, [(h, f, s) for h, f, s in met if isinstance(f, Reacted)])
    _edit(cur, [(f, s) for _, f, s in met if isinstance(f, Edited)])
    _withdraw(cur, [(f, s) for _, f, s in met if isinstance(f, Withdrew)])
    emit(cur, [_told(fact, spoken) for _, fact, spoken in met])


def _as_said(edit: Edited) -> Said:
    return Said(id=edit.message, at=edit.at, by=edit.by, parts=edit.parts, to=edit.to)


def _meant(heard: Heard, fact: Amendment, memory: Memory) -> SpokenOf | None:
    known = memory.get(fact.message, ())
    return next((spoken for spoken in known if spoken.customer == heard.customer), None)


def _react(cur: Cursor, met: Sequence[tuple[Heard, Reacted, SpokenOf]]) -> None:
    newest = {(spoken.message, heard.identity): fact for heard, fact, spoken in met}
    if not newest:
        return
    cur.execute(
        sql("react"),
        {
            "messages": [message for message, _ in newest],
            "identities": [identity for _, identity in newest],
            "emojis": [fact.emoji for fact in newest.values()],
            "ats": [fact.at for fact in newest.values()],
        },
    )


def _edit(cur: Cursor, met: Sequence[tuple[Edited, SpokenOf]]) -> None:
    if not met:
        return
    newest = {spoken.message: fact for fact, spoken in sorted(met, key=lambda pair: pair[0].at)}
    cur.execute(sql("revise"), {"messages": list(newest)})
    cur.execute(
        sql("edit"),
        {
            "messages": list(newest),
            "parts": [msgspec.json.encode(fact.parts).decode() for fact in newest.values()],
            "words": [fold(searchable(fact.parts)) for fact in newest.values()],
            "ats": [fact.at for fact in newest.values()],
        },
    )


def _withdraw(cur: Cursor, met: Sequence[tuple[Withdrew, SpokenOf]]) -> None:
    if not met:
        return
    taken = {spoken.message: fact for fact, spoken in met}
    cur.execute(sql("revise"), {"messages": list(taken)})
    cur.execute(
        sql("withdraw"),
        {"messages": list(taken), "ats": [fact.at for fact in taken.values()]},
    )


def _told(fact: Amendment, spoken: SpokenOf) -> Happening:
    types = {Reacted: "reaction_changed", Edited: "message_edited", Withdrew: "message_withdrawn"}
    body = {"message": public("msg", spoken.message)}
    return Happening(types[type(fact)], spoken.customer, spoken.case, body)
