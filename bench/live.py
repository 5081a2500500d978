"""Many browsers at once: what each weighs, how long until all have heard, who holds up whom."""

from __future__ import annotations

import asyncio
import statistics
import time
from functools import partial

import uvloop

from bench.ears import Ear, close, deaf, listen
from bench.ground import cpu, ground, serving
from bench.intake import message
from bench.lines import Line
from bench.load import quantile
from bench.progress import Progress
from bench.scene import Scene, furnish
from bench.weight import pss
from filo.core import clock
from filo.core.db import Connection, connect
from filo.core.events import Happening, emit, ring
from filo.core.ids import public
from filo.intake.journal import keep
from filo.intake.pipeline import Pipeline
from filo.intake.types import Entry

WEB = ("-m", "filo.project.launch", "filo.project.web")
NEVER_READ = 200


def run(*, streams: tuple[int, ...] = (1_000, 5_000), tellings: int = 40) -> list[Line]:
    """A web server alone, and an event that every one of them may read."""
    lines: list[Line] = []
    progress = Progress("live", len(streams) * (tellings + 1) + tellings * 5)
    with ground():
        scene = furnish(teams=1, people=50)
        with connect(name="bench") as connection:
            teller = Teller(connection, scene.channels[0])
            for many in streams:
                with serving(*WEB) as (port, pid):
                    work = _crowd(scene, port, pid, many, tellings, teller, progress)
                    lines += uvloop.run(work)
            with serving(*WEB) as (port, _):
                work = _beside_the_deaf(scene, port, streams[0], tellings * 5, teller, progress)
                lines += uvloop.run(work)
    return lines


class Teller:
    """Tells one message again and again; each time with a stamp of its own."""

    def __init__(self, connection: Connection, channel: int) -> None:
        self.connection = connection
        self.count = 0
        at, body = clock.now(), message("live", 1)
        with connection.transaction():
            entry = Entry(channel=channel, lane=0, at=at, headers={}, query={}, body=body)
            keep(connection.cursor(), [entry])
        Pipeline().once(connection)
        row = connection.execute(
            "SELECT customer_id, case_id, id FROM conversations_message ORDER BY id DESC LIMIT 1"
        ).fetchone()
        assert row is not None
        self.customer, self.case, self.message = row

    def tell(self) -> tuple[bytes, float]:
        """The stamp, and when it was about to be committed."""
        self.count += 1
        stamp = f"stamp-t-{self.count}"
        body = {"message": public("msg", self.message), "stamp": stamp}
        with self.connection.transaction():
            cur = self.connection.cursor()
            emit(cur, [Happening("message_received", self.customer, self.case, body)])
            ring(cur)
            at = time.perf_counter()
        return stamp.encode(), at


async def _crowd(
    scene: Scene, port: int, pid: int, many: int, tellings: int, teller: Teller, progress: Progress
) -> list[Line]:
    """Weight and fan-out of that many streams."""
    arrivals: dict[bytes, list[float]] = {}
    heard = partial(_note, arrivals)
    first = await listen(port, scene.sessions, 50, heard)  # all that is loaded only once
    await _tell(teller, 2, 50, arrivals, Progress("", 1))
    close(first)
    await asyncio.sleep(0.5)
    before = pss(pid)
    ears = await listen(port, scene.sessions, many, heard)
    await asyncio.sleep(1)
    each = (pss(pid) - before) / many
    progress.step()
    used = cpu(pid)
    delays = await _tell(teller, tellings, many, arrivals, progress)
    deliveries = tellings * many
    spent = (cpu(pid) - used) / deliveries * 1e6
    close(ears)
    name = f"live, {many:,} streams"
    last = [max(times) for times in delays]
    return [
        Line(f"{name}: memory each", each, "KiB"),
        Line(f"{name}: told to all, median", statistics.median(last) * 1e3, "ms"),
        Line(f"{name}: told to all, slowest of {tellings}", max(last) * 1e3, "ms"),
        Line(f"{name}: processor, web", spent, "µs/delivery"),
    ]


async def _beside_the_deaf(
    scene: Scene, port: int, many: int, tellings: int, teller: Teller, progress: Progress
) -> list[Line]:
    """The delay of those who read, while others never do."""
    arrivals: dict[bytes, list[float]] = {}
    ears = await listen(port, scene.sessions, many, partial(_note, arrivals))
    alone = await _tell(teller, tellings // 2, many, arrivals, progress)
    silent = await asyncio.to_thread(
        lambda: [deaf(port, scene.sessions[n % len(scene.sessions)]) for n in range(NEVER_READ)]
    )
    await asyncio.sleep(1)
    delays = await _tell(teller, tellings - tellings // 2, many, arrivals, progress)
    close(ears)
    for line in silent:
        line.close()
    before = quantile([t for times in alone for t in times], 0.99)
    beside = quantile([t for times in delays for t in times], 0.99)
    name = f"live, {many:,} streams"
    against = f"{name}: delay p99, all read"
    return [
        Line(against, before * 1e3, "ms"),
        Line(
            f"{name}: delay p99 beside {NEVER_READ} that never read",
            beside * 1e3,
            "ms",
            against,
            beside / before,
        ),
    ]


async def _tell(
    teller: Teller,
    tellings: int,
    many: int,
    arrivals: dict[bytes, list[float]],
    progress: Progress,
) -> list[list[float]]:
    """One after the other; how long each took to reach each of them."""
    delays = []
    for _ in range(tellings):
        stamp, at = await asyncio.to_thread(teller.tell)
        async with asyncio.timeout(30):
            while len(arrivals.get(stamp, ())) < many:  # noqa: ASYNC110 -- counted, never signalled
                await asyncio.sleep(0.005)
        delays.append([arrived - at for arrived in arrivals.pop(stamp)])
        progress.step()
    return delays


def _note(arrivals: dict[bytes, list[float]], _: Ear, stamp: bytes, at: float) -> None:
    arrivals.setdefault(stamp, []).append(at)
