"""The load: ready-made requests over keep-alive connections, answers timed one by one."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator

import msgspec
import uvloop

from bench.progress import Progress


class Load(msgspec.Struct, frozen=True):
    """What one round of load measured; times in seconds, `statuses` by what was answered."""

    requests: int
    seconds: float
    times: list[float]
    statuses: dict[str, int]
    thanked: int
    unasked: int = 0  # refusals without a Retry-After

    @property
    def refused(self) -> int:
        return self.requests - self.thanked

    @property
    def rate(self) -> float:
        return self.thanked / self.seconds

    def quantile(self, share: float) -> float:
        return quantile(self.times, share)


def quantile(times: list[float], share: float) -> float:
    """The value that this share of all does not exceed."""
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


def press(
    port: int,
    requests: list[bytes],
    *,
    connections: int,
    host: str = "127.0.0.1",
    thanks: str = "200",
    name: str = "",
) -> Load:
    """Send all of them, each connection one after the other."""
    return uvloop.run(Press(requests, thanks, name).run(host, port, connections))


class Press:
    """One round: the requests are shared by all connections."""

    def __init__(self, requests: list[bytes], thanks: str, name: str) -> None:
        self.many = len(requests)
        self.waiting: Iterator[bytes] = iter(requests)
        self.thanks = thanks
        self.times: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.unasked = 0
        self.progress = Progress(name, self.many) if name else None

    async def run(self, host: str, port: int, connections: int) -> Load:
        began = time.perf_counter()
        await asyncio.gather(*[self._one(host, port) for _ in range(connections)])
        thanked = sum(n for status, n in self.statuses.items() if status.startswith(self.thanks))
        seconds = time.perf_counter() - began
        return Load(self.many, seconds, self.times, dict(self.statuses), thanked, self.unasked)

    async def _one(self, host: str, port: int) -> None:
        reader, writer = await asyncio.open_connection(host, port)
        for request in self.waiting:
            began = time.perf_counter()
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await _body(reader, head)
            self.times.append(time.perf_counter() - began)
            self._note(head)
            if b"\r\nconnection: close" in head:
                writer.close()
                reader, writer = await asyncio.open_connection(host, port)
        writer.close()

    def _note(self, head: bytes) -> None:
        status = head[9:12].decode()
        self.statuses[status] += 1
        self.unasked += status == "503" and b"\r\nretry-after:" not in head
        if self.progress:
            self.progress.step()


async def _body(reader: asyncio.StreamReader, head: bytes) -> None:
    if b"\r\ntransfer-encoding: chunked" in head:
        while size := int((await reader.readline()).split(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    elif b"\r\ncontent-length:" in head:
        await reader.readexactly(int(head.split(b"\r\ncontent-length:")[1].split(b"\r\n")[0]))
