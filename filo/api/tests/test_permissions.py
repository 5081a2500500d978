"""Who may call what is written down, and it is what happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from filo.api.permissions import MATRIX, OWNERS, ROLES
from filo.api.tests.conftest import Caller, House
from filo.api.v1 import api
from filo.core.db import raw_cursor
from filo.core.events import Happening, emit
from filo.core.ids import public

WORDS = "tramonto"


class World(msgspec.Struct):
    """One thing of each kind that somebody owns."""

    customer: str
    case: str
    message: str
    channel: str
    team: str


def test_every_endpoint_has_a_row_and_every_row_an_endpoint() -> None:
    paths = api.get_openapi_schema()["paths"]
    endpoints = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in paths.items()
        for method in methods
    }

    assert endpoints == set(MATRIX)
    assert endpoints == set(ASK)


def test_whoever_has_no_token_gets_nothing(house: House) -> None:
    nobody = house.agent
    nobody.token = "filo_unknown"

    for endpoint in MATRIX:
        method, path = endpoint.split()
        path = path.replace("{id}", "x")
        answer = nobody.get(path) if method == "GET" else nobody.post(path)
        assert (endpoint, answer.status_code) == (endpoint, 401)


@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_its_row_says(house: House, owner: str, role: str) -> None:
    caller: Caller = getattr(house, role)
    found: dict[str, str] = {}
    expected: dict[str, str] = {}
    for endpoint, row in MATRIX.items():
        outcome = row.outcome(owner, role)
        if outcome != "-":
            expected[endpoint] = outcome
            of = things(house, owner, len(found))
            house.all_told()
            found[endpoint] = ASK[endpoint](caller, of)

    assert found == expected


def things(house: House, owner: str, n: int) -> World:
    if owner == "nobodys":
        customer = house.appears(f"+3902{n:06}")
        emit(raw_cursor(), [Happening("channel_changed")])
        nothing = 2**40
        case, message, channel, team = (
            public(kind, nothing) for kind in ("cas", "msg", "chn", "tem")
        )
        return World(customer, case, message, channel, team)
    customer, case = house.writes(f"{owner}{n}", WORDS, to=owner)
    channel = public("chn", house.channels[owner])
    return World(customer, case, house.last(case), channel, public("tem", house.teams[owner]))


# --- how each endpoint is asked ------------------------------------------------


def outcome(answer: Any) -> str:
    return {200: "yes", 201: "yes", 404: "hidden", 403: "refused"}.get(
        answer.status_code, f"{answer.status_code} {answer.content[:300]!r}"
    )


def listed(answer: Any, key: str, value: str) -> str:
    if answer.status_code != 200:
        return outcome(answer)
    return "yes" if any(item[key] == value for item in answer.json()["items"]) else "hidden"


def read(path: str, field: str) -> Callable[[Caller, World], str]:
    return lambda by, of: outcome(by.get(path.format(id=getattr(of, field))))


def move(verb: str) -> Callable[[Caller, World], str]:
    return lambda by, of: outcome(by.post(f"/cases/{of.case}/{verb}"))


def _customers(by: Caller, of: World) -> str:
    return listed(by.get("/customers", limit=200), "id", of.customer)


def _search(by: Caller, of: World) -> str:
    words = WORDS if not of.case.startswith("cas_00001") else "Nessuno"
    return listed(by.get("/search", q=words, limit=200), "customer", of.customer)


def _cases(by: Caller, of: World) -> str:
    return listed(by.get("/cases", customer=of.customer), "id", of.case)


def _reply(by: Caller, of: World) -> str:
    body = {"parts": [{"type": "text", "text": "Ecco"}], "client_id": "c1"}
    return outcome(by.post(f"/cases/{of.case}/replies", body))


def _note(by: Caller, of: World) -> str:
    return outcome(by.post(f"/cases/{of.case}/notes", {"text": "Da vedere", "client_id": "n1"}))


def _reopen(by: Caller, of: World) -> str:
    by.post(f"/cases/{of.case}/solve")
    return outcome(by.post(f"/cases/{of.case}/reopen"))


def _release(by: Caller, of: World) -> str:
    by.post(f"/cases/{of.case}/take")
    return outcome(by.post(f"/cases/{of.case}/release"))


def _channels(by: Caller, of: World) -> str:
    return listed(by.get("/channels"), "id", of.channel)


def _connect(by: Caller, of: World) -> str:
    body = {"kind": "http", "name": "n", "settings": {"deliver_to": "http://127.0.0.1:9/"}}
    return outcome(by.post("/channels", body))


def _events(by: Caller, of: World) -> str:
    answer = by.get("/events", limit=200)
    if of.case.startswith("cas_00001"):
        return listed(answer, "type", "channel_changed")
    return listed(answer, "case", of.case)


def _teams(by: Caller, of: World) -> str:
    return listed(by.get("/teams"), "id", of.team)


ASK: dict[str, Callable[[Caller, World], str]] = {
    "GET /customers": _customers,
    "GET /customers/{id}": read("/customers/{id}", "customer"),
    "GET /customers/{id}/messages": read("/customers/{id}/messages", "customer"),
    "GET /messages/{id}": read("/messages/{id}", "message"),
    "GET /search": _search,
    "GET /cases": _cases,
    "GET /cases/{id}": read("/cases/{id}", "case"),
    "POST /cases/{id}/replies": _reply,
    "POST /cases/{id}/notes": _note,
    "POST /cases/{id}/take": move("take"),
    "POST /cases/{id}/release": _release,
    "POST /cases/{id}/solve": move("solve"),
    "POST /cases/{id}/reopen": _reopen,
    "GET /channels": _channels,
    "POST /channels": _connect,
    "GET /channels/{id}/health": read("/channels/{id}/health", "channel"),
    "GET /events": _events,
    "POST /uploads": lambda by, of: outcome(by.post("/uploads")),
    "GET /staff/me": read("/staff/me", "case"),
    "GET /teams": _teams,
}
