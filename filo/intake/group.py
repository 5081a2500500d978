"""Group commit: calls that arrive while the last group is being written form the next one.

No timer: under load the queue fills while the previous commit runs, and when it is quiet a
call waits for its own commit alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter, deque
from collections.abc import Mapping
from typing import Self

import psycopg

from filo.core import home
from filo.core.db import AsyncConnection
from filo.core.sql import statements
from filo.intake.journal import columns
from filo.intake.types import Entry

log = logging.getLogger("filo.intake")
sql = statements("filo.intake")
MOST_WAITING = 2_000
MOST_BYTES = 64 * 1024 * 1024
GROUP = 200
TIMEOUT = 5.0
WRITERS = 2
COUNTING = 0.5  # seconds between two writings of the refusals
TROUBLES = (psycopg.Error, OSError, TimeoutError)
Waiting = tuple[Entry, asyncio.Future[None]]


class Full(Exception):
    """The bounded queue is full, or the database is away: the caller must come again."""


class Unfit(Exception):
    """The database cannot hold what this call says: coming again would not help."""


class Keeper:
    """Keeps calls: many requests, one statement, one commit, then all of them are thanked."""

    def __init__(self) -> None:
        self._waiting: deque[Waiting] = deque()
        self._some = asyncio.Event()
        self._bytes = 0
        self._forged: Counter[int] = Counter()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        writing = [self._write() for _ in range(WRITERS)]
        self._tasks = [asyncio.create_task(work) for work in (*writing, self._count())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def keep(self, entry: Entry) -> None:
        """Returns once the call is on disk; `Full`: come again; `Unfit`: never that call."""
        size = len(entry.body) + len(entry.opened or b"")
        if len(self._waiting) >= MOST_WAITING or self._bytes + size > MOST_BYTES:
            raise Full
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, waiting))
        self._some.set()
        self._bytes += size
        try:
            await waiting  # a writer settles it within its time-outs, whatever happens
        finally:
            self._bytes -= size

    def forged(self, channel: int) -> None:
        """Count a refused call; it is not stored."""
        self._forged[channel] += 1

    @property
    def counting(self) -> int:
        """Refusals that are not yet written down."""
        return self._forged.total()

    async def _write(self) -> None:
        async with Line() as line:
            while True:
                if group := await self._group():
                    await self._write_group(line, group)

    async def _group(self) -> list[Waiting]:
        """What waits, at most a group."""
        while not self._waiting:
            self._some.clear()
            await self._some.wait()
        take = self._waiting.popleft
        group = [take() for _ in range(min(GROUP, len(self._waiting)))]
        # Whoever hung up has been told nothing: he comes again.
        return [(entry, waiting) for entry, waiting in group if not waiting.done()]

    async def _write_group(self, line: Line, group: list[Waiting]) -> None:
        try:
            await line.execute(sql("keep"), columns([entry for entry, _ in group]))
        except psycopg.DataError:
            await self._write_each(line, group)
        except TROUBLES as trouble:
            log.error("the journal cannot be written", extra={"why": type(trouble).__name__})
            _settle(group, Full())
        else:
            _settle(group, None)

    async def _write_each(self, line: Line, group: list[Waiting]) -> None:
        """One of them cannot be kept: its neighbours must not suffer."""
        if len(group) == 1:
            log.warning("a call that cannot be kept", extra={"channel": group[0][0].channel})
            _settle(group, Unfit())
            return
        for waiting in group:
            await self._write_group(line, [waiting])

    async def _count(self) -> None:
        async with Line() as line:
            while True:
                await asyncio.sleep(COUNTING)
                if self._forged:
                    await self._count_forged(line)

    async def _count_forged(self, line: Line) -> None:
        counted = Counter(self._forged)
        with contextlib.suppress(*TROUBLES):
            columns = {"channels": list(counted), "many": list(counted.values())}
            await line.execute(sql("forged"), columns)
            self._forged -= counted


class Line:
    """A writer's own connection, in autocommit; made anew after any trouble."""

    def __init__(self) -> None:
        self._connection: AsyncConnection | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.drop()

    async def execute(self, words: bytes, columns: Mapping[str, object]) -> None:
        """On disk when it returns; nobody knows when it raises."""
        try:
            async with asyncio.timeout(TIMEOUT):
                if self._connection is None:
                    self._connection = await AsyncConnection.connect(
                        home.database_url(), autocommit=True, application_name="filo intake"
                    )
                    self._connection.prepare_threshold = 1
                await self._connection.execute(words, columns)
        except TROUBLES:
            await self.drop()
            raise

    async def drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            with contextlib.suppress(*TROUBLES):
                await connection.close()


def _settle(group: list[Waiting], trouble: Full | Unfit | None) -> None:
    for _, waiting in group:
        if waiting.done():
            continue
        if trouble:
            waiting.set_exception(trouble)
        else:
            waiting.set_result(None)
