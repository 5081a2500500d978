"""Reactions, edits and withdrawals: changes of what was already said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from filo.channels.contract import Edited, Reacted, Said, Withdrew
from filo.conversations.receiving import Memory, SpokenOf
from filo.conversations.types import Heard
from filo.conversations.words import preview, searchable
from filo.core.db import Cursor
from filo.core.events import Happening, emit
from filo.core.ids import public
from filo.core.sql import statements
from filo.core.text import fold

sql = statements("filo.conversations")
Amendment = Reacted | Edited | Withdrew


def amend(cur: Cursor, batch: Iterable[Heard], memory: Memory) -> list[Heard]:
    """Apply them; each concerns a message of the same customer. Returns those of unknown words."""
    met: list[tuple[Heard, Amendment, SpokenOf]] = []
    unknown: list[Heard] = []
    for heard in batch:
        if not isinstance(heard.fact, Amendment):
            continue
        if spoken := meant(heard, heard.fact, memory):
            met.append((heard, heard.fact, spoken))
        else:
            unknown.append(heard)
    _react(cur, [(h, f, s) for h, f, s in met if isinstance(f, Reacted)])
    _edit(cur, [(f, s) for _, f, s in met if isinstance(f, Edited)])
    _withdraw(cur, [(f, s) for _, f, s in met if isinstance(f, Withdrew)])
    emit(cur, [_told(fact, spoken) for _, fact, spoken in met])
    return unknown


def as_said(edit: Edited) -> Said:
    """An edit of words that never reached us, as the words themselves: nothing is lost."""
    return Said(id=edit.message, at=edit.at, by=edit.by, parts=edit.parts, to=edit.to)


def meant(heard: Heard, fact: Amendment, memory: Memory) -> SpokenOf | None:
    """The message of the same customer that a change speaks of."""
    known = memory.get(fact.message, ())
    return next((spoken for spoken in known if spoken.customer == heard.customer), None)


def _react(cur: Cursor, met: Sequence[tuple[Heard, Reacted, SpokenOf]]) -> None:
    if not met:
        return
    cur.execute(
        sql("react"),
        {
            "messages": [spoken.message for _, _, spoken in met],
            "identities": [heard.identity for heard, _, _ in met],
            "emojis": [fact.emoji for _, fact, _ in met],
            "ats": [fact.at for _, fact, _ in met],
        },
    )


def _edit(cur: Cursor, met: Sequence[tuple[Edited, SpokenOf]]) -> None:
    if not met:
        return
    cur.execute(sql("revise"), {"messages": sorted({spoken.message for _, spoken in met})})
    rows = cur.execute(
        sql("edit"),
        {
            "messages": [spoken.message for _, spoken in met],
            "parts": [msgspec.json.encode(fact.parts).decode() for fact, _ in met],
            "words": [fold(searchable(fact.parts)) for fact, _ in met],
            "ats": [fact.at for fact, _ in met],
            "shown": [preview(fact.parts) for fact, _ in met],
        },
    ).fetchall()
    meant = {spoken.message: spoken for _, spoken in met}
    _show(cur, [(meant[message], shown) for message, shown in rows])


def _withdraw(cur: Cursor, met: Sequence[tuple[Withdrew, SpokenOf]]) -> None:
    if not met:
        return
    last_first = sorted(met, key=lambda pair: pair[0].at, reverse=True)
    taken = {spoken.message: (fact, spoken) for fact, spoken in last_first}
    cur.execute(sql("revise"), {"messages": list(taken)})
    cur.execute(
        sql("withdraw"),
        {"messages": list(taken), "ats": [fact.at for fact, _ in taken.values()]},
    )
    _show(cur, [(spoken, "") for _, spoken in taken.values()])


def _show(cur: Cursor, changed: Sequence[tuple[SpokenOf, str]]) -> None:
    if not changed:
        return
    cur.execute(
        sql("last_words"),
        {
            "cases": [spoken.case for spoken, _ in changed],
            "messages": [spoken.message for spoken, _ in changed],
            "words": [words for _, words in changed],
        },
    )


def _told(fact: Amendment, spoken: SpokenOf) -> Happening:
    types = {Reacted: "reaction_changed", Edited: "message_edited", Withdrew: "message_withdrawn"}
    body = {"message": public("msg", spoken.message)}
    return Happening(types[type(fact)], spoken.customer, spoken.case, body)
