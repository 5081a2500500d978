"""Errors as RFC 9457 problems: what happened and what to do, for people and for programs."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from django.http import HttpResponse

from filo.api.shapes import Message


class Fault(msgspec.Struct, frozen=True):
    """One wrong thing in what was sent: `where` is a path such as `$.parts[0].text`."""

    where: str
    text: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """RFC 9457. `code` tells programs what `title` tells people.

    `newer` stands in a 409 of a reply: what the customer wrote meanwhile.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    errors: tuple[Fault, ...] = ()
    newer: tuple[Message, ...] = ()


class Stopped(Exception):
    """The call ends here, with this problem."""

    def __init__(self, problem: Problem, headers: dict[str, str] | None = None) -> None:
        super().__init__(problem.title)
        self.problem = problem
        self.headers = headers or {}


def stop(status: int, code: str, detail: str = "", **headers: str) -> Stopped:
    """`raise stop(404, "not_found")`; a header `retry_after="1"` is written `Retry-After: 1`."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    return Stopped(problem(status, code, detail), named)


def wrong(where: str, text: str) -> Stopped:
    """One value that was sent cannot be used."""
    return Stopped(problem(422, "invalid", text, errors=(Fault(where, text),)))


def problem(
    status: int,
    code: str,
    detail: str = "",
    *,
    errors: tuple[Fault, ...] = (),
    newer: tuple[Message, ...] = (),
) -> Problem:
    return Problem(
        type=f"urn:filo:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        errors=errors,
        newer=newer,
    )


def spoken(problem: Problem, headers: dict[str, str] | None = None) -> HttpResponse:
    """The problem as an answer."""
    return HttpResponse(
        msgspec.json.encode(problem),
        status=problem.status,
        content_type="application/problem+json",
        headers=headers,
    )
