"""One run: a house, customers, agents, providers behind a bad wire, a killer; then the count."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

import psycopg

from filo.core.db import connect
from torture import checker, poison
from torture.agents import Agents
from torture.audience import Audience
from torture.cast import ADDRESS, PHONE, SECRET, Cast, assemble
from torture.customers import Customers
from torture.house import SEND_TIMEOUT, House
from torture.killer import Killer
from torture.letters import Http, Letter, mail, webchat, whatsapp, whatsapp_status
from torture.played import Played
from torture.provider import Provider
from torture.proxy import Proxy
from torture.result import Order, Result
from torture.wire import port_of, serve

PAUSE = SEND_TIMEOUT + 5.0 + 2.0  # longer than anybody may wait before taking over
PATIENCE = 420.0  # seconds for what is left when all was sent
STILL = 90.0  # seconds in which nothing moves: it never will
# Out of a hundred messages; the others come over `http`.
WHATSAPP, WEBCHAT, MAIL, PLAYED = 8, 4, 4, 20


async def torture(house: House, order: Order) -> Result:
    """Everything is built, let loose, waited for and counted."""
    began = time.monotonic()
    patience = SEND_TIMEOUT
    peer = Provider(order.mode, secret=SECRET, seed=order.seed, patience=patience)
    meta = Provider("reports", secret=SECRET, seed=order.seed, patience=patience)
    servers = [await serve(peer.respond), await serve(meta.respond_as_meta)]
    targets = [*map(port_of, servers), house.port]
    wires = [Proxy(port, seed=order.seed + n) for n, port in enumerate(targets)]
    for wire in wires:
        await wire.start()
    played = Played(seed=order.seed)
    await played.open()
    build = partial(assemble, order.mode, provider=wires[0].url, meta=wires[1].url)
    cast = await asyncio.to_thread(build, played=played.settings())
    played.register(cast.played, f"{house.url}/hooks")
    scene = Scene(house, order, cast, (peer, meta, played))
    audience = Audience(cast, near=house.port, far=wires[2].port, seed=order.seed)
    killer = Killer(house, seed=order.seed)
    audience.open()
    finished = await scene.play(killer, wires)
    finished = await audience.catch_up() and finished
    for wire in wires:
        wire.close()
    for server in servers:
        server.close()
    await played.close()
    return await asyncio.to_thread(_count, began, scene, killer, audience, finished)


def _count(
    began: float, scene: Scene, killer: Killer, audience: Audience, finished: bool
) -> Result:
    with connect(name="torture") as connection:
        live = audience.count(connection)
        sick = {f"e{n}" for n in scene.poisoned}
        cured = poison.cure(connection, scene.cast.admin, sick)
        customers = scene.customers
        inbound = checker.count_inbound(
            connection, customers.accepted, customers.edited, scene.played
        )
        visible = scene.peer.visible + scene.meta.visible + scene.played.visible(connection)
        outbound = checker.count_outbound(connection, scene.agents.answered, visible)
    if scene.agents.unsaid:
        print(f"answers that could not be written: {dict(scene.agents.unsaid)}", file=sys.stderr)  # noqa: T201
    return Result.of(
        scene.order,
        (inbound, outbound, live, cured),
        killer=killer,
        absorbed=scene.peer.absorbed,
        refusals=customers.refusals,
        repeats=customers.repeats,
        finished=finished,
        seconds=time.monotonic() - began,
        played=scene.played,
    )


class Scene:
    """Customers, agents and the providers' reports, while they act."""

    def __init__(
        self, house: House, order: Order, cast: Cast, others: tuple[Provider, Provider, Played]
    ) -> None:
        self.order = order
        self.cast = cast
        self.peer, self.meta, self.played = others
        self.hooks = f"{house.url}/hooks"
        self.agents = Agents(cast.agent, share=order.answers, seed=order.seed)
        chance = random.Random(order.seed)  # noqa: S311 -- a reproducible run
        people = max(40, order.events // 20)
        self.http = Http(f"{self.hooks}/{cast.http}", SECRET, people=people, chance=chance)
        elsewhere = WHATSAPP + WEBCHAT + MAIL
        numbers = [n for n in range(order.events) if n % 100 >= elsewhere]
        if cast.played:
            self.played.expect([n for n in numbers if n % 100 < elsewhere + PLAYED])
            numbers = [n for n in numbers if n % 100 >= elsewhere + PLAYED]
        sick = poison.chosen(len(numbers), order.seed)
        self.poisoned = frozenset(numbers[n] for n in sick)
        letters = self.http.letters(numbers, poison=self.poisoned)
        letters += [self._other(n) for n in range(order.events) if n % 100 < elsewhere]
        chance.shuffle(letters)
        self.customers = Customers(letters, seed=order.seed)

    def _other(self, n: int) -> Letter:
        """A message by one of the other channels."""
        if n % 100 < WHATSAPP:
            return whatsapp(f"{self.hooks}/{self.cast.whatsapp}", SECRET, PHONE, n)
        if n % 100 < WHATSAPP + WEBCHAT:
            visitor = self.cast.visitors[n % len(self.cast.visitors)]
            return webchat(f"{self.hooks}/{visitor.channel}", SECRET, visitor, n)
        return mail(f"{self.hooks}/{self.cast.mail}", SECRET, ADDRESS, n)

    async def play(self, killer: Killer, wires: list[Proxy]) -> bool:
        """Until everything was sent, read, answered and taken; false when it did not end."""
        order = self.order
        self.agents.start()
        acting = [asyncio.create_task(act) for act in self._acts()]
        work = partial(killer.work, kills=order.kills, crashes=order.crashes, stops=order.stops)
        try:
            await work(pause=PAUSE, progress=self._progress)
            print("no more trouble: what is left is finished", file=sys.stderr)  # noqa: T201
            for wire in wires:
                wire.calm()
            self.played.calm()
            others = partial(self._left, acting)
            quiet = partial(checker.wait_until_quiet, patience=PATIENCE, still=STILL, others=others)
            return await asyncio.to_thread(quiet)
        finally:
            for task in acting:
                if task.done():
                    task.result()  # it ended too soon: say why
                task.cancel()
            await asyncio.to_thread(self.agents.leave)

    def _acts(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """What goes on until it is cancelled."""
        return self.customers.write(), self.played.write(), self._follow(), self._follow_played()

    async def _follow_played(self) -> None:
        """Their messages are known to agents once they are stored: only we know their ids."""
        while True:
            await asyncio.sleep(0.5)
            for id_ in await asyncio.to_thread(self._played_news):
                self.agents.hear(id_)

    def _played_news(self) -> list[str]:
        with suppress(psycopg.OperationalError), connect(name="torture") as connection:
            return self.played.news(connection)
        return []  # the database was killed: asked again

    async def _follow(self) -> None:
        """Agents hear what was thanked; some of it is amended; what arrived is reported."""
        heard: set[str] = set()
        while True:
            for id_ in sorted(self.customers.accepted - heard):
                heard.add(id_)
                self._hear(id_)
            self._report()
            await asyncio.sleep(0.1)

    def _hear(self, id: str) -> None:
        over_http = id[1:].isdigit()
        n = int(id[1:]) if over_http else -1
        if n in self.poisoned or "@" in id:
            return  # whoever wrote it waits for the mend; and nobody here takes our mails
        self.agents.hear(id)
        drawn = random.Random(f"{self.order.seed}:{n}").random()  # noqa: S311
        if over_http and drawn < self.order.amends:
            letter = self.http.amended(id, self.http.writer(n), f"modificato {n}")
            self.customers.queue.put_nowait(letter)

    def _report(self) -> None:
        """Meta reports all that it took; the peer a part, and where the class is F nothing."""
        refs = self.peer.taken()
        some = refs[::4] if self.order.mode == "K" else []
        if some:
            self.customers.queue.put_nowait(self.http.reported(some, "delivered"))
        url = f"{self.hooks}/{self.cast.whatsapp}"
        for ref in self.meta.taken():
            status = whatsapp_status(url, SECRET, PHONE, ref, self.meta.recipients[ref])
            self.customers.queue.put_nowait(status)

    def _left(self, acting: list[asyncio.Task[None]]) -> list[str]:
        """What is still to be written, answered or reported. Who fell never ends: said at once."""
        if any(task.done() for task in acting) or not self.agents.is_alive():
            raise RuntimeError("somebody stopped before the end")
        customers, wanted = self.customers, list(self.agents.wanted)
        letters = customers.queue.qsize() + customers.under_way
        reports = self.meta.news.qsize()
        return [
            *([f"letters {letters}"] if letters else []),
            *self.played.undone(),
            *([f"agents wait for {len(wanted)}: {sorted(wanted)[:5]}"] if wanted else []),
            *([f"reports {reports}"] if reports else []),
        ]

    def _progress(self) -> float:
        """Half is what came in, half is what went out."""
        came = (len(self.customers.accepted) + len(self.played.accepted)) / self.order.events
        expected = max(1.0, self.order.events * self.order.answers * 0.9)
        shown = len(self.peer.visible) + len(self.meta.visible)
        return 0.5 * came + 0.5 * min(1.0, shown / expected)
