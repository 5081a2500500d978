"""Calls made from the API's own description, good ones and bad: what is declared is what is told.

`FILO_TEST_EXAMPLES=500 bin/test filo/api/tests/test_generated.py` looks deeper.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import msgspec
import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from filo.api.tests.conftest import House
from filo.api.v1 import api
from filo.core.ids import public

EXAMPLES = int(os.environ.get("FILO_TEST_EXAMPLES", "8"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ALL = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


def described() -> Any:
    return msgspec.json.decode(msgspec.json.encode(dict(api.get_openapi_schema())))


def operations() -> Iterator[Any]:
    schema = schemathesis.openapi.from_dict(described())
    schema.app = get_wsgi_application()
    for found in schema.get_all_operations():
        if isinstance(found, Ok):
            yield found.ok()


def known(house: House) -> dict[str, str]:
    customer, case = house.writes("bea")
    return {
        "customers": customer,
        "cases": case,
        "messages": house.last(case),
        "channels": public("chn", house.channels["own"]),
    }


@pytest.mark.slow
def test_threat_4_what_is_declared_is_what_is_told(house: House) -> None:
    ids, told_so = known(house), set()
    headers = {"Authorization": f"Bearer {house.admin.token}"}
    for operation in operations():
        known_id = ids.get(operation.path.split("/")[3], "")
        told_so |= told(operation, GenerationMode.NEGATIVE, headers, "")
        told_so |= told(operation, GenerationMode.POSITIVE, headers, known_id)

    assert told_so >= {200, 422}, "calls that are good and calls that are not"


def told(operation: Any, mode: GenerationMode, headers: dict[str, str], known_id: str) -> set[int]:
    """Make calls and look at each answer; which statuses there were."""
    seen = set()

    @ALL
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        if known_id and "id" in case.path_parameters:
            case.path_parameters["id"] = known_id
        answer = case.call(headers=headers)
        seen.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    call()
    return seen


GOOD: dict[str, dict[str, Any]] = {
    "/cases/{id}/replies": {
        "parts": [
            {"type": "text", "text": "Ciao"},
            {"type": "location", "latitude": 1.5, "longitude": 2.5, "name": "Casa"},
        ],
        "client_id": "c1",
        "identity": "idn_0000000000001",
        "last_seen": "msg_0000000000001",
    },
    "/cases/{id}/notes": {"text": "Ciao", "client_id": "c1", "mentions": ["stf_0000000000001"]},
    "/cases/{id}/public-replies": {
        "parts": [{"type": "text", "text": "Ciao"}],
        "client_id": "c1",
        "about": "msg_0000000000001",
        "last_seen": "msg_0000000000001",
    },
    "/cases/{id}/continuations": {
        "parts": [{"type": "text", "text": "Ciao"}],
        "client_id": "c1",
        "about": "msg_0000000000001",
        "last_seen": "msg_0000000000001",
        "pointer": "Le scriviamo in privato",
    },
    "/messages/{id}/moderations": {"action": "hide"},
    "/channels": {
        "kind": "http",
        "name": "n",
        "settings": {"public": "false"},
        "team": "tem_0000000000001",
        "answer_within": 60,
    },
}
# What never comes from a caller: of another table, of somebody else, or the house's own to say.
NEVER = ("id", "owner", "author", "customer", "case", "state", "role", "staff", "hash", "__class__")


def leaves(value: Any, where: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every scalar."""
    pairs: Any = value.items() if isinstance(value, dict) else enumerate(value)
    for name, inner in pairs:
        if isinstance(inner, dict | list):
            yield from leaves(inner, (*where, name))
        else:
            yield (*where, name)


def changed(body: Any, where: tuple[Any, ...], change: Any) -> Any:
    """The same body with one place of it changed."""
    found = deepcopy(body)
    inner = found
    for name in where[:-1]:
        inner = inner[name]
    inner[where[-1]] = change(inner[where[-1]])
    return found


def wrapped(body: Any) -> Iterator[Any]:
    for where in leaves(body):
        yield changed(body, where, lambda scalar: {"0": scalar})
        if where[0] != "settings":  # a setting may be said as a list of words
            yield changed(body, where, lambda scalar: [scalar])


def with_more(body: Any) -> Iterator[Any]:
    for name in NEVER:
        if name not in body:
            yield {**body, name: "x"}
        if parts := body.get("parts"):
            yield {**body, "parts": [{**parts[0], name: "x"}, *parts[1:]]}


def test_every_write_that_reads_a_body_is_tried() -> None:
    reading = {
        path.removeprefix("/api/v1")
        for path, methods in described()["paths"].items()
        if "requestBody" in methods.get("post", {})
    }

    assert reading == set(GOOD)


def filled(house: House, path: str) -> str:
    """The address of a case, or of its newest message, that is really there."""
    _, case = house.writes("bea")
    newest = house.admin.get(f"/cases/{case}").json()["last_message"]
    return path.replace("{id}", newest if path.startswith("/messages/") else case)


@pytest.mark.parametrize("path", GOOD)
def test_threat_4_a_scalar_in_a_list_or_an_object_is_refused(house: House, path: str) -> None:
    address = filled(house, path)

    for body in wrapped(GOOD[path]):
        answer = house.admin.post(address, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "malformed"), body


@pytest.mark.parametrize("path", GOOD)
def test_threat_3_a_field_that_nobody_asked_for_is_refused(house: House, path: str) -> None:
    address = filled(house, path)

    for body in with_more(GOOD[path]):
        answer = house.admin.post(address, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "malformed"), body
