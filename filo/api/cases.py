"""Cases: find them, answer in them, move them on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal
from uuid import uuid4

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from filo.api import shapes
from filo.api.calls import actor, given, named, opened, sent, told
from filo.api.described import answers, takes
from filo.api.once import written
from filo.api.problems import wrong
from filo.channels.contract import Part, Text
from filo.conversations import operations, queries
from filo.conversations.types import CaseFilter, CaseView, Written
from filo.core.db import Cursor
from filo.staff.types import Scope

router = Router(tags=["cases"])
STATUSES = ("open", "waiting", "snoozed", "solved")
Limit = Annotated[int, Query(ge=1, le=200)]
Short = Annotated[str, Query(max_length=200)]
ClientId = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
A_MESSAGE = {200: shapes.Message, 201: shapes.Message}
THE_CASE = {200: shapes.Case}


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to tell the customer; without `identity` it goes to the one that wrote last.

    `last_seen` is the newest message you have read: newer words of the customer stop the reply.
    """

    parts: Annotated[tuple[Part, ...], msgspec.Meta(min_length=1, max_length=20)]
    client_id: ClientId
    identity: str | None = None
    last_seen: str | None = None


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words for colleagues, as `text` or as text `parts`; `mentions` are ids of staff."""

    text: str = ""
    parts: tuple[Text, ...] = ()
    client_id: ClientId | None = None
    mentions: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return self.text or "\n".join(part.text for part in self.parts)


# --- find --------------------------------------------------------------------


@router.get("/cases", openapi_extra=answers(shapes.Page[shapes.Case]))
def cases(
    request: HttpRequest,
    status: Short = "",
    owner: Short = "",
    team: Short = "",
    customer: Short = "",
    channel: Short = "",
    sort: Literal["due", "newest", "oldest"] = "due",
    after: Short = "",
    limit: Limit = 50,
) -> HttpResponse:
    """Cases you may read. `status`: one or several, with commas. `owner`: me, queue, bot, an id."""
    wanted = CaseFilter(
        status=_statuses(status),
        owner=_owner(owner),
        team=given("tem", "team", team),
        channel=given("chn", "channel", channel),
        customer=given("cus", "customer", customer),
        sort=sort,
    )
    with opened() as cur:
        page = queries.cases(cur, actor(request), wanted, after=after or None, limit=limit)
    return told(shapes.Page(tuple(shapes.case(view) for view in page.items), page.next))


def _statuses(text: str) -> tuple[str, ...]:
    if not text:
        return STATUSES
    wanted = tuple(text.split(","))
    if unknown := [one for one in wanted if one not in STATUSES]:
        raise wrong("status", f"'{unknown[0]}' is none of: {', '.join(STATUSES)}.")
    return wanted


def _owner(text: str) -> str:
    if text not in {"", "me", "queue", "bot"}:
        given("stf", "owner", text)
    return text


@router.get("/cases/{id}", openapi_extra=answers(shapes.Case))
def case(request: HttpRequest, id: str) -> HttpResponse:
    """One case."""
    with opened() as cur:
        return told(shapes.case(queries.case(cur, actor(request), named("cas", id))))


@router.get("/cases/{id}/roads", openapi_extra=answers(shapes.Page[shapes.Road]))
def roads(request: HttpRequest, id: str) -> HttpResponse:
    """The ways to answer, the one they wrote by last first, and which of them are open now."""
    with opened() as cur:
        found = queries.roads(cur, actor(request), named("cas", id))
    return told(shapes.Page(tuple(shapes.road(one) for one in found), None))


# --- answer ------------------------------------------------------------------


@router.post("/cases/{id}/replies", openapi_extra=takes(Reply, A_MESSAGE))
def reply(request: HttpRequest, id: str) -> HttpResponse:
    """Answer the customer. The same `client_id` again is told the same message, with 200."""
    number = named("cas", id)
    said = sent(request, Reply)
    return written(request, lambda cur: _reply(cur, actor(request), number, said))


def _reply(cur: Cursor, by: Scope, case: int, said: Reply) -> HttpResponse:
    return wrote(
        operations.reply(
            cur,
            by,
            case,
            said.parts,
            client_id=said.client_id,
            identity=given("idn", "$.identity", said.identity),
            last_seen=given("msg", "$.last_seen", said.last_seen),
        ),
        by,
    )


@router.post("/cases/{id}/notes", openapi_extra=takes(Note, A_MESSAGE))
def note(request: HttpRequest, id: str) -> HttpResponse:
    """Tell your colleagues something that the customer never sees."""
    number = named("cas", id)
    said = sent(request, Note)
    if not said.words.strip():
        raise wrong("$.text", "A note needs words.")
    return written(request, lambda cur: _note(cur, actor(request), number, said))


def _note(cur: Cursor, by: Scope, case: int, said: Note) -> HttpResponse:
    mentions = tuple(given("stf", "$.mentions", one) or 0 for one in said.mentions)
    client_id = said.client_id or str(uuid4())
    return wrote(
        operations.note(cur, by, case, said.words, client_id=client_id, mentions=mentions), by
    )


def wrote(written: Written, by: Scope) -> HttpResponse:
    """201 and the new message, or 200 and the one that was there."""
    return told(shapes.message(written.message, reader=by), 201 if written.new else 200)


# --- move on -----------------------------------------------------------------

Move = Callable[[Cursor, Scope, int], CaseView]


def _moved(request: HttpRequest, id: str, move: Move) -> HttpResponse:
    number = named("cas", id)
    return written(request, lambda cur: told(shapes.case(move(cur, actor(request), number))))


@router.post("/cases/{id}/take", openapi_extra=takes(None, THE_CASE))
def take(request: HttpRequest, id: str) -> HttpResponse:
    """Make the case yours."""
    return _moved(request, id, operations.take)


@router.post("/cases/{id}/release", openapi_extra=takes(None, THE_CASE))
def release(request: HttpRequest, id: str) -> HttpResponse:
    """Give the case back to its team's queue."""
    return _moved(request, id, operations.release)


@router.post("/cases/{id}/solve", openapi_extra=takes(None, THE_CASE))
def solve(request: HttpRequest, id: str) -> HttpResponse:
    """Say that the matter is settled."""
    return _moved(request, id, operations.solve)


@router.post("/cases/{id}/reopen", openapi_extra=takes(None, THE_CASE))
def reopen(request: HttpRequest, id: str) -> HttpResponse:
    """Say that the matter is not settled after all."""
    return _moved(request, id, operations.reopen)
