"""Which roads are open, and what a channel would change of these words: before they are sent."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from filo.channels import queries as channels
from filo.channels import registry
from filo.channels.fitting import capabilities
from filo.channels.fitting import fit as fit_parts
from filo.conversations import queries
from filo.core.ids import number
from filo.desk import showing
from filo.desk.access import Asked, for_staff
from filo.desk.answers import Patch, patched
from filo.desk.showing import Draft
from filo.desk.shown.fits import sentences
from filo.desk.views.writing import parts_of, road_of


@require_GET
@for_staff
def roads(request: Asked, id: str) -> HttpResponse:
    """The roads as they are open now: when a window closes, or the customer opens one."""
    case = queries.case(request.cur, request.scope, number("cas", id))
    found = queries.roads(request.cur, request.scope, number("cas", id))
    wanted = request.GET.get("road", "")
    context = showing.composer(request, case, found, draft=Draft(), road=wanted)
    pieces = {"#roads": "_roads", "#road-note": "_road_note", "#send": "_send"}
    return patched(
        *(
            Patch(place, "replace", render_to_string(f"desk/{name}.html", context, request))
            for place, name in pieces.items()
        )
    )


@require_POST
@for_staff
def fit(request: Asked, id: str) -> HttpResponse:
    _identity, channel, about = road_of(request)
    roads = queries.roads(request.cur, request.scope, number("cas", id))
    if channel not in {road.channel for road in roads}:
        return HttpResponse(status=204)
    config = channels.one(request.cur, number("chn", channel))
    can = capabilities(registry.card_of(config.kind, config.settings), about)
    notes = fit_parts(parts_of(request), can).notes
    return render(request, "desk/_fits.html", {"sentences": sentences(notes)})
