"""The canary where no map leads: streams, presence, numbers, restricted cases, files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import settings

from filo.live.queries import head
from tests.house.access import doors
from tests.house.test_canary import SECRET, Planted, browser, plant, program, tells
from tests.world import World

CANARY = SECRET.encode()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILO_MEDIA_ROOT", str(tmp_path))


def restrict(world: World) -> None:
    """The customer is read by the stranger's team too; the case is not."""
    world.connection.execute(
        "UPDATE customers_customer SET teams = teams || %s", [world.stranger.teams[0]]
    )
    world.connection.execute("UPDATE conversations_case SET restricted = true")


@pytest.mark.slow
def test_threat_2_a_restricted_case_is_told_to_its_team_alone(world: World) -> None:
    planted = plant(world, "nominoto")
    restrict(world)

    for client in (browser(world.stranger), program(world, world.stranger)):
        told, fell = tells(client, planted)
        assert (told, fell) == (set(), set())
    assert b"nominoto" in browser(world.stranger).get("/desk/search?q=nominoto").content.lower()
    told, _ = tells(program(world, world.dora), planted)
    assert f"/api/v1/messages/{planted.message}" in told


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("is_restricted", [False, True])
async def test_threat_21_streams_and_presence_tell_a_stranger_nothing(
    world: World, is_restricted: bool
) -> None:
    cursor = world.ask(head)
    planted = plant(world, SECRET)
    if is_restricted:
        restrict(world)
    people = {"dora": world.dora, "enzo": world.enzo, "stranger": world.stranger}
    cookies = {name: cookie(browser(person)) for name, person in people.items()}
    async with doors.opened() as house:
        await types(house, cookies["dora"], planted.case)
        heard = {name: await hears(house, cookies[name], cursor) for name in people}
        for _ in range(50):  # the hint comes by the bell
            if planted.case.encode() in presence(heard["enzo"]):
                break
            await asyncio.sleep(0.1)
            heard = {name: await hears(house, cookies[name], cursor) for name in people}
        refused = await types(house, cookies["stranger"], planted.case)

    for name in ("dora", "enzo"):
        assert CANARY in heard[name].lower(), name
    assert planted.case.encode() in presence(heard["enzo"])
    assert CANARY not in heard["stranger"].lower()
    for secret in (planted.case, planted.message, "Dora"):
        assert secret.encode() not in heard["stranger"]
    assert refused == 404


async def hears(house: Any, cookie: str, cursor: str) -> bytes:
    """All that a stream, and the poll in its place, tell of what was missed."""
    headers = {"host": "testserver", "cookie": cookie}
    stream = await doors.ask(house, "GET", f"/live?after={cursor}", headers)
    poll = await doors.ask(house, "GET", f"/live/poll?after={cursor}", headers)
    return stream.said + poll.said


async def types(house: Any, cookie: str, case: str) -> int:
    said = msgspec.json.encode({"case": case, "typing": True})
    headers = {"host": "testserver", "cookie": cookie}
    return (await doors.ask(house, "POST", "/live/hints", headers, said)).status


def presence(heard: bytes) -> bytes:
    return b"".join(frame for frame in heard.split(b"\n\n") if b"event: hint" in frame)


def cookie(client: Any) -> str:
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def test_threat_2_numbers_do_not_move_for_a_stranger(world: World) -> None:
    desk, member = browser(world.stranger), browser(world.dora)
    before = [client.get("/desk/rows").content for client in (desk, member)]

    plant(world, SECRET)

    assert desk.get("/desk/rows").content == before[0]
    assert member.get("/desk/rows").content != before[1], "or this test proves nothing"


@pytest.mark.anyio
async def test_threat_14_the_words_in_a_file_are_read_by_a_link_alone(world: World) -> None:
    planted = plant(world, SECRET)
    place = f"/desk/attachments/{planted.attachment}"
    link = str(browser(world.dora).get(place)["location"])

    async with doors.opened() as house:
        _, _, path = link.partition("//")
        host, _, path = path.partition("/")
        told = await doors.ask(house, "GET", f"/{path}", {"host": host})

    assert browser(world.stranger).get(place).status_code == 404
    assert CANARY in told.said


def test_what_is_planted_is_planted_everywhere(world: World) -> None:
    planted: Planted = plant(world, SECRET)
    tables = ("case", "message", "attachment", "draft", "delivery")

    for table in tables:
        assert SECRET in str(world.rows(f"SELECT t::text FROM conversations_{table} t")), table  # noqa: S608
    assert planted.attachment
