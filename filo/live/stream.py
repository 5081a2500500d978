"""The raw ASGI door of the live stream: `/live` for staff, `/live/w/{channel}` for customers.

`GET /live?after=` streams, `GET /live/poll?after=` answers at once where streams cannot pass,
`POST /live/hints` says who looks and who types.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType

import psycopg
from django.db import Error as DjangoDatabaseError

from filo.core.db import Cursor
from filo.live import door, hints, queries, visitors
from filo.live.books import Away, Books
from filo.live.crowd import Desk
from filo.live.cursor import Log, Position, Reset
from filo.live.door import Asked, Receive, Send, answer
from filo.live.pouring import Ends, cursor_of, pour
from filo.live.tail import Tail
from filo.live.who import reader, session_of


class House:
    """What this process keeps open."""

    def __init__(self) -> None:
        self.books = Books()
        self.tail = Tail(self.books)
        self.following: asyncio.Task[None] | None = None
        self.loop: asyncio.AbstractEventLoop | None = None


_house = House()


async def startup() -> None:
    _house.books.open()
    _house.loop = asyncio.get_running_loop()
    _house.tail = Tail(_house.books)
    _house.following = asyncio.create_task(_house.tail.run())
    _say_bye_on_signals()


async def shutdown() -> None:
    say_bye()
    if _house.following:
        _house.following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await _house.following
    await asyncio.to_thread(_house.books.close)


def say_bye() -> None:
    """Send every browser elsewhere; each comes back after a moment of its own choosing.

    Callable from any thread, and from a signal.
    """
    if _house.loop and not _house.loop.is_closed():
        _house.loop.call_soon_threadsafe(_house.tail.crowd.end)


def _say_bye_on_signals() -> None:
    """uvicorn waits for open streams before its lifespan ends, so the bye must come first."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            if callable(before := signal.getsignal(number)):
                signal.signal(number, partial(_bye_then, before))


def _bye_then(
    before: Callable[[int, FrameType | None], object], number: int, where: FrameType | None
) -> None:
    say_bye()
    before(number, where)


async def app(scope: door.Message, receive: Receive, send: Send) -> None:
    asked = door.read(scope)
    try:
        await _open(asked, receive, send)
    except (Away, TimeoutError, psycopg.OperationalError, DjangoDatabaseError):
        await door.away(send)


async def _open(asked: Asked, receive: Receive, send: Send) -> None:
    match asked.method, asked.path.rstrip("/").split("/")[2:]:
        case "GET", []:
            await _stream(asked, receive, send)
        case "GET", ["poll"]:
            await _poll(asked, send)
        case "POST", ["hints"]:
            await hints.take(asked, await door.body(receive), send, _house.books)
        case "GET", ["w", channel]:
            await visitors.stream(asked, channel, receive, send, _house.tail)
        case _:
            await answer(send, 404)


async def _stream(asked: Asked, receive: Receive, send: Send) -> None:
    session = session_of(asked)
    scope = await asyncio.to_thread(reader, session)
    if scope is None:
        return await answer(send, 401)
    desk = Desk(Position(0, 0), scope)
    tail = _house.tail

    async def still() -> bool:
        found = await asyncio.to_thread(reader, session)
        desk.scope = found or desk.scope
        return found is not None

    def missed(cur: Cursor, log: Log, since: Position, upto: Position) -> list[bytes]:
        return queries.missed(cur, log, scope, since=since, upto=upto)

    greeting = partial(tail.presence_for, scope)
    ends = Ends(missed, still, receive, send, greeting=greeting)
    return await pour(tail, desk, cursor_of(asked), ends)


async def _poll(asked: Asked, send: Send) -> None:
    scope = await asyncio.to_thread(reader, session_of(asked))
    if scope is None:
        return await answer(send, 401)
    after = asked.query.get("after", "")
    if not after:
        return await answer(send, 200, {"items": [], "next": await _house.books.ask(queries.head)})
    try:
        asking = partial(queries.told, scope=scope, after=after)
        await answer(send, 200, await _house.books.ask(asking))
    except Reset:
        await answer(send, 200, {"reset": True})
