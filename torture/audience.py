"""The live clients of a run: desks near and behind a bad wire, a stranger's, and the visitors'."""

from __future__ import annotations

import asyncio
import sys
import time

from filo.core import passes
from filo.core.db import Connection, connect
from torture.cast import SECRET, Cast
from torture.heard import Expected, Live, count_live, ends_at, missed_lines
from torture.listeners import Listener, place

PATIENCE = 120.0  # a stream that died without a word is noticed after 40


class Audience:
    """`near` is the house's own port, `far` that of a proxy before it."""

    def __init__(self, cast: Cast, *, near: int, far: int, seed: int) -> None:
        self.cast = cast
        self.seed = seed
        self.desks = [
            Expected(self._desk("near", near, "admin"), "all"),
            Expected(self._desk("far", far, "admin"), "all"),
            Expected(self._desk("agent", far, "agent"), "customers"),
            Expected(self._desk("stranger", near, "stranger"), "none"),
        ]
        self.visitors = [
            (self._visitor(one, far if n % 2 else near), f"web:{one.channel}", one.value)
            for n, one in enumerate(cast.visitors)
        ]
        self._tasks: list[asyncio.Task[None]] = []

    def _desk(self, name: str, port: int, who: str) -> Listener:
        return Listener(name, port, "/live", {"cookie": self.cast.sessions[who]})

    def _visitor(self, visitor: passes.Pass, port: int) -> Listener:
        word = passes.write(visitor, key=SECRET)
        path = f"/live/w/{visitor.channel}"
        return Listener(visitor.value, port, path, {"authorization": f"Bearer {word}"})

    def open(self) -> None:
        everyone = [desk.listener for desk in self.desks] + [one for one, _, _ in self.visitors]
        self._tasks = [
            asyncio.create_task(one.listen(self.cast.start, seed=self.seed)) for one in everyone
        ]

    async def catch_up(self) -> bool:
        """Until the slowest desk has heard the last event, and each visitor their last line."""
        until = time.monotonic() + PATIENCE
        while (late := await asyncio.to_thread(self._late)) and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.5)
        for one in late:
            told = f"{one.name} is late, at {one.cursor}"
            tried = f"{one.connects} streams, {one.resets} resets, {dict(one.refused)}"
            print(f"{told}: {tried}", file=sys.stderr)  # noqa: T201
        await asyncio.sleep(2)  # what comes a second time would come now
        for task in self._tasks:
            task.cancel()
        for ended in await asyncio.gather(*self._tasks, return_exceptions=True):
            if not isinstance(ended, asyncio.CancelledError):
                raise RuntimeError("a listener fell") from ended
        return not late

    def _late(self) -> list[Listener]:
        with connect(name="torture") as connection:
            ends = ends_at(connection)
            late = [one for one, *who in self.visitors if missed_lines(connection, one, *who)]
        desks = (desk for desk in self.desks if place(desk.listener.cursor) < ends[desk.events])
        return late + [desk.listener for desk in desks]

    def count(self, connection: Connection) -> Live:
        return count_live(connection, self.desks, self.visitors, self.cast.start)
