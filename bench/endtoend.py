"""A customer writes, a colleague sees: from the webhook sent to the event in the browser."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from datetime import UTC, datetime

import msgspec
import uvloop

from bench.ears import Ear, close, listen
from bench.ground import ground, serving, working
from bench.intake import PEOPLE, SECRET, message
from bench.lines import Line
from bench.load import quantile
from bench.progress import Progress
from bench.scene import Scene, furnish
from filo.channels.kit import sign_webhook

WEB = ("-m", "filo.project.launch", "filo.project.web")
PIPELINE = ("-m", "filo.project.launch", "filo.intake.pipeline", "--workers", "2", "--worker")
RATES = (50, 200, 1_000)
TEAMS, COLLEAGUES = 10, 50
CALLERS = 32
LATEST = 30.0  # seconds after the last call in which everything must have been seen


class Round(msgspec.Struct):
    """What was sent when, and when whose browser had it. `stamp-R-N` is in the words of call N."""

    name: str
    sent: dict[bytes, float] = {}
    delays: list[float] = []
    seen: set[bytes] = set()
    last: float = 0.0

    def heard(self, _: Ear, stamp: bytes, at: float) -> None:
        if stamp in self.sent:
            self.delays.append(at - self.sent[stamp])
            self.seen.add(stamp)
            self.last = at


def run(*, rates: tuple[int, ...] = RATES, seconds: float = 8.0) -> list[Line]:
    """Web and two pipelines; 50 colleagues in ten teams, each of whom hears a tenth."""
    with ground(), ExitStack() as stack:
        scene = furnish(teams=TEAMS, people=COLLEAGUES)
        port, _ = stack.enter_context(serving(*WEB))
        for worker in ("0", "1"):
            stack.enter_context(working(*PIPELINE, worker))
        return uvloop.run(_all(scene, port, rates, seconds))


async def _all(scene: Scene, port: int, rates: tuple[int, ...], seconds: float) -> list[Line]:
    progress = Progress("end-to-end", len(rates) + 3)
    await _round(scene, port, "warm", 200, 3.0)
    progress.step()
    capacity = await _capacity(scene, port, int(1_000 * seconds))
    progress.step()
    lines = [Line("end to end, as fast as it goes", capacity, "messages/s")]
    for rate in rates:
        lines += _lines(await _round(scene, port, f"r{rate}", rate, seconds), f"{rate:,} a second")
        progress.step()
    third = max(int(capacity / 3), 1)
    done = await _round(scene, port, "third", third, seconds)
    progress.step()
    return lines + _lines(done, f"a third of that ({third:,} a second)")


def _lines(done: Round, name: str) -> list[Line]:
    name = f"webhook sent to desk, {name}"
    return [
        Line(f"{name}: p50", quantile(done.delays, 0.5) * 1e3, "ms"),
        Line(f"{name}: p99", quantile(done.delays, 0.99) * 1e3, "ms"),
        Line(f"{name}: not seen", len(done.sent) - len(done.seen), "messages"),
    ]


async def _round(scene: Scene, port: int, name: str, rate: int, seconds: float) -> Round:
    """An open load: each call goes out when its time has come, however the others fare."""
    done = Round(name, {}, [], set())
    ears = await listen(port, scene.sessions, COLLEAGUES, done.heard)
    calls = asyncio.Queue[tuple[bytes, bytes]]()
    callers = [asyncio.create_task(_caller(port, calls, done)) for _ in range(CALLERS)]
    ready = _calls(scene, name, int(rate * seconds))
    began = time.perf_counter()
    for n, call in enumerate(ready):
        wait = began + n / rate - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        done.sent[call[0]] = max(began + n / rate, began)
        calls.put_nowait(call)
    await _until_seen(done, len(ready))
    await _dismiss(callers, ears)
    return done


async def _capacity(scene: Scene, port: int, many: int) -> float:
    """A closed load, until the last of them was seen."""
    done = Round("most", {}, [], set())
    ears = await listen(port, scene.sessions, COLLEAGUES, done.heard)
    calls = asyncio.Queue[tuple[bytes, bytes]]()
    for call in _calls(scene, "most", many):
        done.sent[call[0]] = 0.0
        calls.put_nowait(call)
    began = time.perf_counter()
    callers = [asyncio.create_task(_caller(port, calls, done)) for _ in range(CALLERS)]
    await _until_seen(done, many)
    await _dismiss(callers, ears)
    return len(done.seen) / (done.last - began)


async def _until_seen(done: Round, many: int) -> None:
    """Or until nothing new has come for a long while."""
    quiet, before = 0.0, 0
    while len(done.seen) < many and quiet < LATEST:
        await asyncio.sleep(0.1)
        quiet = 0.0 if len(done.seen) > before else quiet + 0.1
        before = len(done.seen)
    await asyncio.sleep(0.3)  # the others who read the same


async def _dismiss(callers: list[asyncio.Task[None]], ears: list[Ear]) -> None:
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    close(ears)


async def _caller(port: int, calls: asyncio.Queue[tuple[bytes, bytes]], done: Round) -> None:
    """One keep-alive connection; what is refused goes out again."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while True:
            stamp, request = await calls.get()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            if not head.startswith(b"HTTP/1.1 200"):
                calls.put_nowait((stamp, request))
    finally:
        writer.close()


def _calls(scene: Scene, name: str, many: int) -> list[tuple[bytes, bytes]]:
    now = datetime.now(UTC)
    made = []
    for n in range(many):
        stamp = f"stamp-{name}-{n}"
        body = message(stamp, n % PEOPLE)
        signed = sign_webhook(id=stamp, at=now, body=body, secret=SECRET)
        lines = "".join(f"{key}: {value}\r\n" for key, value in signed.items())
        path = scene.paths[n % len(scene.paths)]
        head = f"POST {path} HTTP/1.1\r\nhost: x\r\n{lines}content-length: {len(body)}\r\n\r\n"
        made.append((stamp.encode(), head.encode() + body))
    return made
