"""What leaves the process in its logs: ids and counts, nobody's words."""

from __future__ import annotations

import json
import logging
from typing import Any

import psycopg
import pytest
from django.test import RequestFactory
from django.urls import resolve

from filo.project.logging import Lines

SAID = "My card is 4111 1111 1111 1111"


def line(
    message: str, *args: object, problem: BaseException | None = None, **extra: object
) -> dict[str, Any]:
    record = logging.getLogger("filo.test").makeRecord(
        "filo.test",
        logging.WARNING,
        __file__,
        1,
        message,
        args,
        (type(problem), problem, problem.__traceback__) if problem else None,
        extra=extra,
    )
    found: dict[str, Any] = json.loads(Lines().format(record))
    return found


def test_ids_and_counts_are_printed() -> None:
    said = line("A call was kept.", journal=12, channel="chn_000000000000C", late=False)

    assert said["message"] == "A call was kept."
    assert (said["journal"], said["channel"], said["late"]) == (12, "chn_000000000000C", False)


def test_what_somebody_wrote_is_not() -> None:
    said = line("Received %s", SAID, text=SAID, who="ada@example.com")

    assert "4111" not in json.dumps(said)
    assert "ada@example.com" not in json.dumps(said)


@pytest.mark.parametrize("name", ["token", "access_token", "app_secret", "password", "Cookie"])
def test_a_secret_is_hidden_by_its_name(name: str) -> None:
    named: dict[str, Any] = {name: "s3cr3t"}

    assert line("x", **named)[name] == "[hidden]"


def test_an_exception_says_which_and_where_but_quotes_nothing() -> None:
    try:
        raise ValueError(SAID)
    except ValueError as problem:
        said = line("It failed.", problem=problem)

    assert said["exception"] == "builtins.ValueError"
    assert "test_logging.py" in said["trace"][-1]
    assert "4111" not in json.dumps(said)


def test_a_refused_row_is_known_by_its_constraint(committed_db: str) -> None:
    with psycopg.connect(committed_db) as connection, pytest.raises(psycopg.Error) as refused:
        connection.execute("INSERT INTO core_fact (name, value) VALUES ('epoch', %s)", [SAID])

    said = line("It failed.", problem=refused.value)

    assert said["sqlstate"] == "23505"
    assert said["constraint"] == "core_fact_pkey"
    assert "4111" not in json.dumps(said)


def test_a_request_that_failed_is_named_by_the_shape_of_its_address() -> None:
    """Django fills the holes of its own template with what may be an id or a token."""
    asked = RequestFactory().get("/account/welcome/secretlink")
    asked.resolver_match = resolve(asked.path)

    known = line("%s: %s", "Internal Server Error", asked.path, request=asked, status_code=500)
    unknown = line("%s: %s", "Not Found", "/x", request=RequestFactory().get("/x"))

    assert known["message"] == "Internal Server Error: account/welcome/<str:token>"
    assert known["status_code"] == 500
    assert unknown["message"] == "Not Found: no such address"
    assert "secretlink" not in json.dumps(known)
