"""One who floods is asked to wait, in words and with a time; nobody else notices."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import psycopg
import pytest
from django.test import Client

from filo.channels.kit import signature
from filo.channels.queries import one
from filo.core import clock, passes, rates
from filo.core.db import connect
from filo.core.ids import public
from filo.intake.pace import Pace
from filo.live import stream
from filo.live.crowd import MOST_OF_A_PERSON, MOST_OF_A_VISITOR, Crowd, Desk, Listener, Visitor
from filo.live.cursor import Position
from filo.portal import visits
from tests.house.access import doors
from tests.house.access.scene import Scene
from tests.world import World

HERE = Position(0, 0)


def test_threat_31_a_bucket_is_one_for_all_connections(world: World) -> None:
    with connect(name="another process") as other:
        taken = [
            rates.may(connection.cursor(), "x", rate=0, size=5)
            for connection in (world.connection, other)
            for _ in range(3)
        ]

    assert taken == [True] * 5 + [False]
    assert world.act(rates.may, "y", rate=0, size=5)


def test_threat_31_an_address_gets_no_end_of_passes_and_others_get_theirs(scene: Scene) -> None:
    place = f"/w/{public('chn', scene.chat)}/session"

    def asks(address: str) -> Any:
        return Client().post(place, "{}", content_type="application/json", REMOTE_ADDR=address)

    assert asks("192.0.2.1").status_code == 200
    scene.world.connection.execute(
        "UPDATE core_bucket SET level = 0, at = now() + interval '1 hour'"
    )

    told = asks("192.0.2.1")
    assert (told.status_code, told.json()["why"]) == (429, "too_fast")
    assert int(told["retry-after"]) > 0
    assert asks("192.0.2.2").status_code == 200


def test_threat_31_a_household_of_ipv6_is_one_address(world: World) -> None:
    for last in range(3):
        world.act(visits.may_come, f"2001:db8::{last + 1}")

    assert world.rows("SELECT name FROM core_bucket") == [("visits:2001:db8::",)]


def test_threat_31_a_visitor_who_floods_waits_alone() -> None:
    pace = Pace(rate=1, size=3, most=2)

    assert [pace.may("ada", at=0) for _ in range(4)] == [True, True, True, False]
    assert pace.may("bea", at=0)
    assert pace.may("ada", at=2)
    assert pace.may("eva", at=2), "who was silent longest is forgotten, and memory stays bounded"
    assert len(pace._buckets) == 2


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_threat_31_the_door_asks_a_flooding_visitor_to_wait(scene: Scene) -> None:
    chat = scene.world.ask(one, scene.chat)
    key = chat.settings["visitor_secret"]

    async def says(house: Any, who: str) -> int:
        given = passes.Pass(chat.public, who, int(clock.now().timestamp()) + 60)
        body = msgspec.json.encode({"type": "typing"})
        headers = {
            "host": "testserver",
            "authorization": f"Bearer {passes.write(given, key=key)}",
            "filo-signature": signature(key=passes.signing_key(given, key=key), body=body),
        }
        told = await doors.ask(house, "POST", f"/hooks/{chat.public}", headers, body)
        return told.status

    async with doors.opened() as house:
        [hooks] = [door.app for door in house.doors if door.prefix == "/hooks/"]
        hooks.pace = Pace(rate=0, size=2)  # type: ignore[attr-defined]
        flood = [await says(house, "v_ada") for _ in range(3)]
        other = await says(house, "v_bea")

    assert flood == [200, 200, 429]
    assert other == 200


def crowd_of(scene: Scene) -> tuple[Crowd, list[tuple[Listener, int]]]:
    ada, bea = scene.people["agent"], scene.people["stranger"]
    return Crowd(), [
        (Desk(HERE, ada), MOST_OF_A_PERSON),
        (Desk(HERE, bea), MOST_OF_A_PERSON),
        (Visitor(HERE, (("web:x", "ada"),), None), MOST_OF_A_VISITOR),
        (Visitor(HERE, (("web:x", "bea"),), None), MOST_OF_A_VISITOR),
    ]


def test_threat_31_one_person_has_so_many_streams_and_no_more(scene: Scene) -> None:
    crowd, (ada, bea, visitor, other) = crowd_of(scene)
    for _ in range(MOST_OF_A_PERSON):
        crowd.join(Desk(HERE, scene.people["agent"]))
    for _ in range(MOST_OF_A_VISITOR):
        crowd.join(Visitor(HERE, (("web:x", "ada"),), None))

    assert [crowd.has_room(one) for one, _ in (ada, bea, visitor, other)] == [
        False,
        True,
        False,
        True,
    ]


@pytest.mark.anyio
async def test_threat_31_one_stream_too_many_is_told_when_to_come_again(scene: Scene) -> None:
    async with doors.opened() as house:
        for _ in range(MOST_OF_A_PERSON):
            stream._house.tail.crowd.join(Desk(HERE, scene.people["agent"]))
        headers = {"host": "testserver", **scene.headers("agent by session")}
        told = await doors.ask(house, "GET", "/live", headers)
        async with asyncio.timeout(20):
            other = scene.headers("stranger by session")
            fine = await doors.ask(house, "GET", "/live", {"host": "testserver", **other})

    assert (told.status, told.headers["retry-after"]) == (429, "30")
    assert fine.status == 200


@pytest.mark.parametrize(
    "change", ["UPDATE core_event SET type = 'x'", "DELETE FROM core_event", "TRUNCATE core_event"]
)
def test_threat_33_nobody_changes_what_happened(scene: Scene, change: str) -> None:
    before = scene.world.rows("SELECT count(*) FROM core_event")

    with pytest.raises(psycopg.Error, match="append-only"):
        scene.world.connection.execute(change)

    assert scene.world.rows("SELECT count(*) FROM core_event") == before != [(0,)]
