"""Does it stay fast as it grows? The same questions to small and large databases, in turn."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from uuid import uuid4

import msgspec
import psycopg

from bench.ground import Ground, ground
from bench.intake import message
from bench.lines import Line
from bench.loading import QUICK, Town, load, settle
from bench.progress import Progress
from filo.channels.contract import Handle
from filo.conversations import queries
from filo.conversations.types import CaseFilter
from filo.core import clock
from filo.core.db import Connection, connect
from filo.customers import queries as customers
from filo.customers.operations import recognise
from filo.intake.journal import keep
from filo.intake.lanes import lane_of
from filo.intake.pipeline import Pipeline
from filo.intake.types import Entry
from filo.staff.queries import scope
from filo.staff.types import Scope

BATCH = 200
STRANGERS = 20  # of a batch: people who have never written
WARM = 10  # askings before the first that is measured
SERVED = 50  # customers who are being served now, at every size: the caches know them


class Asker:
    """One database, a connection to it, and who asks."""

    def __init__(self, ground: Ground, town: Town) -> None:
        self.ground = ground
        self.town = town
        self.rng = random.Random(town.messages)
        ground.enter(town.database)
        self.connection: Connection = connect(name="bench")
        self.connection.prepare_threshold = 2
        self.pipeline = Pipeline(batch=BATCH)
        cur = self.connection.cursor()
        self.agent: Scope = scope(cur, town.staff)
        self.chief: Scope = msgspec.structs.replace(self.agent, role="admin")
        self.asked = 0
        served = min(SERVED, town.unsolved)
        self.cases = self.rng.sample(range(town.cases - town.unsolved + 1, town.cases + 1), served)

    def warm(self, ask: Callable[[Asker], None]) -> None:
        """Nobody's first question of the day is measured."""
        for _ in range(SERVED if ask is Asker.thread_page else WARM):
            ask(self)

    def queue_page(self) -> None:
        """The first page of all cases, its second page, and the numbers beside the views."""
        cur = self.connection.cursor()
        for who in (self.agent, self.chief):
            page = queries.cases(cur, who, CaseFilter(), limit=50)
            if page.next:
                queries.cases(cur, who, CaseFilter(), after=page.next, limit=50)
            queries.counts(cur, who)

    def thread_page(self) -> None:
        """The thread of a customer who is being served, with all that stands around it."""
        cur, who = self.connection.cursor(), self.chief
        case = self.cases[self.asked % len(self.cases)]
        self.asked += 1
        customer = self.town.customer_of(case)
        queries.case(cur, who, case)
        customers.customer(cur, who, customer)
        queries.thread(cur, who, customer)
        queries.lines(cur, who, customer)
        queries.roads(cur, who, case)
        queries.cases(cur, who, CaseFilter(customer=customer, sort="newest"), limit=8)

    def search_identifier(self) -> None:
        number = self.rng.randint(1, self.town.messages)
        found = queries.search(self.connection.cursor(), self.chief, f"ab{number:09}")
        assert found.items

    def search_name(self) -> None:
        assert queries.search(self.connection.cursor(), self.chief, "rossi").items

    def search_common(self) -> None:
        assert queries.search(self.connection.cursor(), self.chief, "rimborso bagaglio").items

    def search_seldom(self) -> None:
        queries.search(self.connection.cursor(), self.chief, "introvabile")

    def recognise(self) -> None:
        """A batch of addresses, most of them known."""
        with self.connection.transaction(force_rollback=True):
            recognise(
                self.connection.cursor(), [Handle(self.town.space, p) for p in self._people()]
            )

    def intake_and_pipeline(self) -> None:
        """A batch of calls into the journal, committed; then understood, committed."""
        self.ground.enter(self.town.database)
        entries = [self._entry(person) for person in self._people()]
        with self.connection.transaction():
            keep(self.connection.cursor(), entries)
        while self.pipeline.once(self.connection):
            pass

    def _people(self) -> list[str]:
        known = [f"p{self.rng.randint(1, self.town.customers)}" for _ in range(BATCH - STRANGERS)]
        return known + [f"new-{uuid4().hex}" for _ in range(STRANGERS)]

    def _entry(self, person: str) -> Entry:
        body = message(uuid4().hex, 0).replace(b'"p0"', f'"{person}"'.encode())
        lane = lane_of("http", self.town.channel, person)
        channel, at = self.town.channel, clock.now()
        return Entry(channel=channel, lane=lane, at=at, headers={}, query={}, body=body)


QUESTIONS: dict[str, Callable[[Asker], None]] = {
    "queue page": Asker.queue_page,
    "thread page": Asker.thread_page,
    "search, an identifier": Asker.search_identifier,
    "search, a name": Asker.search_name,
    "search, common words": Asker.search_common,
    "search, a seldom word": Asker.search_seldom,
    "recognise 200": Asker.recognise,
    "intake and pipeline of 200": Asker.intake_and_pipeline,
}


def run(sizes: Sequence[int] = (10_000, 100_000, 1_000_000), *, rounds: int = 40) -> list[Line]:
    """Lines of milliseconds; the ratio is over the smallest size."""
    with towns(sizes) as found:
        progress = Progress("growth: asking", len(QUESTIONS) * rounds)
        lines = []
        for name, ask in QUESTIONS.items():
            times: dict[int, list[float]] = {size: [] for size in sizes}
            for asker in found.values():
                asker.warm(ask)
            for _ in range(rounds):
                for size, asker in found.items():
                    began = time.perf_counter()
                    ask(asker)
                    times[size].append(time.perf_counter() - began)
                progress.step()
            lines += beside({size: statistics.median(taken) for size, taken in times.items()}, name)
        return lines


def beside(medians: dict[int, float], name: str) -> list[Line]:
    """One line a size, in milliseconds, each over the smallest."""
    first = min(medians)
    against = f"{name}, {first:,} messages"
    return [
        Line(
            f"{name}, {size:,} messages",
            taken * 1e3,
            "ms",
            against if size != first else "",
            taken / medians[first] if size != first else None,
        )
        for size, taken in medians.items()
    ]


@contextmanager
def towns(sizes: Sequence[int]) -> Iterator[dict[int, Asker]]:
    """One database a size, loaded quickly, then served with the product's own settings."""
    with ground() as under:
        under.stop()
        under.start(**QUICK)
        progress = Progress("growth: loading", sum(sizes))
        settled = []
        for size in sizes:
            database = f"filo_{size}"
            under.clone(database)
            under.enter(database)
            settled.append(settle(database, size))
            load(settled[-1], under.cluster.url(database))
            progress.step(size)
        under.stop()
        under.start()
        askers = {town.messages: Asker(under, town) for town in settled}
        try:
            yield askers
        finally:
            for asker in askers.values():
                asker.connection.close()


def explain(connection: psycopg.Connection, words: bytes, columns: dict[str, object]) -> str:
    rows = connection.execute(b"EXPLAIN (ANALYZE, BUFFERS) " + words, columns).fetchall()
    return "\n".join(row[0] for row in rows)
