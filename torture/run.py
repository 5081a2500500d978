"""One run: a house, customers, agents, a provider behind a bad wire, a killer; then the count."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from functools import partial

import msgspec

from filo.channels.operations import connect as connect_channel
from filo.core.db import connect
from filo.core.ids import public
from filo.staff.operations import create_staff, create_team
from filo.staff.queries import scope
from torture import checker
from torture.agents import Agents
from torture.customers import Customers
from torture.house import SEND_TIMEOUT, House
from torture.killer import RECOVERY, Killer
from torture.letters import Http
from torture.provider import Provider
from torture.proxy import Proxy
from torture.wire import port_of, serve

SECRET = "torture-" + "0123456789abcdef" * 2
PAUSE = SEND_TIMEOUT + 5.0 + 2.0  # longer than anybody may wait before taking over
PATIENCE = 240.0  # seconds for what is left when all was sent


class Order(msgspec.Struct, frozen=True):
    """What is asked of a run."""

    events: int
    kills: int
    crashes: int
    stops: int
    seed: int
    mode: str
    answers: float
    amends: float  # share of the messages that get a new version and a reaction


class Result(msgspec.Struct, frozen=True):
    """What a run found. Every figure is explained in docs/why/torture.md."""

    events: int
    kills: int
    crashes: int
    stops: int
    seed: int
    mode: str
    accepted: int
    stored: int
    lost: int
    doubled: int
    missing: int
    gaps: int
    missed_live: int
    flagged: int
    flagged_unseen: int
    answers: int
    visible: int
    absorbed: int
    edits_lost: int
    refusals: int
    repeats: int
    recovery: float
    finished: bool
    seconds: float

    @property
    def holds(self) -> bool:
        """Is every promise kept?"""
        broken = (self.lost, self.doubled, self.missing, self.gaps, self.missed_live)
        recovered = self.recovery <= RECOVERY
        return self.finished and recovered and not any((*broken, self.edits_lost))


async def torture(house: House, order: Order) -> Result:
    began = time.monotonic()
    provider = Provider(order.mode, secret=SECRET, seed=order.seed, patience=SEND_TIMEOUT)
    server = await serve(provider.respond)
    wire = Proxy(port_of(server), seed=order.seed)
    await wire.start()
    scene = _Scene(house, order, provider, wire)
    killer = Killer(house, seed=order.seed)
    finished = await scene.play(killer)
    wire.close()
    server.close()
    with connect(name="torture") as connection:
        accepted = scene.customers.accepted
        inbound = checker.count_inbound(connection, accepted, scene.customers.edited)
        answered = scene.agents.answered
        outbound = checker.count_outbound(connection, answered, provider.visible)
    return Result(
        events=order.events,
        kills=killer.kills,
        crashes=killer.crashes,
        stops=killer.stops,
        seed=order.seed,
        mode=order.mode,
        accepted=inbound.accepted,
        stored=inbound.stored,
        lost=inbound.lost,
        doubled=inbound.doubled + outbound.doubled,
        missing=outbound.missing,
        gaps=inbound.gaps,
        missed_live=0,
        flagged=outbound.flagged,
        flagged_unseen=outbound.flagged_unseen,
        answers=outbound.answers,
        visible=outbound.visible,
        absorbed=provider.absorbed,
        edits_lost=inbound.edits_lost,
        refusals=scene.customers.refusals,
        repeats=scene.customers.repeats,
        recovery=round(killer.recovery, 1),
        finished=finished,
        seconds=round(time.monotonic() - began, 1),
    )


class _Scene:
    """Everybody who takes part."""

    def __init__(self, house: House, order: Order, provider: Provider, wire: Proxy) -> None:
        self.order = order
        self.provider = provider
        self.wire = wire
        chance = random.Random(order.seed)  # noqa: S311 -- a reproducible run
        with connect(name="torture") as connection, connection.transaction():
            cur = connection.cursor()
            team = create_team(cur, "Torture")
            person = create_staff(cur, email="a@torture.example", role="admin", teams=[team])
            settings = {"secret": SECRET, "deliver_to": f"{wire.url}/", "class": order.mode}
            channel = connect_channel(cur, "http", "Torture", team, settings)
            self.agents = Agents(scope(cur, person), share=order.answers, seed=order.seed)
        people = max(40, order.events // 20)
        url = f"{house.url}/hooks/{public('chn', channel)}"
        self.http = Http(url, SECRET, people=people, chance=chance)
        letters = self.http.letters(range(order.events), poison=frozenset())
        self.customers = Customers(letters, seed=order.seed)

    async def play(self, killer: Killer) -> bool:
        """Until everything was sent, read, answered and taken; false when it did not end."""
        order = self.order
        self.agents.start()
        writing = asyncio.create_task(self.customers.write())
        following = asyncio.create_task(self._follow())
        work = partial(killer.work, kills=order.kills, crashes=order.crashes, stops=order.stops)
        try:
            await work(pause=PAUSE, progress=self._progress)
            print("no more trouble: what is left is finished", file=sys.stderr)  # noqa: T201
            self.wire.calm()
            quiet = partial(checker.wait_until_quiet, patience=PATIENCE, others=self._are_done)
            return await asyncio.to_thread(quiet)
        finally:
            writing.cancel()
            following.cancel()
            await asyncio.to_thread(self.agents.leave)

    async def _follow(self) -> None:
        """Agents hear what was thanked; some of it is amended; what arrived is reported."""
        heard: set[str] = set()
        while True:
            for id_ in sorted(self.customers.accepted - heard):
                heard.add(id_)
                self.agents.hear(id_)
                self._amend(id_)
            self._report()
            await asyncio.sleep(0.1)

    def _amend(self, id: str) -> None:
        n = int(id[1:])
        if random.Random(f"{self.order.seed}:{n}").random() < self.order.amends:  # noqa: S311
            letter = self.http.amended(id, self.http.writer(n), f"modificato {n}")
            self.customers.queue.put_nowait(letter)

    def _report(self) -> None:
        """Where the class allows it: after a report nothing is in doubt any more."""
        refs = [self.provider.news.get_nowait() for _ in range(self.provider.news.qsize())]
        some = [ref for n, ref in enumerate(refs) if n % 4 == 0]
        if some and self.order.mode == "K":
            self.customers.queue.put_nowait(self.http.reported(some, "delivered"))

    def _are_done(self) -> bool:
        return self.customers.are_done and not self.agents.wanted

    def _progress(self) -> float:
        """Half is what came in, half is what went out."""
        came = len(self.customers.accepted) / self.order.events
        expected = max(1.0, self.order.events * self.order.answers)
        return 0.5 * came + 0.5 * min(1.0, len(self.provider.visible) / expected)
