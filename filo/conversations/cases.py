"""Which case do these words belong to? Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import msgspec

REOPENS_WITHIN = timedelta(hours=72)


class Place(msgspec.Struct, frozen=True):
    """A case as far as placing needs it."""

    id: int
    customer: int
    matter: str
    status: str
    team: int
    asked: bool = False  # ours were the last words in it


class Atlas:
    """The cases that a batch may join."""

    def __init__(self, rows: Iterable[tuple[int, int, str, str, int, bool]]) -> None:
        places = [Place(*row) for row in rows]
        self._by_id = {place.id: place for place in places}
        self._by_matter: dict[tuple[int, str], Place] = {}
        for place in places:
            held = self._by_matter.get((place.customer, place.matter))
            if held is None or held.status == "solved":
                self._by_matter[place.customer, place.matter] = place

    def find(self, customer: int, matter: str, named: Iterable[int]) -> Place | None:
        """The named case when it is this customer's; a stranger's id opens no door to it."""
        for case in named:
            place = self._by_id.get(case)
            if place and place.customer == customer:
                return self._by_matter.get((customer, place.matter), place)
        return self._by_matter.get((customer, matter))
