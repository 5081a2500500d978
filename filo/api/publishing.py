"""What everyone can read: answer there, moderate there, go on in private."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from filo.api import shapes
from filo.api.calls import actor, given, named, sent, told
from filo.api.cases import A_MESSAGE, ClientId, wrote
from filo.api.described import takes
from filo.api.once import written
from filo.channels.contract import Moderation, Part, Text
from filo.conversations import operations, queries
from filo.core.db import Cursor
from filo.staff.types import Scope

router = Router(tags=["in public"])
Parts = Annotated[tuple[Part, ...], msgspec.Meta(min_length=1, max_length=20)]


class PublicReply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to publish below `about`, a public message of the customer (default: their last one)."""

    parts: Parts
    client_id: ClientId
    about: str | None = None
    last_seen: str | None = None


class Continuation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to tell the author of `about` in private; `pointer` is said in public about it."""

    parts: Parts
    client_id: ClientId
    about: str
    last_seen: str | None = None
    pointer: Annotated[str, msgspec.Meta(max_length=300)] = ""


class Deed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do with public words at the provider's."""

    action: Literal["hide", "unhide", "like", "unlike", "delete"]


@router.post("/cases/{id}/public-replies", openapi_extra=takes(PublicReply, A_MESSAGE))
def public_reply(request: HttpRequest, id: str) -> HttpResponse:
    """Publish an answer, at most once: the same `client_id` again is told the same message."""
    case = named("cas", id)
    said = sent(request, PublicReply)
    return written(request, lambda cur: _publish(cur, actor(request), case, said))


def _publish(cur: Cursor, by: Scope, case: int, said: PublicReply) -> HttpResponse:
    return wrote(
        operations.reply_in_public(
            cur,
            by,
            case,
            said.parts,
            client_id=said.client_id,
            about=given("msg", "$.about", said.about),
            last_seen=given("msg", "$.last_seen", said.last_seen),
        ),
        by,
    )


@router.post("/cases/{id}/continuations", openapi_extra=takes(Continuation, A_MESSAGE))
def continuation(request: HttpRequest, id: str) -> HttpResponse:
    """Go on in private about public words, once where the channel allows it at all."""
    case = named("cas", id)
    said = sent(request, Continuation)
    return written(request, lambda cur: _go_on(cur, actor(request), case, said))


def _go_on(cur: Cursor, by: Scope, case: int, said: Continuation) -> HttpResponse:
    about = given("msg", "$.about", said.about) or 0
    begun = operations.take_up(
        cur,
        by,
        case,
        said.parts,
        client_id=said.client_id,
        about=about,
        last_seen=given("msg", "$.last_seen", said.last_seen),
    )
    if said.pointer.strip() and begun.new:
        operations.reply_in_public(
            cur,
            by,
            case,
            [Text(said.pointer.strip())],
            client_id=f"{said.client_id}:pointer",
            about=about,
            points_to=named("msg", begun.message.id),
        )
    return wrote(begun, by)


@router.post("/messages/{id}/moderations", openapi_extra=takes(Deed, {200: shapes.Message}))
def moderation(request: HttpRequest, id: str) -> HttpResponse:
    """Hide, show again, like or delete public words; told when the provider has done it."""
    message = named("msg", id)
    wanted = sent(request, Deed)
    return written(request, lambda cur: _moderate(cur, actor(request), message, wanted))


def _moderate(cur: Cursor, by: Scope, message: int, wanted: Deed) -> HttpResponse:
    operations.moderate(cur, by, message, Moderation(wanted.action))
    return told(shapes.message(queries.message(cur, by, message), reader=by))
