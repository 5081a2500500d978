"""The sender's side of the outbox: what it owns, and what became of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import msgspec
from psycopg_pool import AsyncConnectionPool

from filo.conversations.sending import Due, Outcome, columns
from filo.core import clock
from filo.core.db import AsyncConnection
from filo.core.events import Happening
from filo.core.ids import public
from filo.core.sql import statements

sql = statements("filo.conversations")
core = statements("filo.core")
RANK = {"pending": 0, "uncertain": 1, "sent": 2, "failed": 3, "delivered": 4, "read": 5}


class Lost(Exception):
    """The session that owned the deliveries is gone."""


class Orphan(msgspec.Struct, frozen=True):
    """A delivery whose sender died; ours now. `due.attempt` is our own attempt."""

    due: Due


class Ledger:
    """A few pooled connections; each deed is one short transaction."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection]) -> None:
        self._pool = pool

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator[Ledger]:
        async with AsyncConnectionPool[AsyncConnection](
            url,
            min_size=1,
            max_size=4,
            open=False,
            timeout=10,
            reconnect_timeout=0,
            kwargs={"autocommit": True, "application_name": "filo sender"},
        ) as pool:
            yield cls(pool)

    async def take_turns(self, owner: int, many: int) -> list[Due]:
        """Own what is due. The start of the attempt is on disk before anything is said."""
        async with self._pool.connection() as connection:
            cur = await connection.execute(sql("take_turns"), {"owner": owner, "many": many})
            return await _dues(connection, [row[0] for row in await cur.fetchall()])

    async def exchange(self, due: Due) -> list[tuple[str, str | None, str]]:
        async with self._pool.connection() as connection:
            cur = await connection.execute(
                sql("exchange"), {"case": due.case, "message": due.message}
            )
            return [(row[0], row[1], row[2]) for row in await cur.fetchall()]

    async def spent(self, due: Due) -> list[datetime]:
        """When something went out to this identity on this channel, for windows that count."""
        since = min(due.moments or (clock.now(),))
        columns = {"identities": [due.identity], "since": since, "at": clock.now()}
        columns["waiting"] = False
        async with self._pool.connection() as connection:
            cur = await connection.execute(sql("spent"), columns)
            return [at for _, channel, at in await cur.fetchall() if channel == due.channel]

    async def write_down(self, due: Due, outcome: Outcome, owner: int) -> None:
        """What became of the attempt, with what follows from it, in one transaction."""
        async with self._pool.connection() as connection, connection.transaction():
            name = "sent" if outcome.provider_id else "not_sent"
            cur = await connection.execute(sql(name), columns(due, outcome, owner))
            row = await cur.fetchone()
            if row is None:
                return  # somebody took over: a late writer writes nothing
            state = row[0]
            if outcome.provider_id:
                state = await _apply_early(connection, due, outcome.provider_id, state)
            if state == "failed":
                await connection.execute(sql("stop_rest"), {"failed": [due.id]})
            await self._follow(connection, due, outcome)
            await _tell(connection, due, state, outcome.reason)

    async def _follow(self, connection: AsyncConnection, due: Due, outcome: Outcome) -> None:
        if outcome.channel_down:
            await connection.execute(sql("channel_down"), _down(due, outcome))
        elif outcome.state == "sent":
            await connection.execute(
                "UPDATE channels_health SET last_out_at = now() WHERE channel_id = %s"
                " AND (last_out_at IS NULL OR last_out_at < now() - interval '1 second')",
                [due.channel],
            )
        if outcome.blocked:
            await connection.execute(
                "UPDATE customers_identity SET state = 'blocked' WHERE id = %s", [due.identity]
            )

    async def orphans(self, owner: int, older: timedelta, space: int) -> list[Orphan]:
        """Take over what dead senders left."""
        async with self._pool.connection() as connection:
            cur = await connection.execute(sql("orphans"), {"older": older, "space": space})
            ours = []
            for id_, attempt, gone in await cur.fetchall():
                wanted = {"id": id_, "attempt": attempt, "gone": gone, "owner": owner}
                if (await connection.execute(sql("adopt"), wanted)).rowcount:
                    ours.append(id_)
            return [Orphan(due) for due in await _dues(connection, ours)]

    async def count(self, counted: Mapping[tuple[int, bool], int]) -> None:
        """What went and what failed, for the channels' error rates."""
        channels = sorted({channel for channel, _ in counted})
        if not channels:
            return
        columns = {
            "channels": channels,
            "sent": [counted.get((channel, True), 0) for channel in channels],
            "failed": [counted.get((channel, False), 0) for channel in channels],
        }
        async with self._pool.connection() as connection:
            await connection.execute(sql("count_traffic"), columns)

    async def take_moderations(self) -> list[tuple[Any, ...]]:
        """What is to be done with public words, ours for a minute."""
        async with self._pool.connection() as connection:
            cur = await connection.execute(sql("take_moderations"))
            return await cur.fetchall()

    async def moderated(
        self, columns: dict[str, Any], told: Happening | None, *, down: dict[str, Any] | None
    ) -> None:
        """What became of it, and what follows, in one transaction."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(sql("moderated"), columns)
            if down:
                await connection.execute(sql("channel_down"), down)
            if told:
                await _emit(connection, told)

    async def catch_up(self) -> None:
        """Reports that crossed with their receipt: neither transaction saw the other."""
        async with self._pool.connection() as connection, connection.transaction():
            cur = await connection.execute(sql("catch_up"))
            for delivery, *report in await cur.fetchall():
                for due in await _dues(connection, [delivery]):
                    await _apply(connection, due, report)


def _down(due: Due, outcome: Outcome) -> dict[str, Any]:
    return {"channel": due.channel, "reason": outcome.channel_down}


async def _dues(connection: AsyncConnection, ids: Sequence[int]) -> list[Due]:
    if not ids:
        return []
    cur = await connection.execute(sql("to_say"), {"ids": list(ids)})
    return [Due(*row) for row in await cur.fetchall()]


async def _apply_early(connection: AsyncConnection, due: Due, provider_id: str, state: str) -> str:
    cur = await connection.execute(sql("catch_up_one"), {"provider_id": provider_id})
    reports = sorted(await cur.fetchall(), key=lambda row: RANK[row[2]])
    for report in reports:
        state = await _apply(connection, due, report) or state
    return state


async def _apply(connection: AsyncConnection, due: Due, report: Sequence[Any]) -> str | None:
    _, provider_id, state, reason, detail, _ = report
    cur = await connection.execute(
        sql("report"),
        {
            "ids": [due.id],
            "states": [state],
            "reasons": [reason],
            "details": [detail],
            "provider_ids": [provider_id],
        },
    )
    row = await cur.fetchone()
    if row is None:
        return None
    await _tell(connection, due, row[1], reason)
    return str(row[1])


async def _tell(connection: AsyncConnection, due: Due, state: str, reason: str) -> None:
    body = {
        "message": public("msg", due.message),
        "delivery": due.ref,
        "state": state,
        "reason": reason,
    }
    await _emit(connection, Happening("delivery_changed", due.customer, due.case, body))


async def _emit(connection: AsyncConnection, told: Happening) -> None:
    await connection.execute(
        core("emit"),
        {
            "at": clock.now(),
            "types": [told.type],
            "customers": [told.customer],
            "cases": [told.case],
            "bodies": [msgspec.json.encode(told.body).decode()],
        },
    )
    await connection.execute("SELECT pg_notify('filo_events', '')")
