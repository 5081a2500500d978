"""Group commit: calls that arrive while the last group is being written form the next one.

No timer: under load the queue fills while the previous commit runs, and when it is quiet a
call waits for its own commit alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter

import psycopg
from psycopg_pool import AsyncConnectionPool

from filo.core import home
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
FORGED = """
INSERT INTO channels_health AS h (channel_id, forged) VALUES (%s, %s)
ON CONFLICT (channel_id) DO UPDATE SET forged = h.forged + excluded.forged
"""
Waiting = tuple[Entry, asyncio.Future[None]]


class Full(Exception):
    """The bounded queue is full, or the database is away: the caller must come again."""


class Keeper:
    """Keeps calls: many requests, one statement, one commit, then all of them are thanked."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue(MOST_WAITING)
        self._bytes = 0
        self._forged: Counter[int] = Counter()
        self._tasks: list[asyncio.Task[None]] = []
        self._pool: AsyncConnectionPool | None = None

    async def start(self) -> None:
        self._pool = AsyncConnectionPool(
            home.database_url(),
            min_size=WRITERS,
            max_size=WRITERS,
            open=False,
            timeout=TIMEOUT,
            reconnect_timeout=0,
            kwargs={"autocommit": True, "application_name": "filo intake"},
        )
        await self._pool.open()
        self._tasks = [asyncio.create_task(self._write()) for _ in range(WRITERS)]
        self._tasks.append(asyncio.create_task(self._count_forged()))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._pool:
            await self._pool.close()

    async def keep(self, entry: Entry) -> None:
        """Returns once the call is on disk; `Full` when it is not kept."""
        size = len(entry.body) + len(entry.opened or b"")
        if self._queue.full() or self._bytes + size > MOST_BYTES:
            raise Full
        waiting = asyncio.get_running_loop().create_future()
        self._bytes += size
        try:
            self._queue.put_nowait((entry, waiting))
            await asyncio.wait_for(waiting, TIMEOUT * 2)
        except TimeoutError as trouble:
            raise Full from trouble
        finally:
            self._bytes -= size

    def forged(self, channel: int) -> None:
        """Count a refused call; it is not stored."""
        self._forged[channel] += 1

    async def _write(self) -> None:
        while True:
            group = [await self._queue.get()]
            while len(group) < GROUP and not self._queue.empty():
                group.append(self._queue.get_nowait())
            # Whoever gave up waiting has been told to come again: do not keep it behind his back.
            group = [(entry, waiting) for entry, waiting in group if not waiting.done()]
            if group:
                await self._write_group(group)

    async def _write_group(self, group: list[Waiting]) -> None:
        try:
            await self._insert([entry for entry, _ in group])
        except (psycopg.Error, OSError, TimeoutError) as trouble:
            log.error("the journal cannot be written", extra={"why": type(trouble).__name__})
            _settle(group, Full())
        else:
            _settle(group, None)

    async def _insert(self, entries: list[Entry]) -> None:
        assert self._pool is not None
        async with asyncio.timeout(TIMEOUT), self._pool.connection() as connection:
            await connection.execute(sql("keep"), columns(entries))
            # Autocommitted: from here on the group is on disk. The bell is a hint only.
            with contextlib.suppress(psycopg.Error):
                await connection.execute("SELECT pg_notify('filo_journal', '')")

    async def _count_forged(self) -> None:
        while True:
            await asyncio.sleep(1)
            counted, self._forged = self._forged, Counter()
            for channel, many in counted.items():
                with contextlib.suppress(psycopg.Error, OSError, TimeoutError):
                    assert self._pool is not None
                    async with self._pool.connection() as connection:
                        await connection.execute(FORGED, [channel, many])


def _settle(group: list[Waiting], trouble: Full | None) -> None:
    for _, waiting in group:
        if waiting.done():
            continue
        if trouble:
            waiting.set_exception(trouble)
        else:
            waiting.set_result(None)
