"""A channel's life in the settings: each hop tried, the address told to the provider."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Sequence
from typing import TypeVar

import msgspec
from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from filo.channels import operations, registry
from filo.channels.carrier import Carrier
from filo.channels.contract import (
    Call,
    Checks,
    Doubtful,
    Failed,
    Hop,
    Later,
    Registers,
    Reply,
)
from filo.channels.types import ChannelConfig
from filo.core import home
from filo.desk import answers
from filo.desk.access import Asked
from filo.desk.settings.channels import find, page
from filo.desk.settings.frame import for_administrators

SECONDS = 10.0
T = TypeVar("T")


class Tried(msgspec.Struct, frozen=True):
    words: str
    ok: bool
    detail: str = ""


@require_POST
@for_administrators
def checks(request: Asked, id: str) -> HttpResponse:
    """Every hop to the provider and back, without writing to anybody."""
    found = find(request, id)
    return page(request, found, tried=_tried(found))


@require_POST
@for_administrators
def registration(request: Asked, id: str) -> HttpResponse:
    """Tell the provider our address, instead of a person clicking there."""
    found = find(request, id)
    connector = registry.connector(found.kind)
    if not isinstance(connector, Registers):
        return page(request, found, tried=[Tried(_("The guide says where to paste it."), False)])
    try:
        changed = _ask(found, connector.register(found.settings, hook=_hook(found)))
    except (Failed, Later, Doubtful) as trouble:
        return page(request, found, tried=[Tried(_("Telling our address"), False, str(trouble))])
    if changed:
        operations.change(request.cur, found.id, settings=changed, by=request.scope.staff)
    answers.say(request, _("The provider knows our address now."))
    return page(request, find(request, id), tried=[Tried(_("Telling our address"), True)])


def _tried(found: ChannelConfig) -> Sequence[Tried]:
    connector = registry.connector(found.kind)
    if not isinstance(connector, Checks):
        return [Tried(_("This channel has no test of its own: send yourself a message."), False)]
    try:
        hops = _ask(found, connector.check(found.settings, hook=_hook(found)))
    except (Failed, Later, Doubtful) as trouble:
        return [Tried(_("Reaching the provider"), False, str(trouble))]
    return [_hop(hop) for hop in hops]


def _hop(hop: Hop) -> Tried:
    return Tried(_(hop.name), hop.ok, _(hop.detail) if hop.detail else "")


def _ask(found: ChannelConfig, question: Generator[Call, Reply, T]) -> T:
    async def ask() -> T:
        async with Carrier(allow_private=home.allow_private()) as carrier:
            return await carrier.ask(
                question,
                config=found.settings,
                channel=found.public,
                connector=registry.connector(found.kind),
                seconds=SECONDS,
            )

    return asyncio.run(ask())


def _hook(found: ChannelConfig) -> str:
    return f"{settings.ORIGIN}{found.hook}"
