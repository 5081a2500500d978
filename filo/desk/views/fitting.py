"""What a channel would change of these words, shown before they are sent."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from filo.channels import queries as channels
from filo.channels import registry
from filo.channels.fitting import fit as fit_parts
from filo.conversations import queries
from filo.core.ids import number
from filo.desk.access import Asked, for_staff
from filo.desk.shown.fits import sentences
from filo.desk.views.writing import parts_of


@require_POST
@for_staff
def fit(request: Asked, id: str) -> HttpResponse:
    channel = request.POST.get("road", "").partition(":")[2]
    roads = queries.roads(request.cur, request.scope, number("cas", id))
    if channel not in {road.channel for road in roads}:
        return HttpResponse(status=204)
    config = channels.one(request.cur, number("chn", channel))
    can = registry.card_of(config.kind, config.settings).can
    notes = fit_parts(parts_of(request), can).notes
    return render(request, "desk/_fits.html", {"sentences": sentences(notes)})
