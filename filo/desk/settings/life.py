"""A channel's life in the settings: each hop tried, the address told to the provider."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Sequence
from typing import TypeVar

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
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
from filo.core import clock, home
from filo.desk import answers
from filo.desk.access import Asked
from filo.desk.settings import hops, setting_up
from filo.desk.settings.channels import find, page
from filo.desk.settings.frame import for_administrators
from filo.desk.settings.setting_up import REGISTERED

SECONDS = 10.0
MEND = "Compare the keys with those at the provider. If they are right, try again in a minute."
T = TypeVar("T")


@require_POST
@for_administrators
def checks(request: Asked, id: str) -> HttpResponse:
    """Every hop to the provider and back, without writing to anybody."""
    found = find(request, id)
    tried = _tried(found)
    operations.keep_hops(request.cur, found.kind, found.id, tried, at=clock.now())
    if came_from := _setup(request, found):
        return came_from
    return page(request, found, tried=[hops.shown(hop) for hop in tried])


@require_POST
@for_administrators
def registration(request: Asked, id: str) -> HttpResponse:
    """Tell the provider our address, instead of a person clicking there."""
    found = find(request, id)
    told = _told(request, found)
    if told.ok:
        answers.say(request, _("The provider knows our address now."))
        operations.tick(request.cur, found.kind, found.id, REGISTERED, done=True)
    if (came_from := _setup(request, found)) and told.ok:
        return came_from
    if came_from:
        return setting_up.page(request, found, refused=hops.shown(told))
    return page(request, find(request, id), tried=[hops.shown(told)])


def _setup(request: Asked, found: ChannelConfig) -> HttpResponse | None:
    """Back to the step of the set-up where the button was pressed."""
    step = request.POST.get("step", "")
    if not step.isdigit():
        return None
    where = reverse("desk:settings_setup", args=[found.public])
    return HttpResponseRedirect(f"{where}#step-{step[:3]}")


def _told(request: Asked, found: ChannelConfig) -> Hop:
    connector = registry.connector(found.kind)
    if not isinstance(connector, Registers):
        return Hop("The guide says where to paste it.", False)
    try:
        changed = _ask(found, connector.register(found.settings, hook=_hook(found)))
    except (Failed, Later, Doubtful) as trouble:
        return Hop("Telling our address", False, str(trouble), MEND)
    if changed:
        operations.change(request.cur, found.id, settings=changed, by=request.scope.staff)
    return Hop("Telling our address", True)


def _tried(found: ChannelConfig) -> Sequence[Hop]:
    connector = registry.connector(found.kind)
    if not isinstance(connector, Checks):
        return [Hop("This channel has no test of its own: send yourself a message.", False)]
    try:
        return _ask(found, connector.check(found.settings, hook=_hook(found)))
    except (Failed, Later, Doubtful) as trouble:
        return [Hop("Reaching the provider", False, str(trouble), MEND)]


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
