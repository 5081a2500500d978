"""The raw doors, asked as a server asks them: whole answers, or the beginning of a stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import msgspec

from filo.channels.kit import sign_webhook
from filo.core import clock, home
from filo.project.asgi import DOORS, House, _door
from filo.project.wiring import introduce
from tests.house.access.asking import address, body, guessed, verdict
from tests.house.access.scene import PEER, Scene
from tests.house.access.table import Row

ENOUGH = b"event: beat"  # all that was missed stands before it
PATIENCE = 20.0


class Told(msgspec.Struct):
    status: int = 0
    headers: dict[str, str] = {}
    said: bytes = b""


@asynccontextmanager
async def opened() -> AsyncIterator[House]:
    """Doors of this test alone, on its database, started and stopped as a server does."""
    introduce()
    house = House(_nothing, [_door(*door) for door in DOORS])
    for door in house.doors:
        await door.startup()
    try:
        yield house
    finally:
        for door in house.doors:
            await door.shutdown()


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError(f"no raw door at {scope['path']}")


async def ask(
    house: House, method: str, path: str, headers: dict[str, str], sent: bytes = b""
) -> Told:
    """Until the answer is whole, or a stream has said what was missed."""
    told, over, asked = Told(), asyncio.Event(), False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": sent, "more_body": False}
        await over.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.status = message["status"]
            told.headers = {k.decode(): v.decode("latin-1") for k, v in message["headers"]}
            return
        told.said += message.get("body", b"")
        if not message.get("more_body") or ENOUGH in told.said:
            over.set()

    place = urlsplit(path)
    scope = {
        "type": "http",
        "method": method,
        "path": place.path,
        "query_string": place.query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "scheme": "http",
        "client": ("127.0.0.1", 1),
    }
    async with asyncio.timeout(PATIENCE):
        await house(scope, receive, send)
    return told


async def cell(house: House, scene: Scene, row: Row, caller: str, thing: str) -> str:
    ids = scene.things[thing]
    sent = msgspec.json.encode(body(row, ids)) if row.method == "POST" else b""
    headers = {"host": _host(row), **scene.headers(caller)}
    path = address(row.path, ids)
    if caller == "provider" and row.path.startswith("/hooks/"):
        path, sent, more = signed(scene, row, path)
        headers |= more
    told = await ask(house, row.method, path, headers, sent)
    return guessed(told.headers, told.said) or verdict(told.status, "", told.said, row, ids)


def signed(scene: Scene, row: Row, path: str) -> tuple[str, bytes, dict[str, str]]:
    """What the provider alone can say: a signature, or the word agreed on for the greeting."""
    if row.method == "GET":
        hello = "hub.mode=subscribe&hub.challenge=1&hub.verify_token=v"
        return f"{path}?{hello}", b"", {}
    sent = b'{"events":[]}'
    return path, sent, sign_webhook(id="c", at=clock.now(), body=sent, secret=PEER["secret"])


def _host(row: Row) -> str:
    return urlsplit(home.files_origin()).netloc if row.path.startswith("/files/") else "testserver"
