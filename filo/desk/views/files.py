"""Files: uploaded for a message to come, and shown to whoever may read the message."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from filo.conversations import operations, queries
from filo.core import clock, media
from filo.core.ids import number
from filo.desk.access import Asked, for_staff
from filo.desk.shown import bubbles


@require_POST
@for_staff
def files(request: Asked, id: str) -> HttpResponse:
    """One file; answers with its chip, which carries its id into the composer's form."""
    queries.case(request.cur, request.scope, number("cas", id))
    came = request.FILES.get("file")
    if not isinstance(came, UploadedFile):
        return HttpResponse(status=400)
    try:
        kept = media.keep(
            came.chunks(),
            name=came.name or "",
            mime=came.content_type or "",
            limit=queries.UPLOAD_LIMIT,
        )
    except media.Refused as verdict:
        refused = {"name": came.name, "why": bubbles.refusal(verdict.code)}
        return render(request, "desk/_upload.html", refused, status=422)
    owner = queries.of_staff(request.scope.staff)
    view = operations.upload(request.cur, kept, owner=owner)
    return render(request, "desk/_upload.html", {"id": view.id, "name": view.name})


@require_GET
@for_staff
def attachment(request: Asked, id: str) -> HttpResponse:
    """Checks who asks, then sends on to an address that lives for minutes, on another origin."""
    found = queries.attachment(request.cur, request.scope, number("att", id))
    reader = queries.of_staff(request.scope.staff)
    small = "small" in request.GET
    place = queries.link(found.id, name=found.name, reader=reader, at=clock.now(), small=small)
    return HttpResponseRedirect(place, headers={"Cache-Control": "private, max-age=240"})
