"""The templates of a road, to choose from; and what the composer's form says of waiting."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from filo.channels import queries as channels
from filo.channels.contract import Template
from filo.conversations import queries
from filo.conversations.types import AT_ONCE, TIME, WORD, Keeping, Road
from filo.core.ids import number
from filo.desk import showing
from filo.desk.access import USUAL_ZONE, Asked, for_staff
from filo.desk.answers import Patch, patched
from filo.desk.shown import rungs


@require_GET
@for_staff
def templates(request: Asked, id: str) -> HttpResponse:
    """The picker of one road: every template with its blanks and how it reads."""
    case = queries.case(request.cur, request.scope, number("cas", id))
    roads = queries.roads(request.cur, request.scope, number("cas", id))
    road = _road(roads, request.GET.get("road", ""))
    known = channels.templates(request.cur, number("chn", road.channel)) if road else []
    context = showing.composer(request, case, roads) | {
        "sheets": rungs.sheets(known),
        "by": f"{road.identity}:{road.channel}" if road else "",
        "by_name": road.channel_name if road else "",
    }
    html = render_to_string("desk/_templates.html", context, request)
    return patched(Patch("#templates", "inner", html))


def _road(roads: list[Road], wanted: str) -> Road | None:
    able = [road for road in roads if road.templates and road.why_not in {"", "window_closed"}]
    chosen = (road for road in able if f"{road.identity}:{road.channel}" == wanted)
    return next(chosen, next(iter(able), None))


def keeping(request: Asked) -> Keeping:
    """When the answer goes: at once, at a chosen time, or at the customer's next word."""
    if until := _until(request):
        return Keeping(TIME, until)
    kept = request.POST.get("ahead") or request.POST.get("keep")
    return Keeping(WORD) if kept else AT_ONCE


def ahead(request: Asked) -> Template | None:
    """The neutral template that tells of a held answer."""
    return _named(request.POST.get("ahead", ""), {})


def chosen(request: Asked) -> Template | None:
    """The template that was filled in, with its values."""
    values = {
        name.removeprefix("value."): text
        for name, text in request.POST.items()
        if name.startswith("value.") and isinstance(text, str)
    }
    return _named(request.POST.get("template", ""), values)


def _named(key: str, values: dict[str, str]) -> Template | None:
    name, _bar, language = key.partition("|")
    return Template(name, language, "", values) if name else None


def _until(request: Asked) -> datetime | None:
    try:
        until = parse_datetime(request.POST.get("later") or request.POST.get("later_at") or "")
    except ValueError:
        return None
    if until is None or until.tzinfo is not None:
        return until
    try:  # typed as the customer's own clock shows it
        zone = ZoneInfo(request.POST.get("zone") or USUAL_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo(USUAL_ZONE)
    return until.replace(tzinfo=zone)
