"""Which problem each verdict of the parts beneath becomes. One page, so that none is forgotten."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import msgspec
import psycopg
import psycopg_pool
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from filo.api import shapes
from filo.api.calls import actor
from filo.api.problems import Fault, Problem, Stopped, problem, spoken
from filo.channels.types import BadSettings, NoSuchChannel
from filo.conversations.queries import BadCursor
from filo.conversations.types import CannotSend, NewerWords, NotFound
from filo.customers.types import NoSuchCustomer
from filo.live.queries import Reset
from filo.staff.types import NotAllowed, Refused

log = logging.getLogger("filo.api")
Tell = Callable[[Any], Problem]
HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}


def listen(api: NinjaAPI) -> None:
    """Tell the framework what to answer."""
    for kind, tell in VERDICTS.items():
        api.add_exception_handler(kind, _answering(tell))
    api.add_exception_handler(Stopped, _stopped)
    api.add_exception_handler(NewerWords, _newer_words)


def _answering(tell: Tell) -> Callable[[HttpRequest, Any], HttpResponse]:
    def answer(request: HttpRequest, verdict: Any) -> HttpResponse:
        told = tell(verdict)
        return spoken(told, HEADERS.get(told.status))

    return answer


def _newer_words(request: HttpRequest, verdict: Any) -> HttpResponse:
    words = tuple(shapes.message(view, reader=actor(request)) for view in verdict.newer)
    return spoken(problem(409, "newer_words", str(verdict), newer=words))


def _stopped(request: HttpRequest, verdict: Any) -> HttpResponse:
    return spoken(verdict.problem, verdict.headers)


def _not_found(verdict: Exception) -> Problem:
    return problem(404, "not_found", "There is no such thing, or you may not know that there is.")


def _not_allowed(verdict: NotAllowed) -> Problem:
    return problem(403, "not_allowed", str(verdict))


def _reset(verdict: Reset) -> Problem:
    return problem(409, "reset", "This cursor is of another time. Begin without one.")


def _cannot_send(verdict: CannotSend) -> Problem:
    return problem(422, verdict.code, str(verdict))


def _malformed(verdict: Exception) -> Problem:
    # msgspec says the place last: Expected `str`, got `int` - at `$.parts[0].text`
    text, _, place = str(verdict).partition(" - at `")
    return problem(422, "malformed", str(verdict), errors=(Fault(place.rstrip("`") or "$", text),))


def _bad_cursor(verdict: BadCursor) -> Problem:
    return problem(422, "invalid", str(verdict), errors=(Fault("after", str(verdict)),))


def _bad_settings(verdict: BadSettings) -> Problem:
    faults = tuple(Fault(f"$.settings.{name}", text) for name, text in verdict.problems.items())
    return problem(422, "bad_settings", str(verdict), errors=faults)


def _refused(verdict: Refused) -> Problem:
    return problem(422, "invalid", str(verdict), errors=(Fault(verdict.field, str(verdict)),))


def _bad_parameters(verdict: ValidationError) -> Problem:
    faults = tuple(Fault(str(one["loc"][-1]), one["msg"]) for one in verdict.errors)
    told = "; ".join(f"{fault.where}: {fault.text}" for fault in faults)
    return problem(422, "invalid", told, errors=faults)


def _unknown_caller(verdict: AuthenticationError) -> Problem:
    told = "Send `Authorization: Bearer <token>`; `filo token create` makes one."
    return problem(401, "unauthorized", told)


def _away(verdict: Exception) -> Problem:
    log.warning("the database did not answer an API call", exc_info=verdict)
    return problem(503, "away", "The database is away for a moment. Ask again.")


def _our_fault(verdict: Exception) -> Problem:
    log.error("an API call failed", exc_info=verdict)
    return problem(500, "our_fault", "Something broke here. It has been logged.")


VERDICTS: dict[type[Exception], Tell] = {
    NotFound: _not_found,
    NoSuchChannel: _not_found,
    NoSuchCustomer: _not_found,
    NotAllowed: _not_allowed,
    Reset: _reset,
    CannotSend: _cannot_send,
    msgspec.ValidationError: _malformed,
    msgspec.DecodeError: _malformed,
    UnicodeDecodeError: _malformed,
    RecursionError: _malformed,
    psycopg.DataError: _malformed,  # a NUL character, which no text of ours can hold
    BadCursor: _bad_cursor,
    BadSettings: _bad_settings,
    Refused: _refused,
    ValidationError: _bad_parameters,
    AuthenticationError: _unknown_caller,
    psycopg.OperationalError: _away,
    psycopg.InterfaceError: _away,
    psycopg_pool.PoolTimeout: _away,
    OperationalError: _away,
    InterfaceError: _away,
    Exception: _our_fault,
}
