"""A word that one team alone may read is planted, and every address of the house is asked for it.

New addresses are found in the map of addresses by themselves: nobody has to remember this test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from filo.channels.contract import Media, Text
from filo.conversations import operations, queries
from filo.core import media
from filo.core.ids import public
from filo.staff.operations import create_token
from filo.staff.types import Scope
from tests.fixtures import world
from tests.world import World

__all__ = ["world"]

SECRET = "quarzoblu"
SOUGHT = "tramontana"  # stands in the same words: a search for it must not give the canary
HOLES = re.compile(r"<(?:\w+:)?\w+>")
OURS = (
    "conversations_case",
    "conversations_message",
    "conversations_delivery",
    "conversations_attachment",
    "conversations_draft",
    "conversations_mention",
    "conversations_reaction",
    "customers_customer",
    "customers_identity",
    "channels_channel",
    "staff_team",
)


class Planted(NamedTuple):
    """What the canary sits in, by public id."""

    customer: str
    case: str
    message: str
    delivery: str
    attachment: str
    identity: str
    channel: str

    def query(self) -> dict[str, str]:
        return {
            "q": SOUGHT,
            "customer": self.customer,
            "case": self.case,
            "ids": self.case,
            "owner": "",
            "status": "open",
            "limit": "200",
        }


@pytest.fixture
def planted(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Planted:
    monkeypatch.setenv("FILO_MEDIA_ROOT", str(tmp_path))
    return plant(world, SECRET)


def plant(world: World, customer: str) -> Planted:
    """The canary in the words, the file, the note, the draft, the subject of one case."""
    case = world.writes(customer, f"{SOUGHT} {SECRET} in")
    world.connection.execute("UPDATE conversations_case SET subject = %s", [SECRET])
    kept = media.keep(SECRET.encode(), name=f"{SECRET}.txt", mime="text/plain", limit=100)
    file = world.act(operations.upload, kept, owner=queries.of_staff(world.dora.staff))
    parts = (Text(f"{SOUGHT} {SECRET} out"), Media("", attachment=file.id))
    written = world.act(operations.reply, world.dora, case, parts, client_id="c").message
    world.act(operations.note, world.dora, case, f"{SOUGHT} {SECRET} note", client_id="n")
    world.act(operations.save_draft, world.dora, case, f"{SECRET} draft")
    return Planted(
        written.customer,
        written.case,
        written.id,
        written.deliveries[0].id,
        file.id,
        str(written.identity),
        str(written.channel),
    )


def addresses(of: Planted) -> Iterator[str]:
    """Every address of the house, its holes filled with every id of what is planted."""
    for shape in sorted(set(shapes(get_resolver().url_patterns, ""))):
        pieces = HOLES.split(shape)
        for ids in product(of, repeat=len(pieces) - 1):
            filled = [text for pair in zip(pieces, (*ids, ""), strict=True) for text in pair]
            yield "/" + "".join(filled)


def shapes(patterns: Iterable[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        whole = before + str(pattern.pattern).removeprefix("^").removesuffix("$").replace("\\Z", "")
        if isinstance(pattern, URLResolver):
            yield from shapes(pattern.url_patterns, whole)
        elif "(" not in whole:
            yield whole


def browser(person: Scope | None) -> Client:
    client = Client(raise_request_exception=False)
    if person is not None:
        user = get_user_model().objects.get(pk=person.staff)
        user.set_password("as everybody who logs in has")
        user.save()
        client.force_login(user)
    return client


def program(world: World, person: Scope) -> Client:
    token = world.act(create_token, person.email)
    return Client(raise_request_exception=False, headers={"authorization": f"Bearer {token}"})


def tells(client: Client, of: Planted) -> tuple[set[str], set[str]]:
    """The addresses whose answer holds the canary, and those that fell."""
    told, fell = set(), set()
    for path in addresses(of):
        for asked in ({}, of.query()):
            answer = client.get(path, asked)
            body = b"".join(answer) if answer.streaming else answer.content
            words = body + str(answer.headers).encode()
            if SECRET.encode() in words.lower():
                told.add(path)
            if answer.status_code == 429 or answer.status_code >= 500:
                fell.add(f"{answer.status_code} {path}")
    return told, fell


def snapshot(world: World, tables: Iterable[str] = OURS) -> dict[str, object]:
    return {
        table: world.rows(f"SELECT t::text FROM {table} AS t ORDER BY 1")  # noqa: S608
        for table in tables
    }


@pytest.mark.slow
def test_threat_2_no_address_tells_a_stranger_what_is_not_for_them(
    world: World, planted: Planted
) -> None:
    desk = browser(world.stranger)
    for client in (desk, program(world, world.stranger), browser(None)):
        told, fell = tells(client, planted)

        assert told == set()
        assert fell == set()
    assert desk.get("/desk/").status_code == 200, "still logged in"


@pytest.mark.slow
def test_threat_36_asking_changes_nothing_and_who_may_read_does(
    world: World, planted: Planted
) -> None:
    before = snapshot(world)

    by_desk, fell = tells(browser(world.dora), planted)
    by_api, fell_too = tells(program(world, world.dora), planted)

    assert snapshot(world) == before
    assert f"/desk/cases/{planted.case}/" in by_desk
    assert f"/api/v1/customers/{planted.customer}/messages" in by_api
    assert len(by_desk) >= 5, "the canary must be where it may be, or this test proves nothing"
    assert fell | fell_too == set()


@pytest.mark.slow
def test_threat_1_no_address_lets_a_stranger_change_what_is_not_theirs(
    world: World, planted: Planted
) -> None:
    before = snapshot(world)
    to = public("stf", world.stranger.staff)
    said = {"text": "hello", "client_id": "x", "to": to, "staff": to, "owner": to, "until": "1h"}
    said |= {
        "team": public("tem", world.elsewhere),
        "body": "hello",
        "note": "1",
        "verdict": "sent",
    }

    fell, desk = set(), browser(world.stranger)
    for client in (desk, program(world, world.stranger), browser(None)):
        for path in addresses(planted):
            if path.startswith("/account/"):
                continue  # their own login: logging out would end the asking
            for answer in (
                client.post(path, said),
                client.post(path, said, content_type="application/json"),
                client.delete(path),
            ):
                if answer.status_code == 429 or answer.status_code >= 500:
                    fell.add(f"{answer.status_code} {path}")

    assert snapshot(world) == before
    assert fell == set()
    assert desk.get("/desk/").status_code == 200, "still logged in"


@pytest.mark.slow
def test_threat_34_pages_that_hold_the_canary_are_kept_by_no_cache(
    world: World, planted: Planted
) -> None:
    careless = set()
    for client in (browser(world.dora), program(world, world.dora)):
        for path in addresses(planted):
            answer = client.get(path)
            kept = answer.headers.get("cache-control", "")
            if SECRET in answer.content.decode("utf-8", "replace").lower() and kept != "no-store":
                careless.add(f"{path}: {kept}")

    assert careless == set()
