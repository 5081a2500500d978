"""A program may say all that the schema knows, and is told what is wrong with the rest."""

from __future__ import annotations

from typing import Any

import pytest

from filo.api.tests.conftest import House

CARD = {"type": "card", "title": "Roma", "options": [{"id": "r", "label": "Prenota"}]}
PRICE = {"amount": "49.90", "currency": "EUR"}
NOON = "2026-11-23T12:00:00+01:00"
PASS = {
    "type": "boarding_pass",
    "passenger": "Ada Conti",
    "flight": "FI 123",
    "origin": {"code": "MXP"},
    "destination": {"code": "FCO"},
    "departs": NOON,
    "reference": "X7K2PQ",
    "code": {"kind": "qr", "payload": "M1CONTI"},
}
GOOD: list[dict[str, Any]] = [
    CARD,
    {"type": "carousel", "cards": [CARD, CARD]},
    {"type": "form", "id": "f", "title": "Bag", "fields": [{"name": "t", "label": "Tag"}]},
    {"type": "slots", "text": "When?", "slots": [{"id": "s", "starts": NOON}]},
    {"type": "survey", "id": "q", "text": "How was it?"},
    {"type": "receipt", "number": "R", "items": [{"title": "Bag", "price": PRICE}], "total": PRICE},
    PASS,
    {"type": "shipment", "number": "S", "status": "on its way"},
    {"type": "appointment", "title": "Call", "starts": NOON},
    {"type": "payment", "title": "Change", "price": PRICE, "reference": "P"},
]


def post(house: House, *parts: dict[str, Any]) -> Any:
    _, case = house.writes("bea")
    said = {"parts": list(parts), "client_id": "c1"}
    return house.agent.post(f"/cases/{case}/replies", said)


def test_every_part_can_be_said(house: House) -> None:
    answer = post(house, *GOOD)

    assert answer.status_code == 201, answer.json()
    told = answer.json()["parts"]
    assert [part["type"] for part in told] == [part["type"] for part in GOOD]
    assert [file["mime"] for file in told[6]["files"]] == [
        "application/pdf",
        "image/png",
        "text/calendar",
    ]


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"type": "choice", "text": "?", "options": []}, "there are no answers"),
        ({"type": "card", "title": " "}, "a card needs a title"),
        ({"type": "survey", "id": "q", "text": "?", "scale": 10**9}, "<= 11"),
        ({"type": "appointment", "title": "Call", "starts": NOON[:19]}, "needs its zone"),
        ({**GOOD[9], "price": {"amount": "NaN", "currency": "EUR"}}, "a price needs a number"),
        ({**GOOD[9], "url": "javascript:alert(1)"}, "begins with https://"),
        ({**PASS, "code": {"kind": "ean", "payload": "1"}}, "cannot be drawn"),
        ({**CARD, "options": [CARD["options"][0]] * 2}, "two answers have the id r"),
        ({"type": "hologram"}, "hologram"),
    ],
)
def test_what_is_wrong_with_a_part_is_told(house: House, part: dict[str, Any], words: str) -> None:
    answer = post(house, part)

    assert answer.status_code == 422
    assert words in answer.content.decode()
