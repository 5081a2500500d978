"""A bad wire: a TCP proxy that cuts streams and lets them stall, in the middle of anything."""

from __future__ import annotations

import asyncio
import contextlib
import random

from torture.wire import GONE, port_of

EVERY = 0.7  # seconds between two troubles
SHORTEST_STALL, LONGEST_STALL = 0.3, 2.5


class Proxy:
    """`url` leads to `port` by way of it. Half of the troubles cut, half stall."""

    def __init__(self, port: int, *, seed: int) -> None:
        self.target = port
        self.chance = random.Random(seed)  # noqa: S311 -- a reproducible run
        self.url = ""
        self.port = 0
        self.cuts = 0
        self.stalls = 0
        self._open: set[_Wire] = set()
        self._server: asyncio.Server | None = None
        self._trouble: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = port_of(self._server)
        self.url = f"http://127.0.0.1:{self.port}"
        self._trouble = asyncio.create_task(self._make_trouble())

    def calm(self) -> None:
        """No more troubles."""
        if self._trouble:
            self._trouble.cancel()

    def close(self) -> None:
        self.calm()
        if self._server:
            self._server.close()
        for wire in self._open:
            wire.cut()

    async def _carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            far, forth = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            back.transport.abort()
            return
        wire = _Wire(back, forth)
        self._open.add(wire)
        try:
            with contextlib.suppress(asyncio.CancelledError):  # the end of the run
                await asyncio.gather(wire.pump(near, forth), wire.pump(far, back))
        finally:
            self._open.discard(wire)
            wire.close()

    async def _make_trouble(self) -> None:
        while True:
            await asyncio.sleep(EVERY * (0.5 + self.chance.random()))
            if not self._open:
                continue
            wire = self.chance.choice(sorted(self._open, key=id))
            if self.chance.random() < 0.5:
                self.cuts += 1
                wire.cut()
            else:
                self.stalls += 1
                wire.stall(self.chance.uniform(SHORTEST_STALL, LONGEST_STALL))


class _Wire:
    """One connection in both directions."""

    def __init__(self, back: asyncio.StreamWriter, forth: asyncio.StreamWriter) -> None:
        self.ends = (back, forth)
        self.flows = asyncio.Event()
        self.flows.set()

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What was read before an end is carried all the same: a real wire forgets nothing."""
        with contextlib.suppress(*GONE):
            while piece := await reader.read(65536):
                await self.flows.wait()
                writer.write(piece)
                await writer.drain()
            await self.flows.wait()
            writer.write_eof()

    def stall(self, seconds: float) -> None:
        self.flows.clear()
        asyncio.get_running_loop().call_later(seconds, self.flows.set)

    def cut(self) -> None:
        for end in self.ends:
            end.transport.abort()

    def close(self) -> None:
        for end in self.ends:
            end.close()
