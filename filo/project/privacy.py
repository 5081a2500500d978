"""Pages of a care desk are for the eyes of one: no browser or proxy keeps them on its disk."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


def kept_nowhere(answer: Answer) -> Answer:
    """What does not say itself how long it may be kept, may not be kept at all."""

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answered
