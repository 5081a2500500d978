"""What happened, in order, from a cursor on: nothing skipped, nothing told that is not yours."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from filo.api import shapes
from filo.api.calls import actor, opened, told
from filo.api.described import answers
from filo.api.problems import wrong
from filo.core.ids import BadId
from filo.live import queries

router = Router(tags=["events"])


@router.get("/events", openapi_extra=answers(shapes.Events, 409))
def events(
    request: HttpRequest,
    after: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> HttpResponse:
    """What happened `after` a cursor or an event. A cursor from before a restore is a 409."""
    try:
        with opened() as cur:
            page = queries.happened(cur, actor(request), after, limit=limit)
    except BadId as bad:
        raise wrong("after", str(bad)) from None
    shown = tuple(shapes.event(one) for one in page.items)
    return told(shapes.Events(shown, page.cursor if page.more else None, page.cursor))
