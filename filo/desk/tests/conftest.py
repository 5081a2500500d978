from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from filo.desk.tests.people import Browser, counting, languages
from tests.fixtures import world
from tests.world import World

__all__ = ["world"]
Budget = Callable[[int], AbstractContextManager[None]]


@pytest.fixture
def town(world: World) -> World:
    """Everybody reads English here, so that a test can say what it sees."""
    languages(world, "en")
    return world


@pytest.fixture
def dora(town: World) -> Browser:
    return Browser(town.dora)


@pytest.fixture
def stranger(town: World) -> Browser:
    return Browser(town.stranger)


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch) -> Budget:
    """At most so many statements, whichever cursor runs them."""

    @contextmanager
    def within(most: int) -> Iterator[None]:
        with counting(monkeypatch) as counted:
            yield
        told = "\n".join(f"{n}: {words[:110]}" for n, words in enumerate(counted.statements, 1))
        assert len(counted.statements) <= most, f"{len(counted.statements)} statements\n{told}"

    return within
