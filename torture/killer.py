"""Kills, crashes and stops, spread over a run by how far it has come."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Callable
from typing import Protocol

VICTIMS = ("web", "pipeline", "pipeline", "sender", "sender", "worker")
LONGEST_WAIT = 1.5  # seconds without progress after which the next one comes all the same
SHORTEST_WAIT = 0.25


class Victim(Protocol):
    """A house, or what plays one."""

    def kill(self, part: str, which: int) -> bool: ...
    def crash(self) -> float | None: ...
    def stop(self, part: str, which: int, seconds: float) -> bool: ...


class Killer:
    """Deeds in an order that follows from the seed. `recovery` is the longest after a crash."""

    def __init__(
        self,
        house: Victim,
        *,
        seed: int,
        victims: tuple[str, ...] = VICTIMS,
        longest: float = LONGEST_WAIT,
    ) -> None:
        self.house = house
        self.longest = longest
        self.victims = victims
        self.chance = random.Random(seed + 1)  # noqa: S311 -- a reproducible run
        self.kills = 0
        self.crashes = 0
        self.stops = 0
        self.recovery = 0.0
        self._stopping: set[asyncio.Task[bool]] = set()

    async def work(
        self, *, kills: int, crashes: int, stops: int, pause: float, progress: Callable[[], float]
    ) -> None:
        """All deeds, evenly over the run; none comes after its end."""
        deeds = ["kill"] * kills + ["crash"] * crashes + ["stop"] * stops
        self.chance.shuffle(deeds)
        for n, deed in enumerate(deeds):
            await _until(progress, (n + 1) / (len(deeds) + 2), self.longest)
            match deed:
                case "kill":
                    await self._kill()
                case "crash":
                    await self._crash()
                case "stop":
                    self._stop(pause)
            print(f"{deed} {n + 1}/{len(deeds)}, {progress():.0%} done", file=sys.stderr)  # noqa: T201
        if self._stopping:
            await asyncio.gather(*self._stopping)

    async def _kill(self) -> None:
        which = self.chance.randrange(8)
        order = self.chance.sample(self.victims, len(self.victims))
        while True:
            for part in order:
                if self.house.kill(part, which):
                    self.kills += 1
                    return
            await asyncio.sleep(0.05)

    async def _crash(self) -> None:
        while (seconds := await asyncio.to_thread(self.house.crash)) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        self.crashes += 1
        self.recovery = max(self.recovery, seconds)

    def _stop(self, pause: float) -> None:
        which = self.chance.randrange(8)
        stopping = asyncio.to_thread(self.house.stop, "sender", which, pause)
        task = asyncio.create_task(stopping)
        self._stopping.add(task)
        self.stops += 1


async def _until(progress: Callable[[], float], due: float, longest: float) -> None:
    began = time.monotonic()
    await asyncio.sleep(SHORTEST_WAIT)
    while progress() < due and time.monotonic() - began < longest:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
