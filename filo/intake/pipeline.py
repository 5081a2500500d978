"""The pipeline: take whole lanes of the journal, read a batch, understand it, commit.

Started without Django: `python -m filo.intake.pipeline --worker 0 --workers 2`.
"""

from __future__ import annotations

import argparse
import logging
import signal
import time
from collections import Counter
from types import FrameType

import psycopg

from filo.core import clock
from filo.core.db import Connection, Cursor, connect
from filo.core.sql import statements
from filo.intake import parking
from filo.intake.directory import Door, read_doors
from filo.intake.lanes import LANES
from filo.intake.reading import Reading, read
from filo.intake.rows import kept
from filo.intake.types import Kept, Read
from filo.intake.understanding import last_brought, understand

log = logging.getLogger("filo.pipeline")
sql = statements("filo.intake")
BATCH = 200
MOST_FACTS = 1_000  # of one transaction: a call may carry hundreds
LOCK_SPACE = 0xF110
DOORS_AGE = 1.0
# A small batch costs nearly what a large one costs: whoever rests as long as he worked finds
# more of them together, and leaves half of the processor to those who tell.
REST = 0.02
IDLE = 0.25  # seconds without a bell after which we look all the same
DONE, UNREAD = 1, 2


class Pipeline:
    """One worker. Lanes are only a convenience: truth rests on the schema and on row locks."""

    def __init__(self, worker: int = 0, workers: int = 1, *, batch: int = BATCH) -> None:
        self.mine = [lane for lane in range(LANES) if lane % workers == worker]
        self.batch = batch
        self.stopping = False
        self.processed = 0
        self._doors: dict[int, Door] = {}
        self._doors_at = 0.0
        self._some_wait = False  # facts behind one that failed, as the last claim saw them

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        self.stopping = True

    def run(self) -> None:
        """Work until told to stop; a lost database is waited for."""
        while not self.stopping:
            try:
                with connect(name="filo pipeline") as connection:
                    connection.prepare_threshold = 2
                    connection.execute("LISTEN filo_journal")
                    connection.execute("LISTEN filo_channels")
                    self._work(connection)
            except psycopg.OperationalError as trouble:
                log.warning("the database is away", extra={"why": type(trouble).__name__})
                time.sleep(0.5)

    def _work(self, connection: Connection) -> None:
        looked = 0.0
        while not self.stopping:
            began = time.monotonic()
            if taken := self.once(connection):
                if taken < self.batch // 4:
                    time.sleep(min(time.monotonic() - began, REST))
                continue
            if time.monotonic() - looked > 1:
                looked = time.monotonic()
                self._take_over(connection)
                parking.retry_parked(connection, self.doors(), at=clock.now())
            for rung in connection.notifies(timeout=IDLE, stop_after=1):
                if rung.channel == "filo_channels":
                    self._doors_at = 0.0

    def _take_over(self, connection: Connection) -> None:
        """Lanes of a worker that is gone: their locks are free, so we may take them."""
        self.once(connection, lanes=list(range(LANES)))

    def doors(self) -> dict[int, Door]:
        if time.monotonic() - self._doors_at > DOORS_AGE:
            self._doors = read_doors()
            self._doors_at = time.monotonic()
        return self._doors

    def once(self, connection: Connection, lanes: list[int] | None = None) -> int:
        """One batch; returns how many calls it took."""
        rows: list[Kept] = []
        try:
            with connection.transaction():
                cur = connection.cursor()
                rows = self._claim(cur, lanes or self.mine)
                if rows:
                    rows = self._understand_all(cur, rows)
        except psycopg.OperationalError:
            raise
        except Exception:  # a bad row spoils its batch: take the rows one by one
            log.exception("a batch failed: row by row now")
            return self._one_by_one(connection, [row.id for row in rows])
        self.processed += len(rows)
        return len(rows)

    def _claim(self, cur: Cursor, lanes: list[int]) -> list[Kept]:
        held = cur.execute(sql("lanes"), {"lanes": lanes, "space": LOCK_SPACE}).fetchall()
        if not held:
            return []
        columns = {"lanes": [lane for (lane,) in held], "batch": self.batch}
        found = cur.execute(sql("claim"), columns).fetchall()
        doors = self.doors()
        if any(row[1] not in doors for row in found):
            self._doors_at = 0.0
            doors = self.doors()
        self._some_wait = any(row[7] for row in found)
        return kept(found, doors)

    def _understand_all(self, cur: Cursor, rows: list[Kept]) -> list[Kept]:
        """Understand the calls, or as many as fit one transaction; returns those."""
        doors = self.doors()
        reading = read(rows, doors)
        rows = _fitting(rows, reading)
        free = parking.hold_back(cur, reading.reads) if self._some_wait else reading.reads
        if free:
            understand(cur, free, doors)
        self._finish(cur, rows, reading)
        return rows

    def _finish(self, cur: Cursor, rows: list[Kept], reading: Reading) -> None:
        reasons = [reading.troubles.get(row.id, "") for row in rows]
        brought = last_brought(reading.reads)
        cur.execute(
            sql("done"),
            {
                "ids": [row.id for row in rows],
                "states": [UNREAD if reason else DONE for reason in reasons],
                "reasons": reasons,
                "channels": list(brought),
                "ats": list(brought.values()),
            },
        )

    def _one_by_one(self, connection: Connection, ids: list[int]) -> int:
        for id_ in ids:
            with connection.transaction():
                self._carefully(connection, id_)
        return len(ids)

    def _carefully(self, connection: Connection, id_: int) -> None:
        """One call, each of its facts behind a savepoint: what fails is parked."""
        cur = connection.cursor()
        doors = self.doors()
        found = cur.execute(sql("row") + b" AND state = 0 FOR UPDATE", {"id": id_}).fetchall()
        rows = kept(found, doors)
        reading = read(rows, doors)
        for one in parking.hold_back(cur, reading.reads) if reading.reads else []:
            self._one_fact(connection, cur, one)
        self._finish(cur, rows, reading)

    def _one_fact(self, connection: Connection, cur: Cursor, one: Read) -> None:
        if not parking.hold_back(cur, [one]):
            return
        try:
            with connection.transaction():
                understand(cur, [one], self.doors())
        except psycopg.OperationalError:
            raise
        except Exception as problem:  # the outer door of the pipeline: parked, then retried
            log.exception("a fact failed", extra={"journal": one.journal})
            parking.park(cur, [one], error=parking.words_of(problem), tries=0)


def _fitting(rows: list[Kept], reading: Reading) -> list[Kept]:
    """The first calls, whose facts are about a transaction full: it holds every reader back."""
    many = Counter(one.journal for one in reading.reads)
    facts = 0
    for count, row in enumerate(rows, start=1):
        facts += many[row.id]
        if facts >= MOST_FACTS:
            now = {row.id for row in rows[:count]}
            reading.reads = [one for one in reading.reads if one.journal in now]
            return rows[:count]
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description="Read the journal.")
    parser.add_argument("--worker", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    pipeline = Pipeline(arguments.worker, arguments.workers)
    signal.signal(signal.SIGTERM, pipeline.stop)
    signal.signal(signal.SIGINT, pipeline.stop)
    pipeline.run()


if __name__ == "__main__":
    main()
