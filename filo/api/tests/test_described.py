"""The description is committed, current, and says every error of every endpoint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from filo.api.described import READING, WRITING
from filo.api.v1 import api

SNAPSHOT = Path(__file__).parents[3] / "docs" / "reference" / "openapi.json"
REMEDY = "The API changed: write the new description with `bin/test --accept` and look at the diff."


def described() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
    return found


def operations() -> list[tuple[str, dict[str, Any]]]:
    return [
        (method, operation)
        for path in described()["paths"].values()
        for method, operation in path.items()
    ]


def test_the_committed_description_is_current(request: pytest.FixtureRequest) -> None:
    text = json.dumps(api.get_openapi_schema(), indent=2, ensure_ascii=False) + "\n"
    if request.config.getoption("accept", default=False):
        SNAPSHOT.write_text(text, "utf-8")

    assert SNAPSHOT.read_text("utf-8") == text, REMEDY


@pytest.mark.parametrize(("method", "operation"), operations())
def test_every_endpoint_declares_its_errors_as_problems(
    method: str, operation: dict[str, Any]
) -> None:
    declared = {
        int(status)
        for status, answer in operation["responses"].items()
        if "application/problem+json" in answer["content"]
    }

    assert declared >= set(READING if method == "get" else WRITING)


@pytest.mark.parametrize(("method", "operation"), operations())
def test_every_write_takes_an_idempotency_key(method: str, operation: dict[str, Any]) -> None:
    names = {parameter["name"] for parameter in operation["parameters"]}

    assert ("Idempotency-Key" in names) == (method != "get")


def test_every_reference_leads_somewhere() -> None:
    text = msgspec.json.encode(described()).decode()
    wanted = {piece.split('"')[0] for piece in text.split("#/components/schemas/")[1:]}

    assert wanted <= set(described()["components"]["schemas"])
