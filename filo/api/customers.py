"""Customers, their threads, single messages, and search."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from filo.api import shapes
from filo.api.calls import actor, given, named, opened, told
from filo.api.described import answers
from filo.api.problems import wrong
from filo.conversations import queries as conversations
from filo.conversations.types import MessagePage
from filo.core.db import Cursor
from filo.customers import queries

router = Router(tags=["customers"])
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor_ = Annotated[str, Query(max_length=200)]


@router.get("/customers", openapi_extra=answers(shapes.Page[shapes.Customer]))
def customers(
    request: HttpRequest,
    identity: Annotated[str | None, Query(max_length=320)] = None,
    after: Cursor_ = "",
    limit: Limit = 50,
) -> HttpResponse:
    """Customers by `identity` (E.164, address, or the provider's id), or all you may read."""
    scope = actor(request)
    with opened() as cur:
        if identity is not None:
            found = queries.find(cur, scope, _plus_kept(identity))
            return told(shapes.Page(tuple(shapes.customer(view) for view in found)))
        start = given("cus", "after", after)
        found = queries.people(cur, scope, after=start, limit=limit + 1)
    shown = tuple(shapes.customer(view) for view in found[:limit])
    return told(shapes.Page(shown, shown[-1].id if len(found) > limit else None))


def _plus_kept(identity: str) -> str:
    """A plus that was not escaped arrives as a space: `?identity=+39…`."""
    digits = identity.strip()
    return f"+{digits}" if identity.startswith(" ") and digits.isdecimal() else identity


@router.get("/customers/{id}", openapi_extra=answers(shapes.Customer))
def customer(request: HttpRequest, id: str) -> HttpResponse:
    """One customer with all their identities."""
    with opened() as cur:
        return told(shapes.customer(queries.customer(cur, actor(request), named("cus", id))))


@router.get("/customers/{id}/messages", openapi_extra=answers(shapes.Page[shapes.Message]))
def messages(
    request: HttpRequest,
    id: str,
    after: Cursor_ = "",
    before: Cursor_ = "",
    limit: Limit = 50,
) -> HttpResponse:
    """The thread, oldest first, from its beginning or `after` a message.

    `before` a message gives those just before it, `before=end` the newest; `next` then leads back.
    """
    if after and before:
        raise wrong("before", "Give `after` or `before`, not both.")
    with opened() as cur:
        page, next_ = _thread(cur, request, named("cus", id), after, before, limit)
    shown = tuple(shapes.message(view, reader=actor(request)) for view in page.items)
    return told(shapes.Page(shown, next_))


def _thread(
    cur: Cursor, request: HttpRequest, customer: int, after: str, before: str, limit: int
) -> tuple[MessagePage, str | None]:
    scope = actor(request)
    if not before:
        start = given("msg", "after", after) or 0
        page = conversations.thread(cur, scope, customer, after=start, limit=limit)
        return page, page.after
    end = None if before == "end" else given("msg", "before", before)
    page = conversations.thread(cur, scope, customer, before=end, limit=limit)
    return page, page.before


@router.get("/messages/{id}", openapi_extra=answers(shapes.Message))
def message(request: HttpRequest, id: str) -> HttpResponse:
    """One message with its deliveries."""
    with opened() as cur:
        view = conversations.message(cur, actor(request), named("msg", id))
    return told(shapes.message(view, reader=actor(request)))


@router.get("/search", openapi_extra=answers(shapes.Page[shapes.Found]))
def search(
    request: HttpRequest,
    q: Annotated[str, Query(min_length=1, max_length=400)],
    after: Cursor_ = "",
    limit: Limit = 20,
) -> HttpResponse:
    """Customers and messages with these words, best first."""
    with opened() as cur:
        page = conversations.search(cur, actor(request), q, after=after or None, limit=limit)
    return told(shapes.Page(tuple(shapes.found(hit) for hit in page.items), page.next))
