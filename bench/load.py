"""The load: ready-made requests over keep-alive connections, answers timed one by one."""

from __future__ import annotations

import asyncio
import time

import msgspec
import uvloop


class Load(msgspec.Struct, frozen=True):
    """What one round of load measured; times in seconds."""

    requests: int
    refused: int
    seconds: float
    times: list[float]

    @property
    def rate(self) -> float:
        return (self.requests - self.refused) / self.seconds

    def quantile(self, share: float) -> float:
        return sorted(self.times)[min(int(len(self.times) * share), len(self.times) - 1)]


def press(port: int, requests: list[bytes], *, connections: int) -> Load:
    """Send all of them, each connection one after the other."""
    return uvloop.run(_press(port, requests, connections))


async def _press(port: int, requests: list[bytes], connections: int) -> Load:
    waiting = iter(requests)
    times: list[float] = []
    began = time.perf_counter()
    refused = await asyncio.gather(*[_one(port, waiting, times) for _ in range(connections)])
    return Load(len(requests), sum(refused), time.perf_counter() - began, times)


async def _one(port: int, waiting: object, times: list[float]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    refused = 0
    for request in waiting:  # type: ignore[attr-defined]  # shared by all connections
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if length:
            await reader.readexactly(length)
        times.append(time.perf_counter() - began)
        refused += not head.startswith(b"HTTP/1.1 200")
    writer.close()
    return refused
