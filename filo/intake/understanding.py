"""What is new in a batch, whose it is, and what follows: one transaction, fixed statements."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import msgspec

from filo.channels.contract import Announced, Handle, Moved, Said
from filo.channels.kit import from_epoch
from filo.channels.operations import announced
from filo.conversations.operations import receive
from filo.conversations.types import Heard
from filo.core.arrays import bigints, octets, texts
from filo.core.db import Cursor
from filo.core.sql import statements
from filo.customers.operations import Book, recognise
from filo.intake.reading import Doors
from filo.intake.types import Read
from filo.outbound.operations import heed, welcome_back
from filo.routing.operations import place

sql = statements("filo.intake")
Key = tuple[str, str]  # (scope, key)
UNTOLD = from_epoch(0)


def understand(cur: Cursor, reads: Sequence[Read], doors: Doors) -> int:
    """Apply what is new; returns how many facts were. Takes the caller's transaction.

    Whoever calls says afterwards what each channel brought, and rings the bell.
    """
    fresh = _new(cur, reads, doors)
    if fresh:
        book = recognise(cur, _handles(fresh))
        heard = [_heard(read, doors, book) for read in fresh]
        place(cur, receive(cur, heard))
        heed(cur, heard)
        pairs = zip(fresh, heard, strict=True)
        welcome_back(cur, [one for read, one in pairs if doors[read.channel].card.can.returns])
    announced(cur, [(r.channel, r.fact) for r in fresh if isinstance(r.fact, Announced)])
    _label(cur, reads, fresh, doors)
    return len(fresh)


def last_brought(reads: Sequence[Read]) -> dict[int, datetime]:
    """When each channel last brought something, in one order for all who write it."""
    return dict(sorted({read.channel: read.at for read in reads}.items()))


def _scope(read: Read, doors: Doors) -> str:
    door = doors[read.channel]
    return f"kind:{door.kind}" if door.card.key_scope == "kind" else door.public


def _new(cur: Cursor, reads: Sequence[Read], doors: Doors) -> list[Read]:
    """Facts never seen before. The schema decides, not a question asked beforehand."""
    keyless = [read for read in reads if not read.fact.key]
    first: dict[Key, Read] = {}
    again: list[tuple[Key, Read]] = []
    for read in reads:
        key = (_scope(read, doors), read.fact.key)
        if not read.fact.key:
            continue
        if key in first:
            again.append((key, read))
        else:
            first[key] = read
    new = _see(cur, first)
    again += [(key, read) for key, read in first.items() if key not in new]
    _look_at_repeats(cur, again, doors)
    kept = {id(first[key]) for key in new} | {id(read) for read in keyless}
    return [read for read in reads if id(read) in kept]


def _see(cur: Cursor, first: dict[Key, Read]) -> set[Key]:
    if not first:
        return set()
    rows = cur.execute(
        sql("see"),
        {
            "scopes": texts([scope for scope, _ in first]),
            "keys": texts([key for _, key in first]),
            "digests": octets([digest(read) for read in first.values()]),
            "journals": bigints([read.journal for read in first.values()]),
        },
    ).fetchall()
    return {(scope, key) for scope, key in rows}


def digest(read: Read) -> bytes:
    """The same words to another of our addresses are the same words.

    Where the provider told no time, the fact has that of the call: a repeat comes at another.
    """
    told = msgspec.structs.replace(read.fact, to="")
    if getattr(told, "at", None) == read.at:
        told = msgspec.structs.replace(told, at=UNTOLD)
    return hashlib.blake2b(msgspec.json.encode(told), digest_size=16).digest()


def _look_at_repeats(cur: Cursor, again: Sequence[tuple[Key, Read]], doors: Doors) -> None:
    """A repeat changes nothing; another body under the same key is kept, counted, and loses."""
    if not again:
        return
    columns = {"scopes": [key[0] for key, _ in again], "keys": [key[1] for key, _ in again]}
    rows = cur.execute(sql("seen_before"), columns).fetchall()
    digests = {(scope, key): bytes(digest) for scope, key, digest in rows}
    odd = [(key, read) for key, read in again if digests.get(key) != digest(read)]
    if not odd:
        return
    cur.execute(
        sql("conflicts"),
        {
            "scopes": [key[0] for key, _ in odd],
            "keys": [key[1] for key, _ in odd],
            "journals": [read.journal for _, read in odd],
        },
    )
    _count_conflicts(cur, Counter(read.channel for _, read in odd))


def _label(cur: Cursor, reads: Sequence[Read], fresh: Sequence[Read], doors: Doors) -> None:
    """After the messages are there: both copies of a mail may stand in one batch."""
    new = {id(read) for read in fresh}
    said = [
        (read.fact.id, read.channel)
        for read in reads
        if id(read) not in new
        and isinstance(read.fact, Said)
        and doors[read.channel].card.key_scope == "kind"
    ]
    if said:
        columns = {"ids": [id_ for id_, _ in said], "channels": [channel for _, channel in said]}
        cur.execute(sql("label"), columns)


def _handles(reads: Sequence[Read]) -> list[Handle]:
    handles = []
    for read in reads:
        match read.fact:
            case Moved(old=old, new=new):
                # The new handle joins the old one's person: attested by the provider.
                also = (*new.also, (old.space, old.value))
                handles.append(Handle(new.space, new.value, new.name or old.name, also))
            case fact if (by := getattr(fact, "by", None)) and by.value:
                handles.append(by)
    return handles


def _heard(read: Read, doors: Doors, book: Book) -> Heard:
    door = doors[read.channel]
    by = getattr(read.fact, "by", None) or getattr(read.fact, "new", None)
    known = book[by.space, by.value] if by and by.value else None
    return Heard(
        fact=read.fact,
        channel=door.id,
        team=door.team,
        answer_within=door.answer_within,
        journal=read.journal,
        at=read.at,
        identity=known.identity if known else 0,
        customer=known.customer if known else 0,
    )


def _count_conflicts(cur: Cursor, conflicts: Counter[int]) -> None:
    channels = sorted(conflicts)
    cur.execute(
        sql("pulse"),
        {
            "channels": channels,
            "ats": [None for _ in channels],
            "unknowns": [0 for _ in channels],
            "conflicts": [conflicts[channel] for channel in channels],
        },
    )
