"""A program answers in public, moderates, and goes on in private: with a permission, once."""

from __future__ import annotations

from typing import Any

import pytest

from filo.api.tests.conftest import House
from filo.channels.operations import change
from filo.core.db import raw_cursor
from filo.core.ids import number
from filo.staff.operations import let_team_answer_in_public

WEEK = "604800"


@pytest.fixture
def case(house: House) -> str:
    change(raw_cursor(), house.channels["own"], settings={"privately": WEEK})
    let_team_answer_in_public(raw_cursor(), house.teams["own"], allowed=True)
    return house.writes("bea", "Two hours in the queue", openly=True)[1]


def said(text: str = "Sorry", **more: str) -> dict[str, Any]:
    return {"parts": [{"type": "text", "text": text}], "client_id": "c1", **more}


def out(case: str) -> list[tuple[str, str]]:
    found = raw_cursor().execute(
        "SELECT visibility, parts -> 0 ->> 'text' FROM conversations_message"
        " WHERE case_id = %s AND direction = 'out' ORDER BY id",
        [number("cas", case)],
    )
    return [(str(one), str(text)) for one, text in found.fetchall()]


def test_an_answer_is_published_at_most_once(house: House, case: str) -> None:
    key = {"Idempotency-Key": "k1"}

    first = house.agent.post(f"/cases/{case}/public-replies", said(), **key)
    replayed = house.agent.post(f"/cases/{case}/public-replies", said(), **key)
    repeated = house.agent.post(f"/cases/{case}/public-replies", said())

    assert [one.status_code for one in (first, replayed, repeated)] == [201, 201, 200]
    assert first.json()["visibility"] == "public"
    assert replayed.headers["Idempotent-Replayed"] == "true"
    assert out(case) == [("public", "Sorry")]


def test_without_the_permission_nothing_is_published_or_hidden(house: House, case: str) -> None:
    let_team_answer_in_public(raw_cursor(), house.teams["own"], allowed=False)
    last = house.last(case)

    published = house.agent.post(f"/cases/{case}/public-replies", said())
    hidden = house.agent.post(f"/messages/{last}/moderations", {"action": "hide"})

    assert (published.status_code, hidden.status_code) == (403, 403)
    assert published.json()["code"] == "not_allowed"
    assert out(case) == []


def test_hiding_is_asked_of_the_provider_once(house: House, case: str) -> None:
    path = f"/messages/{house.last(case)}/moderations"

    told = [house.agent.post(path, {"action": "hide"}).status_code for _ in range(2)]
    wrong = house.agent.post(path, {"action": "burn"})

    assert (told, wrong.status_code) == ([200, 200], 422)
    waiting = raw_cursor().execute("SELECT action, state FROM conversations_moderation")
    assert waiting.fetchall() == [("hide", "pending")]


def test_it_goes_on_in_private_with_a_pointer_in_public(house: House, case: str) -> None:
    body = said("Tell me your flight", about=house.last(case), pointer="We wrote to you.")

    told = house.agent.post(f"/cases/{case}/continuations", body)
    again = house.agent.post(f"/cases/{case}/continuations", body)

    assert (told.status_code, again.status_code) == (201, 200)
    [(first, words), pointer] = out(case)
    assert (first, pointer) == ("private", ("public", "We wrote to you."))
    assert "Two hours in the queue" in words
