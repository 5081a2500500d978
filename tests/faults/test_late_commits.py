"""Fault 19: transactions commit in any order, readers look at any moment: nothing is skipped."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from filo.core.db import Connection
from filo.core.events import Happening, emit
from filo.live.cursor import Position, head, read

WRITERS = 3
SEED = 19


class Watched(psycopg.Cursor[Any]):
    """A reader's cursor: between its statements the world goes on."""

    meanwhile: Callable[[], None] = staticmethod(lambda: None)

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        type(self).meanwhile()
        return super().execute(*args, **kwargs)


class Writer:
    """One connection: takes a number early or late, tells something, ends one way or the other."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.open: list[str] = []

    def step(self, chance: random.Random, told: list[str]) -> None:
        match chance.choice(["number", "tell", "tell", "commit", "commit", "forget"]):
            case "number":
                self.connection.execute("SELECT pg_current_xact_id()")
            case "tell":
                self.open.append(f"e{len(told)}.{chance.random():.12f}")
                emit(self.connection.cursor(), [Happening(self.open[-1])])
            case "commit":
                self.end(told)
            case _:
                self.connection.rollback()
                self.open.clear()

    def end(self, told: list[str]) -> None:
        self.connection.commit()
        told += self.open
        self.open.clear()


class Reader:
    """Goes on from where it stands; remembers what it was told."""

    def __init__(self, connection: Connection, place: Position, *, limit: int) -> None:
        self.connection, self.place, self.limit = connection, place, limit
        self.seen: list[str] = []

    def look(self) -> bool:
        page = read(self.connection.cursor(), self.place, limit=self.limit)
        assert [entry.position for entry in page] == sorted(entry.position for entry in page)
        self.seen += [entry.type for entry in page]
        self.place = page[-1].position if page else self.place
        return bool(page)


@pytest.fixture
def connections(committed_db: str) -> Iterator[list[Connection]]:
    opened = [psycopg.connect(committed_db) for _ in range(WRITERS)]
    opened += [psycopg.connect(committed_db, autocommit=True) for _ in range(2)]
    yield opened
    for connection in opened:
        connection.close()


def interleave(chance: random.Random, writers: list[Writer], readers: list[Reader]) -> list[str]:
    """A dozen steps of the writers, and readers who look between and during them."""
    told: list[str] = []
    steps = iter(range(chance.randint(6, 14)))

    def go_on() -> None:
        if chance.random() < 0.5 and next(steps, None) is not None:
            chance.choice(writers).step(chance, told)

    Watched.meanwhile = staticmethod(go_on)
    for _ in steps:
        chance.choice(writers).step(chance, told)
        if chance.random() < 0.3:
            chance.choice(readers).look()
    Watched.meanwhile = staticmethod(lambda: None)
    for writer in chance.sample(writers, len(writers)):
        writer.end(told)
    return told


def test_fault_19_late_commits_in_any_order_skip_nothing_and_double_nothing(
    connections: list[Connection], long: bool
) -> None:
    chance = random.Random(SEED)
    writers = [Writer(connection) for connection in connections[:WRITERS]]
    for connection in connections[WRITERS:]:
        connection.cursor_factory = Watched
    _, start = head(connections[-1].cursor())
    readers = [
        Reader(connection, start, limit=limit)
        for connection, limit in zip(connections[WRITERS:], (200, 2), strict=True)
    ]
    for _ in range(10_000 if long else 500):
        told = interleave(chance, writers, readers)
        for reader in readers:
            while reader.look():
                pass
            assert sorted(reader.seen) == sorted(told)
            reader.seen.clear()
