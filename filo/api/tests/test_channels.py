"""Channels are connected by an administrator's program, and never tell their secrets."""

from __future__ import annotations

from typing import Any

from filo.api.tests.conftest import House
from filo.channels import queries
from filo.core.db import raw_cursor
from filo.core.ids import number, public

SETTINGS = {"secret": "s3cret-s3cret-s3cret-s3cret-s3cr", "deliver_to": "http://127.0.0.1:9/"}


def connect(house: House, **more: Any) -> Any:
    body = {"kind": "http", "name": "Negozio", "settings": SETTINGS, **more}
    return house.admin.post("/channels", body)


def test_a_new_channel_is_told_with_the_path_that_the_provider_calls(house: House) -> None:
    answer = connect(house)

    told = answer.json()
    assert answer.status_code == 201
    assert told["webhook_url"] == f"/hooks/{told['id']}"
    assert (told["kind"], told["name"], told["active"], told["state"]) == (
        "http",
        "Negozio",
        True,
        "ok",
    )
    assert told["settings"]["deliver_to"] == SETTINGS["deliver_to"]
    assert told["id"] in {item["id"] for item in house.admin.get("/channels").json()["items"]}


def test_no_secret_is_ever_told(house: House) -> None:
    new = connect(house)
    listed = house.admin.get("/channels")

    assert b"s3cret" not in new.content + listed.content
    kept = queries.one(raw_cursor(), number("chn", new.json()["id"])).settings
    assert kept["secret"] == SETTINGS["secret"]


def test_settings_are_seen_by_an_administrator_only(house: House) -> None:
    told = house.agent.get("/channels").json()["items"]

    assert [item["settings"] for item in told] == [{}]


def test_settings_may_be_numbers_truth_and_lists(house: House) -> None:
    answer = connect(house, settings={**SETTINGS, "window": 86400, "public": True, "space": None})

    kept = queries.one(raw_cursor(), number("chn", answer.json()["id"])).settings
    assert (kept["window"], kept["public"]) == ("86400", "true")


def test_a_channel_that_cannot_work_is_refused_with_its_reasons(house: House) -> None:
    unknown = connect(house, kind="pigeon")
    odd = connect(house, settings={**SETTINGS, "colour": "blue"})
    missing = house.admin.post("/channels", {"kind": "whatsapp", "name": "x", "settings": {}})

    assert [a.status_code for a in (unknown, odd, missing)] == [422, 422, 422]
    assert odd.json()["errors"][0]["where"] == "$.settings.colour"
    wrong = {error["where"] for error in missing.json()["errors"]}
    assert {"$.settings.phone_number_id", "$.settings.app_secret"} <= wrong


def test_a_channel_goes_to_the_team_that_is_named(house: House) -> None:
    team = public("tem", house.teams["others"])

    assert connect(house, team=team).json()["team"] == team
    assert connect(house, team=public("tem", 2**40)).status_code == 422


def test_a_channel_repeated_with_its_key_is_connected_once(house: House) -> None:
    body = {"kind": "http", "name": "Una", "settings": SETTINGS}

    first, again = (
        house.admin.post("/channels", body, **{"Idempotency-Key": "k"}) for _ in range(2)
    )

    assert first.json() == again.json()
    assert len(house.admin.get("/channels").json()["items"]) == 3


def test_health_says_how_a_channel_does(house: House) -> None:
    channel = public("chn", house.channels["own"])

    told = house.agent.get(f"/channels/{channel}/health").json()

    assert told == {
        "id": channel,
        "active": True,
        "state": "ok",
        "reason": "",
        "last_in_at": told["last_in_at"],
        "last_out_at": None,
        "failed_at": None,
        "forged": 0,
        "unknown": 0,
        "conflicts": 0,
        "failures": 0,
        "quality": "",
        "quota": "",
        "ends_at": None,
    }
