"""`/health/live`: the process answers. `/health/ready`: so does the database, with our schema."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from filo.core import home
from filo.project.answers import Receive, Scope, Send, answer

PATIENCE = 2.0
# Many askers share one look: a probe must not become a load.
FRESH = 1.0

_turn = asyncio.Lock()
_last: tuple[float, list[str]] = (-FRESH, [])


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"].rstrip("/") == "/health/live":
        return await answer(send, 200, '{"status": "live"}')
    if scope["path"].rstrip("/") != "/health/ready":
        return await answer(send, 404, '{"status": "unknown"}')
    missing = await wanting()
    body = json.dumps({"status": "not ready" if missing else "ready", "missing": missing})
    return await answer(send, 503 if missing else 200, body)


async def wanting() -> list[str]:
    """What is missing before this process can serve, in words for an operator; empty when ready."""
    global _last
    async with _turn:
        looked, missing = _last
        clock = asyncio.get_running_loop().time
        if clock() - looked > FRESH or missing:
            _last = (clock(), await _look())
        return _last[1]


async def _look() -> list[str]:
    try:
        async with asyncio.timeout(PATIENCE):
            applied = await _applied()
    except psycopg.errors.UndefinedTable:
        return ["migrations: none applied; run `filo migrate`"]
    except (psycopg.Error, TimeoutError):
        return ["database: no answer"]
    late = sorted(on_disk() - applied)
    return (
        [f"migrations: {len(late)} to apply, first {late[0]}; run `filo migrate`"] if late else []
    )


async def _applied() -> set[str]:
    async with await psycopg.AsyncConnection[Any].connect(
        home.database_url(), autocommit=True, application_name="filo health"
    ) as connection:
        rows = await connection.execute("SELECT app || '.' || name FROM django_migrations")
        return {row[0] for row in await rows.fetchall()}


@cache
def on_disk() -> frozenset[str]:
    """Our migrations, by file name: nothing is imported."""
    package = Path(__file__).resolve().parent.parent
    files = package.glob("*/migrations/[0-9]*.py")
    return frozenset(f"{file.parent.parent.name}.{file.stem}" for file in files)
