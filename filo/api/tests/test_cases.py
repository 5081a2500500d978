"""Cases are found, answered and moved on by programs."""

from __future__ import annotations

from typing import Any

import pytest

from filo.api.tests.conftest import House
from filo.core.db import raw_cursor
from filo.core.ids import number, public


def reply(text: str = "Ecco", client_id: str = "c1", **more: str) -> dict[str, Any]:
    return {"parts": [{"type": "text", "text": text}], "client_id": client_id, **more}


def test_a_case_is_told_in_the_documented_words(house: House) -> None:
    customer, case = house.writes("bea")

    told = house.agent.get(f"/cases/{case}").json()

    assert told.pop("due_at").endswith("Z")
    assert told == {
        "id": case,
        "customer": customer,
        "team": public("tem", house.teams["own"]),
        "channel": public("chn", house.channels["own"]),
        "status": "open",
        "owner": {"type": "queue", "id": None},
        "last_message": house.last(case),
    }


def test_a_reply_is_told_as_a_message_and_its_delivery(house: House) -> None:
    customer, case = house.writes("bea")

    answer = house.agent.post(f"/cases/{case}/replies", reply("Buongiorno"))

    told = answer.json()
    assert answer.status_code == 201
    assert told.pop("at").endswith("Z")
    assert [(d["part"], d["state"], d["reason"]) for d in told.pop("deliveries")] == [
        (0, "pending", None)
    ]
    assert told == {
        "id": house.last(case),
        "customer": customer,
        "case": case,
        "identity": told["identity"],
        "channel": public("chn", house.channels["own"]),
        "seq": 2,
        "direction": "out",
        "visibility": "private",
        "parts": [{"type": "text", "text": "Buongiorno"}],
        "answers": told["answers"],
        "client_id": "c1",
        "author": public("stf", house.agent.staff),
        "subject": "",
        "edited_at": None,
        "withdrawn_at": None,
        "reactions": [],
        "attachments": [],
        "hidden": False,
        "post": None,
        "reach": 0,
    }
    assert house.agent.get(f"/messages/{told['id']}").json()["id"] == told["id"]
    assert house.agent.get(f"/cases/{case}").json()["status"] == "waiting"


def test_the_same_client_id_again_is_the_same_message(house: House) -> None:
    _, case = house.writes("bea")

    first = house.agent.post(f"/cases/{case}/replies", reply())
    again = house.agent.post(f"/cases/{case}/replies", reply())

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (
        len(house.agent.get(f"/customers/{first.json()['customer']}/messages").json()["items"]) == 2
    )


def test_newer_words_of_the_customer_stop_a_reply(house: House) -> None:
    _, case = house.writes("bea", "Posso cambiare volo?")
    seen = house.last(case)
    house.writes("bea", "Anzi no")

    answer = house.agent.post(f"/cases/{case}/replies", reply(last_seen=seen))

    assert answer.status_code == 409
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [m["parts"][0]["text"] for m in answer.json()["newer"]] == ["Anzi no"]
    later = house.agent.post(f"/cases/{case}/replies", reply(last_seen=house.last(case)))
    assert later.status_code == 201


def test_a_reply_repeated_with_its_idempotency_key_is_written_once(house: House) -> None:
    customer, case = house.writes("bea")
    key = {"Idempotency-Key": "k1"}

    first, again = (house.agent.post(f"/cases/{case}/replies", reply(), **key) for _ in range(2))
    other = house.agent.post(f"/cases/{case}/replies", reply("Altro", "c2"), **key)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.content == again.content
    assert len(house.agent.get(f"/customers/{customer}/messages").json()["items"]) == 2


def test_a_reply_goes_to_the_identity_that_is_named(house: House) -> None:
    customer, case = house.writes("bea")
    identity = house.agent.get(f"/customers/{customer}").json()["identities"][0]["id"]

    good = house.agent.post(f"/cases/{case}/replies", reply(identity=identity))
    foreign = house.writes("carlo", to="others")[0]
    theirs = house.admin.get(f"/customers/{foreign}").json()["identities"][0]["id"]
    bad = house.agent.post(f"/cases/{case}/replies", reply(client_id="c2", identity=theirs))

    assert good.json()["identity"] == identity
    assert bad.status_code in {404, 422}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"parts": []},
        {"parts": [], "client_id": "c"},
        {"parts": [{"type": "text", "text": "x"}]},
        {"parts": [{"type": "text", "text": "x"}], "client_id": ""},
        {"parts": [{"type": "text"}], "client_id": "c"},
        {"parts": [{"type": "song", "text": "x"}], "client_id": "c"},
        {"parts": "x", "client_id": "c"},
        {"parts": [{"type": "text", "text": ""}], "client_id": "c"},
        reply(identity="idn_x"),
        reply(last_seen="x"),
    ],
)
def test_a_reply_that_cannot_be_read_is_refused(house: House, body: dict[str, Any]) -> None:
    _, case = house.writes("bea")

    answer = house.agent.post(f"/cases/{case}/replies", body)

    assert (answer.status_code, answer.json()["status"]) == (422, 422)


@pytest.mark.parametrize(
    "body", [{"text": "Da vedere"}, {"parts": [{"type": "text", "text": "Da vedere"}]}]
)
def test_a_note_is_for_colleagues(house: House, body: dict[str, Any]) -> None:
    _, case = house.writes("bea")

    answer = house.agent.post(f"/cases/{case}/notes", {**body, "client_id": "n1"})
    again = house.agent.post(f"/cases/{case}/notes", {**body, "client_id": "n1"})

    told = answer.json()
    assert (answer.status_code, again.status_code) == (201, 200)
    assert (told["direction"], told["seq"], told["deliveries"]) == ("note", None, [])
    assert told["parts"] == [{"type": "text", "text": "Da vedere"}]
    assert again.json() == told


def test_a_note_needs_words(house: House) -> None:
    _, case = house.writes("bea")

    assert house.agent.post(f"/cases/{case}/notes", {"text": " "}).status_code == 422


def test_a_case_is_taken_given_back_solved_and_reopened(house: House) -> None:
    _, case = house.writes("bea")
    me = public("stf", house.supervisor.staff)

    def move(verb: str) -> tuple[str, dict[str, Any]]:
        answer = house.supervisor.post(f"/cases/{case}/{verb}")
        assert answer.status_code == 200
        told = answer.json()
        return told["status"], told["owner"]

    assert move("take") == ("open", {"type": "person", "id": me})
    assert move("release") == ("open", {"type": "queue", "id": None})
    assert move("solve")[0] == "solved"
    assert move("reopen")[0] == "open"


def test_a_move_may_be_sent_without_any_body(house: House) -> None:
    _, case = house.writes("bea")

    answer = house.agent.post(f"/cases/{case}/take", b"")

    assert answer.status_code == 200


def test_cases_are_filtered_by_what_is_asked(house: House) -> None:
    bea, first = house.writes("bea")
    carlo, second = house.writes("carlo", to="others")
    house.admin.post(f"/cases/{first}/take")
    house.admin.post(f"/cases/{second}/solve")

    def found(**query: str) -> set[str]:
        return {item["id"] for item in house.admin.get("/cases", **query).json()["items"]}

    assert found() == {first, second}
    assert found(status="open") == {first}
    assert found(status="solved") == {second}
    assert found(status="open,solved") == {first, second}
    assert found(owner="me") == {first}
    assert found(owner=public("stf", house.admin.staff)) == {first}
    assert found(owner=public("stf", house.agent.staff)) == set()
    assert found(team=public("tem", house.teams["others"])) == {second}
    assert found(channel=public("chn", house.channels["own"])) == {first}
    assert found(customer=bea) == {first}
    assert found(customer=carlo, status="open") == set()


@pytest.mark.parametrize("sort", ["due", "newest", "oldest"])
def test_pages_of_cases_hold_each_once(house: House, sort: str) -> None:
    cases = {house.writes(f"cliente{n}")[1] for n in range(7)}
    raw_cursor().execute(
        "UPDATE conversations_case SET due_at = NULL WHERE id = %s", [number("cas", max(cases))]
    )

    seen: list[str] = []
    page = house.agent.get("/cases", sort=sort, limit=2).json()
    seen += [item["id"] for item in page["items"]]
    while page["next"]:
        page = house.agent.get("/cases", sort=sort, limit=2, after=page["next"]).json()
        seen += [item["id"] for item in page["items"]]

    assert len(seen) == 7
    assert set(seen) == cases


def test_a_cursor_that_is_none_is_refused(house: House) -> None:
    assert house.agent.get("/cases", after="xyz").status_code == 422
