"""How a stream is kept open, and how it ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence

import msgspec

from filo.core.db import Cursor
from filo.live.books import Away
from filo.live.crowd import Listener
from filo.live.cursor import Log, Position, Reset
from filo.live.door import NO_STORE, NOSNIFF, Asked, Headers, Receive, Send, answer
from filo.live.tail import Tail
from filo.live.told import frame

logger = logging.getLogger(__name__)
CHECK_EVERY = 60.0
HEAD = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    NOSNIFF,
    (b"x-accel-buffering", b"no"),
    NO_STORE,
)
HELLO = b"retry: 1000\n" + frame({}, event="hello")
GONE = frame({}, event="gone")  # the login or the pass is no longer good
RESET = frame({}, event="reset")  # the cursor means nothing: take a fresh page


class Ends(msgspec.Struct, frozen=True):
    """What a stream leans on: what was missed, whether it may go on, and the connection."""

    missed: Callable[[Cursor, Log, Position, Position], Sequence[bytes]]
    still: Callable[[], Awaitable[bool]]
    receive: Receive
    sending: Send
    headers: Headers = ()
    greeting: Callable[[], Sequence[bytes]] = tuple  # what else a newcomer should know


def cursor_of(asked: Asked) -> str:
    """Where a browser stands. What it says on resuming by itself is newer than its address."""
    return asked.headers.get("last-event-id") or asked.query.get("after", "")


async def pour(tail: Tail, listener: Listener, after: str, ends: Ends) -> None:
    """Stream to one browser from its cursor until one of us leaves."""
    if not tail.crowd.has_room(listener):
        told = {"title": "Too many streams are open. Close some.", "status": 429}
        wait = (b"retry-after", b"30")
        return await answer(ends.sending, 429, told, headers=[wait, *ends.headers])
    stream = Pour(tail, listener, ends)
    try:
        since, upto = await tail.join(listener, after)
        missed = await _missed(tail, ends, since, upto)
        await stream.run([*missed, *ends.greeting()])
    except Reset:
        await stream.reset()
    except Unreadable:
        logger.exception("What a browser missed could not be told: it takes a fresh page.")
        await stream.reset()
    finally:
        tail.crowd.leave(listener)


class Unreadable(Exception):
    """Something in the log cannot be told."""


async def _missed(tail: Tail, ends: Ends, since: Position, upto: Position) -> Sequence[bytes]:
    try:
        return await tail.books.ask(lambda cur: ends.missed(cur, tail.log, since, upto))
    except (Away, Reset):
        raise
    except Exception as problem:  # an outer door: asking again from there would fail for ever
        raise Unreadable from problem


class Pour:
    """One listener and the connection that it listens by."""

    def __init__(self, tail: Tail, listener: Listener, ends: Ends) -> None:
        self.tail = tail
        self.listener = listener
        self.ends = ends
        self.clock = asyncio.get_running_loop().time

    async def run(self, missed: Iterable[bytes]) -> None:
        watch = asyncio.create_task(self._watch())
        self.listener.pouring = asyncio.current_task()
        try:
            await self._begin()
            for chunk in missed:
                await self.send(chunk)
            await self._go_on()
        except asyncio.CancelledError:
            if not self.listener.too_slow:
                raise
            return  # the server closes what we do not finish
        finally:
            self.listener.pouring = None
            watch.cancel()

    async def reset(self) -> None:
        await self._begin()
        await self._end(RESET)

    async def _begin(self) -> None:
        head = [*HEAD, *self.ends.headers]
        await self.ends.sending({"type": "http.response.start", "status": 200, "headers": head})
        await self.send(HELLO)

    async def _go_on(self) -> None:
        await self._beat()
        checked = self.clock()
        while True:
            chunk = await self._next()
            if chunk is None:
                return await self._end()
            await (self.send(chunk) if chunk else self._beat())
            if (time := self.clock()) - checked > CHECK_EVERY:
                checked = time
                if not await self.ends.still():
                    return await self._end(GONE)

    async def _next(self) -> bytes | None:
        """All that waits, in one piece; empty when it was quiet, None at the end."""
        frames = [await self.listener.waiting.get()]
        while not self.listener.waiting.empty():
            frames.append(self.listener.waiting.get_nowait())
        if self.listener.overrun or None in frames:
            return None
        return b"".join(each for each in frames if each)

    async def _beat(self) -> None:
        """Nothing waits, so all before the listener's position has been sent."""
        quiet = self.listener.waiting.empty()
        await self.send(
            frame({}, event="beat", id=self.tail.log.name(self.listener.position) if quiet else "")
        )

    async def _end(self, last: bytes = b"") -> None:
        if self.listener.left:
            return
        slow = {"why": "slow" if self.listener.overrun else "restart"}
        await self.send(last or frame(slow, event="bye"))
        await self.ends.sending({"type": "http.response.body", "body": b""})

    async def send(self, chunk: bytes) -> None:
        """The crowd looks each second at who takes too long, and who was told nothing for long."""
        self.listener.sending_since = self.listener.told_at = self.clock()
        await self.ends.sending({"type": "http.response.body", "body": chunk, "more_body": True})
        self.listener.sending_since = 0.0

    async def _watch(self) -> None:
        while (await self.ends.receive())["type"] != "http.disconnect":
            pass
        self.listener.left = True
        self.listener.end()
