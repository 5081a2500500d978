"""Channels: which there are, how they do, and a new one."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from filo.api import shapes
from filo.api.calls import actor, given, named, opened, sent, told
from filo.api.described import answers, takes
from filo.api.once import written
from filo.api.problems import wrong
from filo.channels import operations, queries
from filo.channels.types import ChannelConfig
from filo.conversations.types import NotFound
from filo.core.db import Cursor
from filo.core.ids import public
from filo.staff import queries as staff
from filo.staff.types import NotAllowed, Scope

router = Router(tags=["channels"])
Value = str | int | bool | list[str]


class NewChannel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`settings` are those of the channel's kind; without `team` the first team gets its cases."""

    kind: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    settings: dict[str, Value | None] = {}
    team: str | None = None
    answer_within: Annotated[int, msgspec.Meta(ge=1, le=31_536_000)] | None = None  # seconds


@router.get("/channels", openapi_extra=answers(shapes.Page[shapes.Channel]))
def channels(request: HttpRequest) -> HttpResponse:
    """The channels of your teams; their settings only to an administrator."""
    scope = actor(request)
    with opened() as cur:
        found = [one for one in queries.load(cur) if scope.may_work(one.team)]
    return told(shapes.Page(tuple(_shown(one, scope) for one in found)))


@router.post(
    "/channels", response={201: None}, openapi_extra=takes(NewChannel, {201: shapes.Channel})
)
def connect(request: HttpRequest) -> HttpResponse:
    """Connect a channel. The provider is not called; give it `webhook_url` yourself."""
    scope = actor(request)
    if not scope.everything:
        raise NotAllowed("Only an administrator connects channels.")
    wanted = sent(request, NewChannel)
    return written(request, lambda cur: _connect(cur, scope, wanted))


def _connect(cur: Cursor, scope: Scope, wanted: NewChannel) -> HttpResponse:
    settings = {name: _text(value) for name, value in wanted.settings.items() if value is not None}
    promise = timedelta(seconds=wanted.answer_within) if wanted.answer_within else None
    team = _team(cur, scope, wanted.team)
    new = operations.connect(cur, wanted.kind, wanted.name, team, settings, promise, by=scope.staff)
    return told(_shown(queries.one(cur, new), scope), 201)


def _text(value: Value) -> str:
    """Settings are text; programs like to send numbers, truth and lists."""
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return " ".join(value)
        case _:
            return str(value)


def _team(cur: Cursor, scope: Scope, team: str | None) -> int | None:
    wanted = given("tem", "$.team", team)
    if wanted is not None and team not in {one.id for one in staff.teams(cur, scope)}:
        raise wrong("$.team", "There is no such team.")
    return wanted


@router.get("/channels/{id}/health", openapi_extra=answers(shapes.ChannelHealth))
def health(request: HttpRequest, id: str) -> HttpResponse:
    """How a channel does."""
    number = named("chn", id)
    with opened() as cur:
        channel = queries.one(cur, number)
        if not actor(request).may_work(channel.team):
            raise NotFound
        how = queries.health(cur, number)
    told_of = set(how.__struct_fields__) & set(shapes.ChannelHealth.__struct_fields__)
    shown = {name: getattr(how, name) for name in told_of}
    return told(shapes.ChannelHealth(id=channel.public, active=channel.active, **shown))


def _shown(channel: ChannelConfig, scope: Scope) -> shapes.Channel:
    return shapes.Channel(
        id=channel.public,
        kind=channel.kind,
        name=channel.name,
        team=public("tem", channel.team),
        active=channel.active,
        state=channel.state,
        reason=channel.reason,
        settings=queries.unsecret(channel) if scope.everything else {},
        webhook_url=channel.hook,
    )
