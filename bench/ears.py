"""Many browsers that listen to the live stream: one small protocol each, in one loop."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import Callable
from typing import cast

STAMP = re.compile(rb"stamp-(\w+)-(\d+)")
Heard = Callable[["Ear", bytes, float], None]


class Ear(asyncio.Protocol):
    """One open stream. `heard` gets each new stamp in it, with the time of its arrival."""

    def __init__(self, request: bytes, heard: Heard) -> None:
        self.request = request
        self.heard = heard
        self.transport: asyncio.Transport | None = None
        self.open = asyncio.get_running_loop().create_future()
        self.closed = False
        self.rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own are no subclass
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        at = time.perf_counter()
        if not self.open.done():
            self._begin(data)
        whole = self.rest + data
        frames, cut, self.rest = whole.rpartition(b"\n\n")
        if not cut:
            return
        for frame in frames.split(b"\n\n"):
            if found := STAMP.search(frame):
                self.heard(self, found[0], at)

    def _begin(self, data: bytes) -> None:
        if data.startswith(b"HTTP/1.1 200"):
            self.open.set_result(None)
        else:
            self.open.set_exception(RuntimeError(data[:200].decode("latin-1")))

    def connection_lost(self, problem: Exception | None) -> None:
        self.closed = True
        if not self.open.done():
            self.open.set_exception(RuntimeError("closed at once"))


def request(session: str, port: int) -> bytes:
    cookie = f"filo_session_{port}={session}"
    head = f"GET /live HTTP/1.1\r\nhost: localhost:{port}\r\ncookie: {cookie}\r\n\r\n"
    return head.encode()


async def listen(port: int, sessions: list[str], many: int, heard: Heard) -> list[Ear]:
    """Open that many streams, a few at a time; the sessions take turns."""
    loop = asyncio.get_running_loop()
    ears: list[Ear] = []
    for start in range(0, many, 50):
        some = []
        for n in range(start, min(start + 50, many)):
            asked = request(sessions[n % len(sessions)], port)
            _, ear = await loop.create_connection(lambda a=asked: Ear(a, heard), "127.0.0.1", port)  # type: ignore[misc]
            some.append(ear)
        await asyncio.gather(*[ear.open for ear in some])
        ears += some
    return ears


def deaf(port: int, session: str) -> socket.socket:
    """A browser that asks for the stream and never reads it."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect(("127.0.0.1", port))
    line.sendall(request(session, port))
    line.recv(1, socket.MSG_PEEK)  # it is open now; what comes stays where it is
    return line


def close(ears: list[Ear]) -> None:
    for ear in ears:
        if ear.transport:
            ear.transport.close()
