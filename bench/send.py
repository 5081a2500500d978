"""Answers on their way: from the commit of a reply to a provider that takes it at once."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.ground import cpu, ground, postgres_cpu, working
from bench.intake import message
from bench.lines import Line
from bench.load import quantile
from bench.progress import Progress
from bench.scene import furnish
from filo.channels.contract import Text
from filo.conversations.operations import reply
from filo.core import clock
from filo.core.db import Connection, connect
from filo.intake.journal import keep
from filo.intake.lanes import lane_of
from filo.intake.pipeline import Pipeline
from filo.intake.types import Entry
from filo.staff.queries import scope
from filo.staff.types import Scope

SENDER = ("-m", "filo.project.launch", "filo.conversations.sender")
STAMP = re.compile(rb"stamp-s-\d+")
PAUSE = 0.02  # seconds between two replies when nothing is in a hurry
PATIENCE = 120.0


class Provider:
    """Answers every call at once and notes when each stamp came."""

    def __init__(self) -> None:
        self.came: dict[bytes, float] = {}
        self.again = 0
        self.port = 0

    async def one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
                self._note(await reader.readexactly(length))
                writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{"id": "p1"}')
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _note(self, body: bytes) -> None:
        at = time.perf_counter()
        if found := STAMP.search(body):
            self.again += found[0] in self.came
            self.came.setdefault(found[0], at)


@contextmanager
def provider() -> Iterator[Provider]:
    """In a thread of its own for as long as it is open."""
    found, ready = Provider(), threading.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        server = await asyncio.start_server(found.one, "127.0.0.1", 0)
        found.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await stop.wait()

    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield found
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


def run(*, replies: int = 2_000) -> list[Line]:
    """Some one by one, then all at once, each to another customer."""
    calm = min(replies // 4, 300)
    progress = Progress("send", 2 * (calm + replies))
    with ground(), provider() as there:
        to = f"http://127.0.0.1:{there.port}/bench"
        scene = furnish(teams=1, people=1, deliver_to=to)
        with connect(name="bench") as connection:
            cases = _cases(connection, scene.channels[0], calm + replies)
            who = scope(connection.cursor(), 1)
            with working(*SENDER):
                delays = _calmly(connection, who, cases[:calm], there, progress)
            _committed(connection, who, cases[calm:], calm, progress)
            spent = postgres_cpu()
            with working(*SENDER) as pid:
                _wait(there, calm + replies, progress)
                spent = cpu(pid) + postgres_cpu() - spent
            times = sorted(there.came.values())[calm:]
    return [
        Line("send, one at a time: p50", quantile(delays, 0.5) * 1e3, "ms"),
        Line("send, one at a time: p99", quantile(delays, 0.99) * 1e3, "ms"),
        Line("send, all at once", (len(times) - 1) / (times[-1] - times[0]), "replies/s"),
        Line("send: processor, sender and PostgreSQL", spent / replies * 1e3, "ms/reply"),
        Line("send: taken twice by the provider", there.again, "replies"),
    ]


def _cases(connection: Connection, channel: int, many: int) -> list[int]:
    """Each of another customer who has just written."""
    entries = [
        Entry(
            channel=channel,
            lane=lane_of("http", channel, f"p{n}"),
            at=clock.now(),
            headers={},
            query={},
            body=message(f"s-{n}", n),
        )
        for n in range(many)
    ]
    connection.prepare_threshold = 2
    for start in range(0, many, 500):
        with connection.transaction():
            keep(connection.cursor(), entries[start : start + 500])
    pipeline = Pipeline()
    while pipeline.once(connection):
        pass
    rows = connection.execute("SELECT id FROM conversations_case ORDER BY id").fetchall()
    return [row[0] for row in rows]


def _answer(connection: Connection, who: Scope, case: int, n: int) -> float:
    """When the reply was about to be committed."""
    with connection.transaction():
        words = Text(f"Grazie, provvediamo. stamp-s-{n} ")
        reply(connection.cursor(), who, case, [words], client_id=f"c{n}")
        return time.perf_counter()


def _calmly(
    connection: Connection, who: Scope, cases: list[int], there: Provider, progress: Progress
) -> list[float]:
    _answer(connection, who, cases[0], 0)
    _wait(there, 1, progress)  # the sender is there
    began = {}
    for n, case in enumerate(cases[1:], start=1):
        began[f"stamp-s-{n}".encode()] = _answer(connection, who, case, n)
        progress.step()
        time.sleep(PAUSE)
    _wait(there, len(cases), progress)
    return [there.came[stamp] - at for stamp, at in began.items()]


def _committed(
    connection: Connection, who: Scope, cases: list[int], first: int, progress: Progress
) -> None:
    """All of them wait before any sender is there."""
    for n, case in enumerate(cases, start=first):
        _answer(connection, who, case, n)
        progress.step()


def _wait(there: Provider, many: int, progress: Progress) -> None:
    until, before = time.monotonic() + PATIENCE, len(there.came)
    while len(there.came) < many:
        if time.monotonic() > until:
            raise TimeoutError(f"{len(there.came)} of {many} replies came")
        time.sleep(0.005)
        progress.step(len(there.came) - before)
        before = len(there.came)
