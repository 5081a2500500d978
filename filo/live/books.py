"""The database, asked from the event loop: a small pool of threads and connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from filo.core import home
from filo.core.db import Connection, Cursor

T = TypeVar("T")
PATIENCE = 3.0
MOST = 4
SILENCE = 5.0  # a question that takes longer is not waited for; its thread ends with its line
LINE = {"connect_timeout": 4, "tcp_user_timeout": 10_000}


class Away(Exception):
    """The database does not answer."""


class Books:
    """Open from `startup` to `shutdown`."""

    def __init__(self) -> None:
        self.pool: ConnectionPool[Connection] | None = None

    def open(self) -> None:
        self.pool = ConnectionPool(
            home.database_url(),
            min_size=0,
            max_size=MOST,
            timeout=PATIENCE,
            kwargs={"autocommit": True, "application_name": "filo-live", **LINE},
            open=True,
        )

    def close(self) -> None:
        if self.pool:
            self.pool.close(timeout=1)
        self.pool = None

    async def ask(self, question: Callable[[Cursor], T]) -> T:
        """Ask in a thread; `Away` when nobody answers, or says nothing at all."""
        try:
            async with asyncio.timeout(SILENCE):
                return await asyncio.to_thread(self._ask, question)
        except TimeoutError as silence:
            raise Away from silence

    def _ask(self, question: Callable[[Cursor], T]) -> T:
        """A connection that died while it lay there is not asked twice: the rest are looked at."""
        if self.pool is None:
            raise Away
        try:
            return self._once(self.pool, question)
        except PoolTimeout as problem:
            raise Away from problem
        except psycopg.OperationalError:
            self.pool.check()
        try:
            return self._once(self.pool, question)
        except psycopg.OperationalError as problem:
            raise Away from problem

    def _once(self, pool: ConnectionPool[Connection], question: Callable[[Cursor], T]) -> T:
        with pool.connection() as connection, connection.cursor() as cur:
            return question(cur)
