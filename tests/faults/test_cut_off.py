"""Faults 20 and 21: a bell that is lost, a database that says nothing any more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from filo.core.ids import public
from filo.intake.receiver import Receiver
from filo.intake.tests.test_receiver import hello, signed
from filo.live.tests.town import Frame, Server, Town, listening, until_beat
from tests.faults.wire import wire_to
from tests.world import World

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"


def test_fault_20_what_is_told_while_the_listening_line_is_cut_is_heard_all_the_same(
    committed_db: str,
) -> None:
    town = Town(committed_db)
    dora = town.hire("dora", town.team)
    with Server() as address, listening(address, dora) as heard:
        until_beat(heard)
        for n in range(3):
            with town.cursor() as cur:
                assert cur.execute(CUT, ["filo-live-bell"]).rowcount >= 1
            began = time.monotonic()
            town.hear(f"word {n}")
            until(heard, "message_received")
            assert time.monotonic() - began < 5  # two seconds where the machine is not shared


def until(heard: Iterator[Frame], type_: str) -> Frame:
    return next(frame for frame in heard if frame.told.get("type") == type_)


def test_fault_21_a_database_that_says_nothing_ends_the_streams_and_is_found_again(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = Town(committed_db)
    dora = town.hire("dora", town.team)
    with wire_to(committed_db) as wire:
        monkeypatch.setenv("DATABASE_URL", wire.url)
        with Server() as address:
            with listening(address, dora) as heard:
                until_beat(heard)
                wire.alive.clear()
                began = time.monotonic()
                last = [frame.event for frame in heard]
                took = time.monotonic() - began
            wire.alive.set()
            monkeypatch.undo()
            with psycopg.connect(committed_db) as connection:
                connection.execute("SELECT 1")

    assert last[-1] == "bye"
    assert took < 12  # ten where the machine is not shared


async def dead_line(world: World, wire: Any) -> list[int]:
    """What callers are told before, while and after the wire is dead."""
    receiver = Receiver()
    await receiver.startup()
    try:
        before = await call(receiver, world, "m1")
        wire.alive.clear()
        during = await asyncio.gather(*[call(receiver, world, f"d{n}") for n in range(5)])
        wire.alive.set()
        after = await call(receiver, world, "m2")
    finally:
        await receiver.shutdown()
    return [before, *during, after]


async def call(receiver: Receiver, world: World, id_: str) -> int:
    body = hello(world).replace(b'"m1"', f'"{id_}"'.encode())
    told: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    headers = [(k.encode(), v.encode()) for k, v in signed(world, body).items()]
    path = f"/hooks/{public('chn', world.channel)}"
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": headers,
    }
    await receiver(scope, receive, send)
    return int(told[0]["status"])


def test_fault_21_without_a_word_from_the_database_nobody_is_thanked(
    world: World, committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wire_to(committed_db) as wire:
        monkeypatch.setenv("DATABASE_URL", wire.url)
        told = asyncio.run(dead_line(world, wire))
        monkeypatch.undo()

    assert told == [200, 503, 503, 503, 503, 503, 200]
    kept = world.rows("SELECT convert_from(body, 'utf8') FROM intake_journal")
    assert all(any(f'"{id_}"' in str(body) for (body,) in kept) for id_ in ("m1", "m2"))
