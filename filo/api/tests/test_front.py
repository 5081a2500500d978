"""Nothing leaves the API but JSON and problems, and nothing too big comes in."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from filo.api.front import LARGEST
from filo.api.tests.conftest import House


def problem(answer: Any) -> tuple[int, str]:
    """The problem's status and code, after looking that it is one."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["type"] == f"urn:filo:problem:{told['code']}"
    assert told["title"]
    return told["status"], told["code"]


def test_an_address_that_is_none_is_a_problem(house: House) -> None:
    assert problem(house.admin.get("/nothing")) == (404, "not_found")
    assert problem(house.admin.get("/")) == (404, "not_found")


def test_a_method_that_is_not_allowed_is_a_problem_and_names_those_that_are(house: House) -> None:
    answer = house.admin.post("/customers")

    assert problem(answer) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET"


def test_a_missing_token_is_told_how_to_get_one(house: House) -> None:
    answer = Client().get("/api/v1/cases")

    assert problem(answer) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_what_is_not_json_is_refused(house: House) -> None:
    headers = {"Authorization": f"Bearer {house.admin.token}"}

    answer = Client().post("/api/v1/channels", b"kind=http", "text/plain", headers=headers)

    assert problem(answer) == (415, "not_json")


def test_a_body_that_is_too_big_is_refused_unread(house: House) -> None:
    assert problem(house.admin.post("/channels", b" " * (LARGEST + 1))) == (413, "too_big")


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b'{"kind": 5}', b"\xff\xfe", b"null"])
def test_a_body_that_does_not_fit_is_told_where(house: House, body: bytes) -> None:
    answer = house.admin.post("/channels", body)

    assert problem(answer) == (422, "malformed")
    assert answer.json()["errors"][0]["where"].startswith("$")


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", ""])
def test_a_limit_is_1_to_200(house: House, limit: str) -> None:
    answer = house.admin.get("/customers", limit=limit)

    assert problem(answer) == (422, "invalid")
    assert answer.json()["errors"][0]["where"] == "limit"


@pytest.mark.parametrize(
    "query",
    [
        {"team": "tem_x"},
        {"customer": "x"},
        {"channel": "msg_000000000000C"},
        {"status": "lost"},
        {"owner": "somebody"},
        {"sort": "random"},
    ],
)
def test_a_filter_that_means_nothing_is_refused(house: House, query: dict[str, str]) -> None:
    assert problem(house.admin.get("/cases", **query)) == (422, "invalid")


@pytest.mark.parametrize(
    "path", ["/customers/x", "/cases/cas_x", "/messages/cus_000000000000C", "/channels/x/health"]
)
def test_what_cannot_be_an_id_is_not_found(house: House, path: str) -> None:
    assert problem(house.admin.get(path)) == (404, "not_found")


def test_a_database_that_is_away_is_told_as_503(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection

    token = house.admin
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")

    answer = token.get("/cases")

    assert problem(answer) == (503, "away")
    assert answer.headers["Retry-After"] == "5"


def test_the_description_needs_no_token_and_is_json() -> None:
    answer = Client().get("/api/v1/openapi.json")

    assert answer.status_code == 200
    assert answer.json()["info"]["title"] == "Filo"
