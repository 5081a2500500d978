"""From a journal row to facts: the connector reads, we find whose channel each fact is."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from filo.channels.contract import Fact, Typed, Unknown
from filo.core.text import storable
from filo.intake.directory import Door
from filo.intake.types import Kept, Read

log = logging.getLogger("filo.intake")
Doors = Mapping[int, Door]
# What PostgreSQL cannot keep as text can only come in by these.
SUSPECT = (b"\\u0000", b"\x00", b"%00", b"\\ud8", b"\\uD8", b"\\udc", b"\\uDC")


class Reading(msgspec.Struct):
    """What a batch of journal rows said, and which rows could not be read."""

    reads: list[Read]
    troubles: dict[int, str]  # journal row -> why it could not be (wholly) read


def read(rows: Sequence[Kept], doors: Doors) -> Reading:
    """Parse each row by its channel's connector. No row can stop the others."""
    reading = Reading([], {})
    siblings = Siblings(doors.values())
    for row in rows:
        door = doors.get(row.channel)
        if door is None:
            reading.troubles[row.id] = "There is no such channel any more."
            continue
        try:
            told = [(one, fact) for one in (door, *siblings.kin(door)) for fact in _facts(row, one)]
        except Exception as problem:  # the outer door of connectors: kept for replay
            log.exception("cannot read a call", extra={"journal": row.id})
            reading.troubles[row.id] = f"{type(problem).__name__}: the connector failed on it."
            continue
        _sort(reading, row, told, siblings)
    return reading


def _facts(row: Kept, door: Door) -> Sequence[Fact]:
    request = row.request
    if request.channel != door.public:  # a call to its kin, which it reads as one of its own
        request = msgspec.structs.replace(request, channel=door.public, settings=door.settings)
    facts = list(door.connector.parse(request))
    if any(mark in row.request.body for mark in SUSPECT):
        return [_storable(fact) for fact in facts]
    return facts


def _storable(fact: Fact) -> Fact:
    cleaned: Fact = msgspec.convert(_cleaned(msgspec.to_builtins(fact)), Fact)
    return cleaned


def _cleaned(value: object) -> object:
    match value:
        case str():
            return storable(value)
        case dict():
            return {storable(str(key)): _cleaned(item) for key, item in value.items()}
        case list() | tuple():
            return [_cleaned(item) for item in value]
    return value


def _sort(
    reading: Reading, row: Kept, told: Iterable[tuple[Door, Fact]], siblings: Siblings
) -> None:
    for ordinal, (door, fact) in enumerate(told):
        if isinstance(fact, Unknown):
            reading.troubles[row.id] = f"Not understood: {storable(fact.what)[:200]}"
            continue
        whose = siblings.find(door, fact.to)
        reading.reads.append(Read(row.id, ordinal, whose.id, row.request.at, fact))


class Siblings:
    """Which of our channels a fact is for: one app may call one address for many numbers."""

    def __init__(self, doors: Iterable[Door]) -> None:
        self._by_address = {
            (door.kind, door.address): door for door in doors if door.address and door.active
        }
        self._all = list(self._by_address.values())

    def kin(self, door: Door) -> Iterator[Door]:
        """One channel of each other kind whose calls come to this one's address."""
        kinds = {door.kind}
        for one in self._all if door.card.calls else ():
            related = one.card.calls == door.card.calls and _same_secret(door, one)
            if related and one.kind not in kinds:
                kinds.add(one.kind)
                yield one

    def find(self, door: Door, to: str) -> Door:
        if not to or to == door.address:
            return door
        other = self._by_address.get((door.kind, to))
        return other if other and _same_secret(door, other) else door


def _same_secret(one: Door, other: Door) -> bool:
    """Whoever may speak for one number must not speak for another one by naming it."""
    proof = one.config.get(one.card.signed_by, "")
    return bool(proof) and proof == other.config.get(one.card.signed_by, "")


def whose(fact: Fact) -> Iterator[tuple[str, str]]:
    """The identity that speaks in this fact, if any."""
    by = getattr(fact, "by", None) or getattr(fact, "new", None)
    if by is not None:
        yield (by.space, by.value)


def is_kept(fact: Fact) -> bool:
    """Typing is told and forgotten."""
    return not isinstance(fact, Typed)
