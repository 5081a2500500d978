"""A house that plays the control: PostgreSQL, the naive intake, the naive sender, kept alive."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec
import psycopg

from filo.core.db import connect
from filo.core.mortal import die_with_parent
from filo.project import postgres
from torture.cast import SECRET
from torture.checker import Inbound, Outbound
from torture.customers import Customers
from torture.heard import Live
from torture.house import SEND_TIMEOUT, clear, free_ports, settle
from torture.killer import Killer
from torture.letters import Http
from torture.naive import SCHEMA
from torture.poison import Cured
from torture.provider import Provider
from torture.proxy import Proxy
from torture.result import Order, Result
from torture.wire import port_of, serve

VICTIMS = ("web", "web", "web", "sender")
PATIENCE = 60.0
STORED = "SELECT id, count(*) FROM naive_message GROUP BY id"
LEFT = "SELECT count(*) FROM naive_message WHERE NOT answered"


class NaiveHouse:
    """Two processes and a database; what ends is started again."""

    def __init__(self, cluster: postgres.Cluster, words: Mapping[str, Sequence[str]]) -> None:
        self.cluster = cluster
        self.words = words
        self.server = postgres.start(cluster)
        self.living: dict[str, subprocess.Popen[bytes]] = {}
        self.spared: set[str] = set()
        self.over = threading.Event()
        self.guard = threading.Thread(target=self._guard, daemon=True)

    def kill(self, part: str, which: int) -> bool:
        found = self.living.get(part)
        if part in self.spared or found is None or found.poll() is not None:
            return False
        found.kill()
        return True

    def crash(self) -> float | None:
        began = time.monotonic()
        self.server.send_signal(signal.SIGQUIT)
        self.server.wait()
        self.server = postgres.start(self.cluster)
        return time.monotonic() - began

    def stop(self, part: str, which: int, seconds: float) -> bool:
        found = self.living[part]
        self.spared.add(part)
        found.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        found.send_signal(signal.SIGCONT)
        self.spared.discard(part)
        return True

    def _guard(self) -> None:
        while not self.over.wait(0.05):
            for part, words in self.words.items():
                if part not in self.living or self.living[part].poll() is not None:
                    self.living[part] = subprocess.Popen(  # noqa: S603 -- ourselves
                        [sys.executable, "-m", "torture.naive", *words],
                        preexec_fn=die_with_parent(signal.SIGKILL),
                    )

    def close(self) -> None:
        self.over.set()
        self.guard.join()
        for process in self.living.values():
            process.kill()
            process.wait()
        postgres.stop(self.server)


@contextmanager
def naive_house(provider: str, *, share: float) -> Iterator[tuple[NaiveHouse, str]]:
    """Up to ready, with the address of its intake; cleared away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="filo-naive-"))
    folder.chmod(0o755)
    port = free_ports()
    settle(folder, port)
    cluster = postgres.of_home()
    words = {
        "web": ("intake", cluster.url(), str(port), str(share)),
        "sender": ("sender", cluster.url(), provider),
    }
    built = NaiveHouse(cluster, words)
    try:
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            connection.execute(SCHEMA)
        built.guard.start()
        yield built, f"http://127.0.0.1:{port}/"
    finally:
        built.close()
        clear(folder)


async def torture_the_naive(order: Order) -> Result:
    """The same customers, provider, wire and killer; then the same count."""
    began = time.monotonic()
    peer = Provider("F", secret=SECRET, seed=order.seed, patience=SEND_TIMEOUT)
    server = await serve(peer.respond)
    wire = Proxy(port_of(server), seed=order.seed)
    await wire.start()
    with naive_house(f"{wire.url}/", share=order.answers) as (house, url):
        killer = Killer(house, seed=order.seed, victims=VICTIMS, longest=PATIENCE)
        chance = random.Random(order.seed)  # noqa: S311 -- a reproducible run
        http = Http(url, SECRET, people=max(40, order.events // 20), chance=chance)
        letters = http.letters(list(range(order.events)), poison=frozenset())
        # Who was thanked does not write again: a repeat would mend what was lost.
        once = [msgspec.structs.replace(letter, again=0) for letter in letters]
        customers = Customers(once, seed=order.seed)
        await _play(order, killer, customers, peer)
        inbound, outbound = await asyncio.to_thread(_count, customers, peer)
    wire.close()
    server.close()
    return Result.of(
        order,
        (inbound, outbound, Live(), Cured()),
        killer=killer,
        refusals=customers.refusals,
        repeats=customers.repeats,
        finished=True,
        seconds=time.monotonic() - began,
    )


async def _play(order: Order, killer: Killer, customers: Customers, peer: Provider) -> None:
    writing = asyncio.create_task(customers.write())
    work = partial(killer.work, kills=order.kills, crashes=order.crashes, stops=order.stops)

    def progress() -> float:
        return len(customers.accepted) / order.events

    try:
        await work(pause=SEND_TIMEOUT, progress=progress)
        until = time.monotonic() + PATIENCE
        while not customers.are_done and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    finally:
        writing.cancel()
    await asyncio.to_thread(_wait_until_sent)


def _wait_until_sent() -> None:
    until = time.monotonic() + PATIENCE
    time.sleep(1)
    with connect(name="torture") as connection:
        while time.monotonic() < until:
            left = connection.execute(LEFT).fetchone()
            if left == (0,):
                return
            time.sleep(0.2)


def _count(customers: Customers, peer: Provider) -> tuple[Inbound, Outbound]:
    with connect(name="torture") as connection:
        rows = connection.execute(STORED).fetchall()
    stored = {str(id_): int(many) for id_, many in rows}
    inbound = Inbound(
        accepted=len(customers.accepted),
        stored=len(stored),
        lost=len(customers.accepted - set(stored)),
        doubled=sum(many - 1 for many in stored.values()),
        gaps=0,
        edits_lost=0,
    )
    shown = peer.visible
    doubled = sum(many - 1 for many in shown.values())
    outbound = Outbound(len(shown), len(shown), 0, doubled, 0, 0)
    return inbound, outbound
