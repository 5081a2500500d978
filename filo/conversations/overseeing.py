"""What was done with public words in the provider's own page: hidden, shown, liked, deleted."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from filo.channels.contract import Moderated, Moderation, Withdrew
from filo.conversations.receiving import Memory, SpokenOf, spoken_of
from filo.conversations.types import Heard
from filo.core.db import Cursor
from filo.core.events import Happening, emit
from filo.core.ids import public
from filo.core.sql import statements

sql = statements("filo.conversations")
THE_PROVIDER = "provider"  # who, in the event


def placed(cur: Cursor, batch: Sequence[Heard]) -> Sequence[Heard]:
    """Such a fact names nobody: it is about whoever wrote the words, as far as we know them."""
    ids = [heard.fact.message for heard in batch if isinstance(heard.fact, Moderated)]
    if not ids:
        return batch
    memory = spoken_of(cur, ids)
    return [_placed(heard, memory) for heard in batch]


def _placed(heard: Heard, memory: Memory) -> Heard:
    spoken = _meant(heard, heard.fact, memory) if isinstance(heard.fact, Moderated) else None
    if spoken is None:
        return heard
    return msgspec.structs.replace(heard, customer=spoken.customer, identity=spoken.identity)


def deleted_here(cur: Cursor, changes: Sequence[Heard], memory: Memory) -> Sequence[Heard]:
    """The provider tells of what we deleted as if its author had: the words stay as evidence."""
    gone = [(heard, heard.fact) for heard in changes if isinstance(heard.fact, Withdrew)]
    met = {id(heard): found for heard, fact in gone if (found := _meant(heard, fact, memory))}
    if not met:
        return changes
    rows = cur.execute(
        "SELECT message_id FROM conversations_moderation"
        " WHERE message_id = ANY(%s::bigint[]) AND action = 'delete' AND NOT elsewhere"
        " AND (state = 'carried_out' OR (state = 'pending' AND tries > 0))",
        [sorted({spoken.message for spoken in met.values()})],
    ).fetchall()
    ours = {message for (message,) in rows}
    echoes = {key for key, spoken in met.items() if spoken.message in ours}
    return [_by_us(heard) if id(heard) in echoes else heard for heard in changes]


def _by_us(heard: Heard) -> Heard:
    fact = heard.fact
    assert isinstance(fact, Withdrew)
    deleted = Moderated(fact.id, fact.message, Moderation.DELETE, fact.at, fact.to)
    return msgspec.structs.replace(heard, fact=deleted)


def oversee(cur: Cursor, batch: Sequence[Heard], memory: Memory) -> list[Heard]:
    """Apply it. Returns those of unknown words."""
    told = [(heard, heard.fact) for heard in batch if isinstance(heard.fact, Moderated)]
    met = [(h, fact, found) for h, fact in told if (found := _meant(h, fact, memory))]
    if met:
        columns = {
            "messages": [spoken.message for _, _, spoken in met],
            "actions": [fact.action.value for _, fact, _ in met],
            "ats": [fact.at for _, fact, _ in met],
        }
        rows = cur.execute(sql("overseen"), columns).fetchall()
        by_message = {spoken.message: spoken for _, _, spoken in met}
        emit(cur, [_told(by_message[message], action) for message, action in rows])
    return [heard for heard, fact in told if not _meant(heard, fact, memory)]


def _meant(heard: Heard, fact: Moderated | Withdrew, memory: Memory) -> SpokenOf | None:
    """The provider speaks of all that stands in this channel, whoever wrote it."""
    known = memory.get(fact.message, ())
    return next((spoken for spoken in known if spoken.channel == heard.channel), None)


def _told(spoken: SpokenOf, action: str) -> Happening:
    body = {
        "message": public("msg", spoken.message),
        "action": action,
        "state": "carried_out",
        "by": THE_PROVIDER,
    }
    return Happening("moderation_changed", spoken.customer, spoken.case, body)
