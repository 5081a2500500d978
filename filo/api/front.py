"""The front of the API: nothing too big, nothing but JSON, nothing kept, no error but a problem."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from filo.api.problems import problem, spoken

LARGEST = 1024 * 1024
WRITES = {"POST", "PUT", "PATCH"}
View = Callable[..., HttpResponseBase]


def fronted(view: View) -> View:
    """The view behind the rules that hold for every address."""

    @wraps(view)
    def front(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = _refusal(request) or _plain(view(request, *args, **kwargs))
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    front.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie is ever read here
    return front


def _refusal(request: HttpRequest) -> HttpResponseBase | None:
    if request.method not in WRITES:
        return None
    # Read once and with a bound: a body that came in chunks has no length to look at.
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return spoken(problem(413, "too_big", f"At most {LARGEST} bytes. Send files by a link."))
    request._body = body
    if body and request.content_type != "application/json":
        return spoken(problem(415, "not_json", "Send `Content-Type: application/json`."))
    return None


def _plain(answer: HttpResponseBase) -> HttpResponseBase:
    """The framework's own words for 405, as a problem."""
    if answer.status_code != 405:
        return answer
    allowed = answer.headers.get("Allow", "")
    told = problem(405, "method_not_allowed", f"This address answers to: {allowed}.")
    return spoken(told, {"Allow": allowed})


def nowhere(request: HttpRequest, path: str = "") -> HttpResponseBase:
    """Any address under /api/v1/ that is none."""
    return spoken(problem(404, "not_found", "There is no such address. See openapi.json."))
