"""Live clients, desk and widget: they lose their streams, come back with their cursor, and log."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from urllib.parse import quote

import msgspec

from torture.wire import GONE

AGAIN = 0.3  # seconds before coming back
LIMIT = 4 * 1024 * 1024
SILENCE = 40.0  # seconds without even a beat: the stream is dead


class Frame(msgspec.Struct, frozen=True):
    """One server-sent event."""

    id: str
    event: str
    told: bytes


class _Item(msgspec.Struct):
    cursor: str


class _Page(msgspec.Struct):
    items: list[_Item] = []
    next: str = ""
    more: bool = False
    reset: bool = False


class Refused(Exception):
    """An answer that is no stream."""


class Listener:
    """`seen` counts events by their cursor. `resets`: it had to read on page by page."""

    def __init__(self, name: str, port: int, path: str, headers: Mapping[str, str]) -> None:
        self.name = name
        self.port = port
        self.path = path
        self.headers = headers
        self.cursor = ""
        self.seen: Counter[str] = Counter()
        self.lines: set[str] = set()  # messages that a visitor was shown
        self.connects = 0
        self.resets = 0
        self.gone = 0
        self.refused: Counter[str] = Counter()  # what was said instead of a stream

    async def listen(self, start: str, *, seed: int) -> None:
        """Until cancelled."""
        self.cursor = start
        chance = random.Random(f"{seed}:{self.name}")  # noqa: S311 -- a reproducible run
        while True:
            try:
                await self._stream()
            except (*GONE, Refused, asyncio.LimitOverrunError):
                pass
            await asyncio.sleep(AGAIN * (0.5 + chance.random()))

    async def _stream(self) -> None:
        reader, writer = await self._ask(f"{self.path}?after={quote(self.cursor)}")
        self.connects += 1
        try:
            async for frame in _frames(reader):
                if frame.event == "reset":
                    return await self._read_on()
                self._hear(frame)
        finally:
            writer.close()

    def _hear(self, frame: Frame) -> None:
        self.gone += frame.event == "gone"
        if frame.event == "" and frame.id:
            self.seen[frame.id] += 1
            line = msgspec.json.decode(frame.told).get("line") or {}
            self.lines |= {line["id"]} if line else set()
        if frame.id:
            self.cursor = frame.id

    async def _read_on(self) -> None:
        """Too much for a stream: a page at a time, so that nothing is skipped unheard."""
        self.resets += 1
        more = True
        while more:
            reader, writer = await self._ask(f"{self.path}/poll?after={quote(self.cursor)}")
            try:
                async with asyncio.timeout(SILENCE):
                    page = msgspec.json.decode(await reader.read(), type=_Page)
            finally:
                writer.close()
            if page.reset:
                self.gone += 1
                return
            self.seen.update(item.cursor for item in page.items)
            self.cursor, more = page.next, page.more

    async def _ask(self, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=LIMIT)
        headers = "".join(f"{name}: {text}\r\n" for name, text in self.headers.items())
        writer.write(
            f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n{headers}\r\n".encode()
        )
        async with asyncio.timeout(SILENCE):
            answer = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in answer.partition(b"\r\n")[0]:
            writer.close()
            self.refused[answer.partition(b"\r\n")[0].decode()] += 1
            raise Refused(answer)
        return reader, writer


async def _frames(reader: asyncio.StreamReader) -> AsyncIterator[Frame]:
    """Events of a chunked stream. One that was cut in the middle was not heard."""
    rest = b""
    while True:
        async with asyncio.timeout(SILENCE):
            size = int(await reader.readuntil(b"\r\n"), 16)
            rest += (await reader.readexactly(size + 2))[:-2]
        *whole, rest = rest.split(b"\n\n")
        for text in whole:
            yield read(text.decode())
        if not size:
            return


def read(text: str) -> Frame:
    fields = dict(line.split(": ", 1) for line in text.strip().split("\n"))
    return Frame(fields.get("id", ""), fields.get("event", ""), fields.get("data", "{}").encode())


def place(cursor: str) -> tuple[int, int]:
    """Where a cursor stands. Only a checker may look into one."""
    _, xid, id_ = cursor.split(".")
    return int(xid), int(id_)
