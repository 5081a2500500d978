"""Whatever is sent, nothing breaks here and nothing is answered that was not declared."""

from __future__ import annotations

import json
import random
from typing import Any
from urllib.parse import quote

import pytest

from filo.api.tests.conftest import Caller, House
from filo.api.v1 import api
from filo.core.ids import public

TIMES = 12
ODD = [
    *(
        "",
        "x",
        "\x00",
        "a\x00b",
        "é😀",
        "-1",
        "0",
        "9" * 40,
        "null",
        "[]",
        "' OR 1=1 --",
        "%",
        "*:&|!",
    ),
    *("cus_ZZZZZZZZZZZZZ", "msg_7ZZZZZZZZZZZZ", "msg_0000000000000", "evt_0000000000001"),
    *("89c0.9.9", "e30", "me", "open,,solved", "\u202e", "due", "a" * 5000),
    "eyJzb3J0IjoiZHVlIiwiYXQiOiIwMDAxLTAxLTAxVDAwOjAwOjAwWiIsImlkIjo5OTk5OTk5OTk5OTk5OTk5OTk5OTl9",
]
TEXT = [{"type": "text", "text": "ciao"}]
VALUES: list[Any] = [
    *(None, True, 1, -5, 10**30, 1.5, [], {}, TEXT, {"a": {"b": "c"}}),
    [{"type": "media", "mime": "\x00"}],
    [{"type": "choice", "text": "x", "options": []}],
    [{"type": "location", "latitude": 1e308, "longitude": 0}],
    [{"type": "native", "kind": "x", "payload": {"a": "\x00"}}],
    *ODD,
]
FIELDS = (
    *("parts", "client_id", "identity", "last_seen", "text", "mentions"),
    *("kind", "name", "settings", "team", "answer_within"),
)


def endpoints() -> list[tuple[str, str, dict[str, Any]]]:
    paths = api.get_openapi_schema()["paths"]
    return [
        (method, path.removeprefix("/api/v1"), operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
    ]


@pytest.mark.parametrize("seed", range(3))
def test_no_words_break_an_endpoint(house: House, seed: int) -> None:
    chance = random.Random(seed)
    customer, case = house.writes("bea")
    known = {
        "customers": customer,
        "cases": case,
        "messages": house.last(case),
        "channels": public("chn", house.channels["own"]),
    }
    for method, path, operation in endpoints():
        declared = {int(status) for status in operation["responses"]}
        for _ in range(TIMES):
            kind = path.split("/")[1]
            ours = chance.random() < 0.7 and kind in known
            id_ = known[kind] if ours else quote(chance.choice(ODD), safe="") or "x"
            answer = call(house.admin, chance, method, path.replace("{id}", id_), operation)
            assert answer.status_code in declared, (method, path, answer.content)


def call(
    by: Caller, chance: random.Random, method: str, path: str, operation: dict[str, Any]
) -> Any:
    if method == "get":
        names = [one["name"] for one in operation["parameters"] if one["in"] == "query"]
        return by.get(path, **{name: chance.choice(ODD) for name in names if chance.random() < 0.6})
    body = {name: chance.choice(VALUES) for name in FIELDS if chance.random() < 0.6}
    if chance.random() < 0.5:
        body |= {"parts": TEXT, "client_id": "c", "kind": "http"}
    return by.post(path, json.dumps(body).encode())
