"""What was not known when a message was written, and now is: its own beginning, what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import msgspec

from filo.channels.contract import Said
from filo.conversations.early import Waiting
from filo.conversations.receiving import spoken_of
from filo.conversations.types import Heard
from filo.core.db import Cursor
from filo.core.events import Happening, emit
from filo.core.ids import public
from filo.core.sql import statements

sql = statements("filo.conversations")


def complete(cur: Cursor, late: Sequence[tuple[int, Heard]]) -> None:
    """Words that come after their edit was shown: what they said goes to the revisions."""
    said = [(message, cast(Said, heard.fact)) for message, heard in late]
    rows = cur.execute(
        sql("complete"),
        {
            "messages": [message for message, _ in said],
            "said_ats": [words.at for _, words in said],
            "subjects": [words.subject for _, words in said],
            "contexts": [msgspec.json.encode(words.context).decode() for _, words in said],
        },
    ).fetchall()
    cur.execute(
        sql("said_before"),
        {
            "messages": [message for message, _ in said],
            "parts": [msgspec.json.encode(words.parts).decode() for _, words in said],
        },
    )
    _tell(cur, rows)


def answer_at_last(cur: Cursor, waited: Iterable[Waiting]) -> None:
    """Answers whose question has come."""
    answers = [one for one in waited if one.kind == "answer"]
    if not answers:
        return
    memory = spoken_of(cur, [one.provider_id for one in answers])
    met = [
        (one, spoken)
        for one in answers
        for spoken in memory.get(one.provider_id, ())
        if spoken.customer == one.customer
    ]
    rows = cur.execute(
        sql("answers_at_last"),
        {
            "messages": [one.message for one, _ in met],
            "answered": [spoken.message for _, spoken in met],
        },
    ).fetchall()
    _tell(cur, rows)


def _tell(cur: Cursor, rows: Iterable[tuple[int, int, int]]) -> None:
    emit(
        cur,
        [
            Happening("message_edited", customer, case, {"message": public("msg", message)})
            for message, customer, case in rows
        ],
    )
