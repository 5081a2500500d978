"""A cable that can be pulled: a TCP road between a browser and the house."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Cable:
    """`pull` holds every byte back, as a lost network does; `tear` also ends what is open."""

    def __init__(self, port: int) -> None:
        self.house = port
        self.port = 0
        self.torn = False
        self.loop = asyncio.new_event_loop()
        self.whole = asyncio.Event()
        self.open: set[asyncio.StreamWriter] = set()

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def pull(self) -> None:
        self.loop.call_soon_threadsafe(self.whole.clear)

    def tear(self) -> None:
        self.loop.call_soon_threadsafe(self._tear)

    def mend(self) -> None:
        self.loop.call_soon_threadsafe(self._mend)

    def _tear(self) -> None:
        self.torn = True
        for end in self.open:
            end.transport.abort()

    def _mend(self) -> None:
        self.torn = False
        self.whole.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.torn:
            return writer.transport.abort()
        there = await asyncio.open_connection("127.0.0.1", self.house)
        self.open |= {writer, there[1]}
        await asyncio.gather(self._flow(reader, there[1]), self._flow(there[0], writer))
        self.open -= {writer, there[1]}
        return None

    async def _flow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(65536):
                await self.whole.wait()
                writer.write(piece)
                await writer.drain()
        writer.close()


@contextmanager
def cable_to(port: int) -> Iterator[Cable]:
    cable = Cable(port)
    thread = threading.Thread(target=cable.loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(_lay(cable), cable.loop).result(10)
    yield cable
    cable.tear()
    asyncio.run_coroutine_threadsafe(_end(server), cable.loop).result(10)
    cable.loop.call_soon_threadsafe(cable.loop.stop)
    thread.join(5)
    cable.loop.close()


async def _lay(cable: Cable) -> asyncio.Server:
    cable.whole.set()
    server = await asyncio.start_server(cable.carry, "127.0.0.1", 0)
    cable.port = server.sockets[0].getsockname()[1]
    return server


async def _end(server: asyncio.Server) -> None:
    server.close()
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
