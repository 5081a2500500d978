"""A list costs the same for one thing as for thirty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from filo.api.tests.conftest import House

Count = Callable[[str], int]
# Counted on purpose: one more statement is a decision. Three of them find out who calls.
LISTS = {
    "/customers": 6,
    "/customers/{customer}/messages": 8,
    "/cases": 6,
    "/search?q=ciao": 7,
    "/events": 11,
    "/channels": 4,
    "/teams": 4,
}


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch, house: House) -> Count:
    """How many statements a call costs, whichever cursor runs them."""

    def cost(path: str) -> int:
        with counting(monkeypatch) as counted:
            assert house.agent.get(path).status_code == 200
        return len(counted)

    return cost


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    counted: list[str] = []
    real = psycopg.Cursor.execute

    def execute(self: Any, query: Any, *args: Any, **more: Any) -> Any:
        counted.append(str(query))
        return real(self, query, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", execute)
        yield counted


@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_the_same_however_long_it_is(
    house: House, statements: Count, path: str
) -> None:
    customer, _ = house.writes("bea", "Ciao")
    place = path.format(customer=customer)
    house.all_told()
    statements(place)

    one = statements(place)
    for n in range(30):
        house.writes("bea" if "messages" in path else f"cliente{n}", "Ciao")
    house.all_told()
    thirty = statements(place)

    assert one == thirty
    assert thirty <= LISTS[path]
