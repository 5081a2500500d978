"""Files for replies: a ticket to hand them in, at the door that shows them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from filo.api import shapes
from filo.api.calls import actor, told
from filo.api.described import takes
from filo.api.once import written
from filo.conversations.queries import of_staff, ticket
from filo.core.clock import now

router = Router(tags=["uploads"])


@router.post("/uploads", response={201: None}, openapi_extra=takes(None, {201: shapes.Ticket}))
def upload(request: HttpRequest) -> HttpResponse:
    """An address that takes your files for 12 hours, one by POST; each answers with its id."""
    url = ticket(owner=of_staff(actor(request).staff), at=now())
    return written(request, lambda cur: told(shapes.Ticket(url), 201))
