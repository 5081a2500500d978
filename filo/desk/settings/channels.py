"""Channels: all of them, and one: change it, see how it does, let it rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from filo.channels import operations, queries, registry
from filo.channels.contract import Card, Checks, ListsTemplates, Registers
from filo.channels.types import BadSettings, ChannelConfig, NoSuchChannel
from filo.conversations import queries as traffic
from filo.core import clock
from filo.core.ids import number
from filo.desk import answers
from filo.desk.access import Asked
from filo.desk.settings import fields
from filo.desk.settings.frame import for_administrators, show
from filo.desk.settings.guide import chosen
from filo.staff import queries as staff

A_DAY = timedelta(days=1)
SOON = timedelta(days=3)
LONGEST_PROMISE = 60 * 24 * 30  # minutes


@require_GET
@for_administrators
def channels(request: Asked) -> HttpResponse:
    connected = queries.load(request.cur)
    cards = {card.kind: card for card in registry.cards()}
    context = {
        "channels": connected,
        "cards": cards.values(),
        "drafts": [
            (cards[one.kind], len(one.done), len(chosen(one.kind, one.settings).steps))
            for one in queries.drafts(request.cur)
            if one.kind in cards
        ],
    }
    return show(request, "channels", "channels", context)


@require_http_methods(["GET", "POST"])
@for_administrators
def channel(request: Asked, id: str) -> HttpResponse:
    found = find(request, id)
    if request.method == "GET":
        return page(request, found, given=_chosen(_card(found.kind), request))
    given = fields.asked(_card(found.kind), request.POST)
    try:
        operations.change(
            request.cur,
            found.id,
            name=request.POST.get("name", "")[:80],
            team=team(request),
            settings=given,
            answer_within=promise(request.POST),
            by=request.scope.staff,
        )
    except BadSettings as refused:
        return page(request, found, given=given, problems=refused.problems, status=409)
    answers.say(request, _("Kept."))
    return HttpResponseRedirect(reverse("desk:settings_channel", args=[id]))


def _chosen(card: Card, request: Asked) -> dict[str, str]:
    """The one setting on which the others hang, tried out. No other: a link that somebody sent
    must not fill in where our keys go."""
    asked = fields.asked(card, request.GET)
    return {name: text for name, text in asked.items() if name == card.chooses}


@require_POST
@for_administrators
def access(request: Asked, id: str) -> HttpResponse:
    found = find(request, id)
    wakes = request.POST.get("access") == "on"
    operations.switch(request.cur, found.id, active=wakes, by=request.scope.staff)
    return HttpResponseRedirect(reverse("desk:settings_channel", args=[id]))


def find(request: Asked, id: str) -> ChannelConfig:
    try:
        return queries.one(request.cur, number("chn", id))
    except NoSuchChannel:
        raise Http404 from None


def _card(kind: str) -> Card:
    try:
        return registry.connector(kind).card
    except registry.NoSuchKind:
        raise Http404 from None


def page(
    request: Asked,
    found: ChannelConfig,
    *,
    given: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    card = _card(found.kind)
    shown = {**queries.unsecret(found), **(given or {})}
    context = {
        "channel": found,
        "card": card,
        "health": queries.health(request.cur, found.id),
        "fields": fields.fields(card, shown, problems, known=True),
        "teams": staff.all_teams(request.cur),
        "team_name": found.team_name,
        "name": found.name,
        "promise": minutes(found.answer_within or operations.PROMISES[card.family]),
        "hook": f"{settings.ORIGIN}{found.hook}",
        "waiting": traffic.waits_for(request.cur, found.id) if found.needs_you else 0,
        "progress": queries.setup(request.cur, found.id),
        "checks": isinstance(registry.connector(found.kind), Checks),
        "registers": isinstance(registry.connector(found.kind), Registers),
        "lists_templates": isinstance(registry.connector(found.kind), ListsTemplates),
        "approved": queries.templates(request.cur, found.id),
        "shelf": queries.shelf(request.cur, found.id),
        "gaps": queries.gaps(request.cur, found.id),
        "traffic": queries.traffic(request.cur, found.id, since=clock.now() - A_DAY),
        "key_ends_soon": _ends_soon(request, found),
        "problem": problems and _("Something is missing: look at the fields marked in red."),
    }
    return show(request, "channels", "channel", context | more, status=status)


def _ends_soon(request: Asked, found: ChannelConfig) -> bool:
    ends = queries.health(request.cur, found.id).ends_at
    return ends is not None and ends < clock.now() + SOON


def team(request: Asked) -> int | None:
    asked = request.POST.get("team", "")
    known = {team.id for team in staff.all_teams(request.cur)}
    return number("tem", asked) if asked in known else None


def promise(form: Mapping[str, str]) -> timedelta | None:
    written = form.get("promise", "")
    if not written.isdigit() or not 0 < int(written) <= LONGEST_PROMISE:
        return None
    return timedelta(minutes=int(written))


def minutes(promise: timedelta) -> int:
    return int(promise.total_seconds() // 60)
