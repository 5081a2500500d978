"""The control: an intake and a sender as one writes them at first, under the same kills.

It thanks before it commits, keeps no key of what it has seen, and sends again whatever was not
answered. If this does not lose and double messages, the torture proves nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from itertools import count

import httpx
import msgspec
import psycopg

from filo.channels.kit import sign_webhook
from filo.core import clock
from filo.core.db import AsyncConnection
from torture.cast import SECRET
from torture.wire import Answer, Asked, serve

SCHEMA = """
CREATE TABLE IF NOT EXISTS naive_message (n bigserial PRIMARY KEY, id text, answered boolean);
"""
WAITING = "SELECT n, id FROM naive_message WHERE NOT answered ORDER BY n LIMIT 16"
EVERY = 0.1  # seconds between two writes: until then the thanked are in memory alone


class Intake:
    """Thanks first, writes later."""

    def __init__(self, url: str, share: float) -> None:
        self.url = url
        self.share = share
        self.kept: list[str] = []
        self.numbers = count()

    async def respond(self, asked: Asked) -> Answer:
        if asked.method != "POST":
            return Answer(200)
        events = msgspec.json.decode(asked.body)["events"]
        self.kept += [event["id"] for event in events]
        return Answer(200)

    async def write(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            batch, self.kept = self.kept, []
            with contextlib.suppress(psycopg.Error, OSError):
                async with await _open(self.url) as connection:
                    for id_ in batch:
                        await self._write(connection, id_)

    async def _write(self, connection: AsyncConnection, id: str) -> None:
        """Looks whether it is there, then writes: what could go wrong?"""
        there = await connection.execute("SELECT 1 FROM naive_message WHERE id = %s", [id])
        if await there.fetchone() is None:
            wanted = next(self.numbers) % max(1, round(1 / self.share)) == 0
            words = "INSERT INTO naive_message (id, answered) VALUES (%s, %s)"
            await connection.execute(words, [id, not wanted])


async def take_in(url: str, port: int, share: float) -> None:
    intake = Intake(url, share)
    server = await serve(intake.respond, port=port)
    async with server:
        await intake.write()


async def send(url: str, to: str) -> None:
    """Takes what is not answered, says it, and says it again until there is an answer."""
    async with httpx.AsyncClient(timeout=4, trust_env=False) as client:
        while True:
            with contextlib.suppress(psycopg.Error, OSError):
                async with await _open(url) as connection:
                    await _send(connection, client, to)
            await asyncio.sleep(0.1)


async def _send(connection: AsyncConnection, client: httpx.AsyncClient, to: str) -> None:
    while True:
        rows = await (await connection.execute(WAITING)).fetchall()
        if not rows:
            await asyncio.sleep(0.1)
        said = await asyncio.gather(*[_say(client, to, id_) for _, id_ in rows])
        taken = [n for (n, _), well in zip(rows, said, strict=True) if well]
        words = "UPDATE naive_message SET answered = true WHERE n = ANY(%s)"
        await connection.execute(words, [taken])


async def _say(client: httpx.AsyncClient, to: str, id: str) -> bool:
    body = msgspec.json.encode({"id": id, "to": {"id": id}, "part": {"text": f"risposta a {id}"}})
    headers = sign_webhook(id=id, at=clock.now(), body=body, secret=SECRET)
    try:
        return (await client.post(to, content=body, headers=headers)).status_code == 200
    except httpx.HTTPError:
        return False


async def _open(url: str) -> AsyncConnection:
    return await psycopg.AsyncConnection.connect(url, autocommit=True)


def main() -> None:
    """`intake URL PORT SHARE` or `sender URL PROVIDER`. Ends with its parent."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    post, url, *rest = sys.argv[1:]
    parent = os.getppid()
    work = take_in(url, int(rest[0]), float(rest[1])) if post == "intake" else send(url, rest[0])
    asyncio.run(_while_there_is(parent, work))


async def _while_there_is(parent: int, work: object) -> None:
    assert asyncio.iscoroutine(work)
    task = asyncio.create_task(work)
    while os.getppid() == parent and not task.done():  # noqa: ASYNC110
        await asyncio.sleep(0.5)
    task.cancel()


if __name__ == "__main__":
    main()
