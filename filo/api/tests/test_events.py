"""Events are told in order, none skipped, none twice, none that is not the reader's."""

from __future__ import annotations

from typing import Any

from filo.api.tests.conftest import Caller, House
from filo.core.db import connect
from filo.core.events import Happening, emit
from filo.core.ids import number


def types(page: dict[str, Any]) -> list[str]:
    return [event["type"] for event in page["items"]]


def test_an_event_is_told_in_the_documented_words(house: House) -> None:
    customer, case = house.writes("bea")
    house.all_told()

    events = house.agent.get("/events").json()["items"]

    received = next(event for event in events if event["type"] == "message_received")
    assert received.pop("id").startswith("evt_")
    assert received.pop("at").endswith("Z")
    assert (received["customer"], received["case"]) == (customer, case)
    assert received["data"]["message"] == house.last(case)


def test_pages_hold_each_event_once_and_end(house: House) -> None:
    for n in range(4):
        house.writes(f"cliente{n}")
    house.all_told()
    everything = house.agent.get("/events", limit=200).json()
    assert everything["next"] is None

    found = []
    page = house.agent.get("/events", limit=3).json()
    found += page["items"]
    while page["next"]:
        page = house.agent.get("/events", limit=3, after=page["next"]).json()
        found += page["items"]

    assert found == everything["items"]


def test_whoever_polls_goes_on_from_the_cursor_or_from_the_last_event(house: House) -> None:
    house.writes("bea")
    house.all_told()
    before = house.agent.get("/events").json()
    assert house.agent.get("/events", after=before["cursor"]).json()["items"] == []
    _, case = house.writes("carlo")
    house.all_told()

    by_cursor = house.agent.get("/events", after=before["cursor"]).json()["items"]
    by_event = house.agent.get("/events", after=before["items"][-1]["id"]).json()["items"]

    assert by_cursor == by_event
    assert {event["case"] for event in by_cursor} == {case}


def test_what_is_not_yours_is_passed_over_and_does_not_stop_you(house: House) -> None:
    for n in range(5):
        house.writes(f"altrui{n}", to="others")
    _, mine = house.writes("bea")
    house.all_told()

    page = house.agent.get("/events", limit=1).json()

    assert [event["case"] for event in page["items"]] == [mine]


def test_an_event_of_a_transaction_that_commits_late_is_not_skipped(house: House) -> None:
    customer, _ = house.writes("bea")
    house.all_told()
    start = house.admin.get("/events").json()["cursor"]
    with connect() as slow, slow.transaction():
        emit(slow.cursor(), [Happening("note_written", number("cus", customer))])
        house.writes("carlo")
        during = poll(house.admin, start)
    house.all_told()
    after = poll(house.admin, during["cursor"])

    seen = [event["id"] for event in during["items"] + after["items"]]
    told = house.admin.get("/events", after=start, limit=200).json()
    assert "note_written" in types(after)
    assert sorted(seen) == sorted(event["id"] for event in told["items"])
    assert len(seen) == len(set(seen))


def poll(by: Caller, cursor: str) -> dict[str, Any]:
    page: dict[str, Any] = by.get("/events", after=cursor, limit=200).json()
    return page


def test_a_cursor_of_another_epoch_is_told_to_begin_anew(house: House) -> None:
    answer = house.agent.get("/events", after="otherepoch.5.5")

    assert (answer.status_code, answer.json()["code"]) == (409, "reset")
