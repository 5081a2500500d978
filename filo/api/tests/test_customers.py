"""Customers are found by an address, and their threads read in either direction."""

from __future__ import annotations

from typing import Any

from filo.api.tests.conftest import House
from filo.core.ids import public

TWO = {"limit": 2}


def texts(page: dict[str, Any]) -> list[str]:
    return [message["parts"][0]["text"] for message in page["items"]]


def test_a_customer_is_found_by_an_address(house: House) -> None:
    customer, _ = house.writes("bea")
    known = house.appears("+393331234567")

    assert house.agent.get("/customers", identity="bea").json() == {
        "items": [
            {
                "id": customer,
                "name": "Bea",
                "identities": [
                    {
                        "id": house.agent.get(f"/customers/{customer}").json()["identities"][0][
                            "id"
                        ],
                        "space": f"http:{public('chn', house.channels['own'])}",
                        "value": "bea",
                        "verified": False,
                    }
                ],
            }
        ],
        "next": None,
    }
    found = house.admin.get("/customers", identity="+393331234567").json()["items"]
    assert [item["id"] for item in found] == [known]
    unescaped = house.admin.get("/customers?identity=+393331234567").json()["items"]
    assert [item["id"] for item in unescaped] == [known]
    assert house.admin.get("/customers", identity="").json()["items"] == []
    assert house.admin.get("/customers", identity="nobody").json()["items"] == []


def test_all_customers_come_in_pages(house: House) -> None:
    known = [house.writes(f"cliente{n}")[0] for n in range(5)]

    first = house.agent.get("/customers", **TWO).json()
    second = house.agent.get("/customers", after=first["next"], **TWO).json()
    third = house.agent.get("/customers", after=second["next"], **TWO).json()

    found = [item["id"] for page in (first, second, third) for item in page["items"]]
    assert found == known
    assert third["next"] is None


def test_a_thread_is_read_forwards_from_its_beginning(house: House) -> None:
    for n in range(5):
        customer, _ = house.writes("bea", str(n))
    path = f"/customers/{customer}/messages"

    first = house.agent.get(path, **TWO).json()
    second = house.agent.get(path, after=first["next"], **TWO).json()
    third = house.agent.get(path, after=second["next"], **TWO).json()

    assert [texts(page) for page in (first, second, third)] == [["0", "1"], ["2", "3"], ["4"]]
    assert third["next"] is None


def test_a_thread_is_read_backwards_from_its_end(house: House) -> None:
    for n in range(5):
        customer, _ = house.writes("bea", str(n))
    path = f"/customers/{customer}/messages"

    first = house.agent.get(path, before="end", **TWO).json()
    second = house.agent.get(path, before=first["next"], **TWO).json()
    third = house.agent.get(path, before=second["next"], **TWO).json()

    assert [texts(page) for page in (first, second, third)] == [["3", "4"], ["1", "2"], ["0"]]
    assert third["next"] is None


def test_a_thread_goes_on_after_a_message_that_was_seen(house: House) -> None:
    customer, case = house.writes("bea", "prima")
    seen = house.last(case)
    house.writes("bea", "dopo")

    page = house.agent.get(f"/customers/{customer}/messages", after=seen).json()

    assert texts(page) == ["dopo"]


def test_after_and_before_together_mean_nothing(house: House) -> None:
    customer, case = house.writes("bea")
    last = house.last(case)

    answer = house.agent.get(f"/customers/{customer}/messages", after=last, before=last)

    assert answer.status_code == 422


def test_search_finds_people_and_words(house: House) -> None:
    customer, case = house.writes("bea", "Ho perso la valigia a Malpensa")

    words = house.agent.get("/search", q="valigia").json()["items"]
    people = house.agent.get("/search", q="bea").json()["items"]

    assert (words[0]["kind"], words[0]["case"], words[0]["message"]) == (
        "message",
        case,
        house.last(case),
    )
    assert (people[0]["kind"], people[0]["customer"], people[0]["customer_name"]) == (
        "customer",
        customer,
        "Bea",
    )
    assert house.agent.get("/search", q="").status_code == 422


def test_a_text_that_no_database_can_hold_is_no_disaster(house: House) -> None:
    for path, query in (("/search", "q"), ("/customers", "identity")):
        assert house.agent.get(path, **{query: "a\x00b"}).status_code in {200, 422}
