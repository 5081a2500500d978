"""Who looks at which case and who types: kept in memory, rebuilt by the next heartbeats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from filo.core.ids import public
from filo.live.audience import Audience

EXPIRES = 30.0  # seconds after the last heartbeat; browsers beat every 15
TYPES_FOR = 6.0


class Beat(msgspec.Struct, frozen=True, omit_defaults=True, tag="presence"):
    """A heartbeat on its way to all processes, with all that is needed to know who may hear it."""

    case: int
    customer: int
    staff: int
    name: str
    teams: tuple[int, ...] = ()
    only: int | None = None
    looking: bool = False
    typing: bool = False
    note: bool = False  # typing what the customer shall never see

    @property
    def audience(self) -> Audience:
        return Audience(frozenset(self.teams), self.only)


class Typed(msgspec.Struct, frozen=True, tag="typed"):
    """The customer types (or stopped): told by the pipeline."""

    customer: str
    identity: str = ""
    on: bool = True


Hint = Beat | Typed


class Seen(msgspec.Struct):
    """One person at one case."""

    beat: Beat
    looks_until: float
    types_until: float


class Presence:
    """The people at each case, by this process's own clock."""

    def __init__(self) -> None:
        self.cases: dict[int, dict[int, Seen]] = {}
        self.shown: dict[int, list[dict[str, Any]]] = {}

    def note(self, beat: Beat, *, at: float) -> None:
        if beat.looking or beat.typing:
            types_until = at + TYPES_FOR if beat.typing else at
            people = self.cases.setdefault(beat.case, {})
            people[beat.staff] = Seen(beat, at + EXPIRES, types_until)
        elif seen := self.cases.get(beat.case, {}).get(beat.staff):
            seen.looks_until = seen.types_until = at

    def changed(self, *, at: float) -> Iterator[tuple[Beat, dict[str, Any]]]:
        """Each case that looks different from when it was last asked, and what it looks like."""
        for case, people in list(self.cases.items()):
            beat = next(iter(people.values())).beat
            now = self._people(case, at=at)
            if now != self.shown.get(case, []):
                self.shown[case] = now
                yield beat, _words(beat, now)
            self.cases[case] = {k: seen for k, seen in people.items() if seen.looks_until > at}
            if not self.cases[case]:
                del self.cases[case]
                self.shown.pop(case, None)

    def all(self, *, at: float) -> Iterator[tuple[Beat, dict[str, Any]]]:
        """Every case with somebody in it, for a browser that has just come."""
        for case, people in self.cases.items():
            if now := self._people(case, at=at):
                beat = next(iter(people.values())).beat
                yield beat, _words(beat, now)

    def _people(self, case: int, *, at: float) -> list[dict[str, Any]]:
        return [
            {
                "id": public("stf", staff),
                "name": seen.beat.name,
                "typing": seen.types_until > at,
            }
            for staff, seen in sorted(self.cases.get(case, {}).items())
            if seen.looks_until > at
        ]


def _words(beat: Beat, people: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "presence",
        "case": public("cas", beat.case),
        "customer": public("cus", beat.customer),
        "people": people,
    }
