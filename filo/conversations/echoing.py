"""What the company wrote in the provider's own app: told apart from echoes of our own sends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from filo.channels.contract import Bundle, Said, Spoken
from filo.conversations.receiving import Memory, spoken_of
from filo.conversations.types import Heard
from filo.conversations.words import searchable
from filo.core.db import Cursor
from filo.core.events import Happening, emit
from filo.core.ids import public
from filo.core.sql import statements
from filo.core.text import fold

sql = statements("filo.conversations")
_spoken = msgspec.json.Decoder(Spoken)


class Doubt(msgspec.Struct, frozen=True):
    """A delivery of which we do not know (yet) that it arrived."""

    delivery: int
    customer: int
    message: int
    case: int
    channel: int
    spoken: str

    @property
    def words(self) -> str:
        part: Spoken = _spoken.decode(self.spoken)
        return bare(searchable(part.parts if isinstance(part, Bundle) else (part,)))


def is_echo(heard: Heard) -> bool:
    return isinstance(heard.fact, Said) and heard.fact.ours


def addressed(cur: Cursor, batch: Sequence[Heard]) -> Sequence[Heard]:
    """An echo that names nobody is to whom it answers; to nobody we know, it is no message."""
    lost = [heard for heard in batch if is_echo(heard) and not heard.customer]
    if not lost:
        return batch
    memory = spoken_of(cur, [_said(heard).answers for heard in lost])
    beside = {
        (heard.channel, heard.fact.id): heard
        for heard in batch
        if isinstance(heard.fact, Said) and heard.customer
    }
    found = {}
    for heard in lost:
        if asked := beside.get((heard.channel, _said(heard).answers)):
            found[id(heard)] = msgspec.structs.replace(
                heard, customer=asked.customer, identity=asked.identity
            )
            continue
        known = memory.get(_said(heard).answers, ())
        if to := next((one for one in known if one.channel == heard.channel), None):
            found[id(heard)] = msgspec.structs.replace(
                heard, customer=to.customer, identity=to.identity
            )
    gone = {id(heard) for heard in lost}
    kept = [found.get(id(h)) if id(h) in gone else h for h in batch]
    return [heard for heard in kept if heard is not None]


def new_words(cur: Cursor, batch: Sequence[Heard], memory: Memory) -> Sequence[Heard]:
    """All but echoes of what we sent ourselves; such an echo proves that it arrived."""
    echoes = [heard for heard in batch if is_echo(heard)]
    if not echoes:
        return batch
    ours = _known(echoes, memory)
    ours |= _settle(cur, _others(echoes, ours))
    # A receipt may have been written since `memory` was read: then it was in doubt no longer.
    unknown = _others(echoes, ours)
    ours |= _known(unknown, spoken_of(cur, [_said(heard).id for heard in unknown]))
    return _others(batch, ours)


def _known(echoes: Iterable[Heard], memory: Memory) -> set[int]:
    return {id(heard) for heard in echoes if memory.get(_said(heard).id)}


def _others(batch: Iterable[Heard], known: set[int]) -> list[Heard]:
    return [heard for heard in batch if id(heard) not in known]


def _settle(cur: Cursor, echoes: Sequence[Heard]) -> set[int]:
    """Same channel, same person, same words, and no receipt yet: it is the one in doubt."""
    if not echoes:
        return set()
    customers = sorted({heard.customer for heard in echoes})
    rows = cur.execute(sql("in_doubt"), {"customers": customers}).fetchall()
    doubts = [Doubt(*row) for row in rows]
    met: list[tuple[Heard, Doubt]] = []
    for heard in echoes:
        if doubt := _same(heard, doubts):
            doubts.remove(doubt)
            met.append((heard, doubt))
    _write(cur, met)
    return {id(heard) for heard, _ in met}


def _same(heard: Heard, doubts: Iterable[Doubt]) -> Doubt | None:
    words = bare(searchable(_said(heard).parts))
    here = (one for one in doubts if (one.channel, one.customer) == (heard.channel, heard.customer))
    return next((one for one in here if one.words == words), None)


def _write(cur: Cursor, met: Sequence[tuple[Heard, Doubt]]) -> None:
    if not met:
        return
    by_delivery = {doubt.delivery: doubt for _, doubt in met}
    columns = {
        "ids": [doubt.delivery for _, doubt in met],
        "provider_ids": [_said(heard).id for heard, _ in met],
    }
    rows = cur.execute(sql("came_back"), columns).fetchall()
    emit(cur, [_changed(by_delivery[delivery]) for (delivery,) in rows])


def _changed(doubt: Doubt) -> Happening:
    body = {
        "message": public("msg", doubt.message),
        "delivery": public("dlv", doubt.delivery),
        "state": "sent",
    }
    return Happening("delivery_changed", doubt.customer, doubt.case, body)


def bare(text: str) -> str:
    """Letters and digits alone: providers strip marks and spaces as they like."""
    return re.sub(r"\W+", "", fold(text))


def _said(heard: Heard) -> Said:
    assert isinstance(heard.fact, Said)
    return heard.fact
