"""The corpus on its way: signed, by the webhook door, read by the pipeline, its files fetched."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import msgspec

from filo.channels.carrier import Carrier
from filo.channels.contract import Request
from filo.channels.operations import connect
from filo.conversations.fetcher_loop import Fetcher
from filo.core import clock, db
from filo.core.ids import public
from filo.project.bringing import raw_of
from filo.staff.operations import create_staff, create_team, invitation
from tests.connectors.samples import config_of, sealer
from tests.hostile.corpus import corpus
from tests.hostile.items import Item
from tests.hostile.mails import ADDRESS
from tests.journeys.running import Running

CALLERS = 6


@dataclass
class Arrived:
    """What the house holds of the corpus."""

    house: Running
    items: list[Item]
    link: str = ""  # lets the one who reads them in
    channels: dict[str, int] = field(default_factory=dict)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with self.house.cursor() as cur:
            return list(cur.execute(query).fetchall())


def arrive(house: Running) -> Arrived:
    arrived = Arrived(house, corpus())
    with house.cursor() as cur:
        team = create_team(cur, "Ostile")
        for kind in ("email", "http", "whatsapp", "webchat"):
            settings = {**config_of(kind), **({"address": ADDRESS} if kind == "email" else {})}
            arrived.channels[kind] = connect(cur, kind, kind, team, settings)
        dora = create_staff(cur, email="dora@hostile.example", name="Dora", teams=[team])
        arrived.link = invitation(cur, dora)
    with httpx.Client() as client, ThreadPoolExecutor(CALLERS) as callers:
        answers = list(callers.map(lambda item: _call(client, arrived, item), arrived.items))
    refused = [i.name for i, status in zip(arrived.items, answers, strict=True) if status != 200]
    assert refused == []
    _wait(arrived)
    with _pointed_at(house.url), ThreadPoolExecutor(1) as apart:  # the browser's loop runs here
        apart.submit(lambda: asyncio.run(_fetch())).result()
    return arrived


def _call(client: httpx.Client, arrived: Arrived, item: Item) -> int:
    """As the provider would: again and again while the house says `later`."""
    address = f"{arrived.house.origin}/hooks/{public('chn', arrived.channels[item.kind])}"
    request = _signed(arrived, item)
    for _ in range(50):
        status = client.post(address, content=item.body, headers=request.headers).status_code
        if status != 503:
            break
        time.sleep(0.1)
    return status


def _signed(arrived: Arrived, item: Item) -> Request:
    visitor = msgspec.json.encode({"value": item.group}).decode()
    headers = {"visitor": visitor} if item.kind == "webchat" else {}
    request = Request(
        body=item.body,
        at=clock.now(),
        headers=headers,
        channel=public("chn", arrived.channels[item.kind]),
    )
    seal = sealer(item.kind)
    assert seal
    settings = {**config_of(item.kind), **({"address": ADDRESS} if item.kind == "email" else {})}
    return seal(request, settings)


def _wait(arrived: Arrived, within: float = 60.0) -> None:
    until = time.monotonic() + within
    waiting = "SELECT count(*) FROM intake_journal WHERE state = 0"
    while arrived.rows(waiting) != [(0,)]:
        assert time.monotonic() < until, "the pipeline does not end"
        time.sleep(0.1)


async def _fetch() -> None:
    with db.connect(name="hostile files") as connection:
        async with Carrier() as carrier:
            await Fetcher(connection, carrier, raw_of).run_once()


@contextmanager
def _pointed_at(url: str) -> Iterator[None]:
    before = os.environ["DATABASE_URL"]
    os.environ["DATABASE_URL"] = url
    yield
    os.environ["DATABASE_URL"] = before
