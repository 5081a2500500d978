"""A small world for these tests: a team, a channel, people who write and people who read."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import psycopg
import uvicorn
from django.contrib.auth import get_user_model
from django.test import Client

from filo.channels.contract import Handle, Said, Text
from filo.channels.operations import connect
from filo.conversations.operations import receive
from filo.conversations.types import Heard
from filo.core.clock import now
from filo.core.db import Cursor
from filo.core.events import ring
from filo.customers.operations import recognise
from filo.live import door, stream
from filo.live.tests.browsing import serve
from filo.staff.operations import create_staff, create_team


class Town:
    """`url` is a database of this test alone; everything here is committed."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.count = 0
        with self.cursor() as cur:
            self.team = create_team(cur, "Rebooking")
            self.other = create_team(cur, "Baggage")
            self.channel = connect(cur, "http", "Door", self.team, {})

    @contextmanager
    def cursor(self) -> Iterator[Cursor]:
        with psycopg.connect(self.url) as connection, connection.cursor() as cur:
            yield cur

    def hire(self, name: str, team: int, role: str = "agent") -> dict[str, str]:
        """Somebody who works here; gives the cookies of their login."""
        email = f"{name}@brezza.example"
        with self.cursor() as cur:
            create_staff(cur, email=email, name=name.title(), role=role, teams=[team])
        client = Client()
        client.force_login(get_user_model().objects.get(email=email))
        return {key: morsel.value for key, morsel in client.cookies.items()}

    def hear(self, text: str, by: str | Handle = "ada", cur: Cursor | None = None) -> None:
        """A customer's words arrive. With a cursor: in its transaction, for its owner to commit."""
        if cur is None:
            with self.cursor() as cur:
                return self.hear(text, by, cur)
        self.count += 1
        handle = by if isinstance(by, Handle) else Handle("card:test", by, by.title())
        known = recognise(cur, [handle])[handle.space, handle.value]
        said = Said(id=f"{handle.value}-{self.count}", at=now(), by=handle, parts=(Text(text),))
        fact = Heard(
            said, self.channel, self.team, timedelta(hours=1), 1, now(), known.identity,
            known.customer,
        )  # fmt: skip
        receive(cur, [fact])
        ring(cur)
        return None


class Server(uvicorn.Server):
    """The door alone, on a port of its own, in a thread. `barred` paths are refused."""

    def __init__(self, port: int = 0, *, barred: str = "none") -> None:
        app = partial(_door, barred)
        super().__init__(uvicorn.Config(app, port=port, log_level="warning", interface="asgi3"))
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self) -> str:
        self.thread.start()
        while not self.started:
            assert self.thread.is_alive(), "the server did not start"
            self.thread.join(0.01)
        port = self.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self.should_exit = True
        self.thread.join(10)


async def _door(barred: str, scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "lifespan":
        asked = door.read(scope)
        if asked.path == barred:
            await door.answer(send, 503)
        elif asked.path.startswith("/live"):
            await stream.app(scope, receive, send)
        else:
            await serve(asked.query, asked.path, send)
        return
    await receive()
    await stream.startup()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await stream.shutdown()
    await send({"type": "lifespan.shutdown.complete"})


class Frame:
    """One server-sent event, read."""

    def __init__(self, lines: list[str]) -> None:
        fields = dict(line.split(": ", 1) for line in lines)
        self.id = fields.get("id", "")
        self.event = fields.get("event", "message")
        self.told: dict[str, Any] = json.loads(fields.get("data", "{}"))


def frames(answer: httpx.Response) -> Iterator[Frame]:
    lines: list[str] = []
    for line in answer.iter_lines():
        if line:
            lines.append(line)
        elif lines:
            yield Frame(lines)
            lines = []


@contextmanager
def listening(
    address: str, cookies: dict[str, str], after: str = "", path: str = "/live"
) -> Iterator[Iterator[Frame]]:
    """An open stream, from the moment in which nothing can be missed any more."""
    with (
        httpx.Client(base_url=address, cookies=cookies, timeout=10) as client,
        client.stream("GET", path, params={"after": after}) as answer,
    ):
        assert answer.status_code == 200
        heard = frames(answer)
        assert next(heard).event == "hello"
        yield heard


def until_beat(heard: Iterator[Frame]) -> tuple[list[Frame], str]:
    """What was missed, and the cursor after it."""
    missed: list[Frame] = []
    for frame in heard:
        if frame.event == "beat":
            return missed, frame.id
        missed.append(frame)
    raise AssertionError("the stream ended")
