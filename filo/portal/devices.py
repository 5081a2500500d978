"""Where an app says on which device it runs, and a browser learns under which key to subscribe."""

from __future__ import annotations

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from filo.channels import registry
from filo.channels.contract import Pushes
from filo.conversations import operations as conversations
from filo.conversations.types import Enrolled
from filo.core import clock
from filo.core.db import raw_cursor
from filo.core.text import UNREADABLE
from filo.portal.visits import Visit, visit


@csrf_exempt
@require_http_methods(["GET", "POST", "DELETE", "OPTIONS"])
def devices(request: HttpRequest, channel: str) -> HttpResponse:
    """GET the key, POST a device, DELETE it. With a bearer: a cookie proves nobody's will."""
    here = visit(request, channel)
    connector = registry.connector(here.channel.kind)
    if not isinstance(connector, Pushes):
        raise Http404
    if request.method == "OPTIONS":
        return _open(request, here, HttpResponse(status=204))
    if request.method == "GET":
        key = connector.push_key(here.channel.settings)
        return _open(request, here, JsonResponse({"key": key}))
    return _open(request, here, _told(request, here))


def _told(request: HttpRequest, here: Visit) -> HttpResponse:
    if here.found is None or not request.headers.get("authorization"):
        return HttpResponse(status=401)
    try:
        told = msgspec.json.decode(request.body, type=Enrolled)
    except UNREADABLE:
        return HttpResponse(status=400)
    if not told.is_fit:
        return HttpResponse(status=400)
    cur, who = raw_cursor(), {"space": here.space, "value": here.found.value}
    if request.method == "DELETE":
        conversations.dismiss(cur, told.address, channel=here.channel.id, **who)
    else:
        conversations.enrol(cur, told, channel=here.channel.id, at=clock.now(), **who)
    return HttpResponse(status=204)


def _open(request: HttpRequest, here: Visit, response: HttpResponse) -> HttpResponse:
    """A site of the channel's own list may read the answer."""
    origin = request.headers.get("origin", "")
    if origin in here.origins:
        response["access-control-allow-origin"] = origin
        response["access-control-allow-methods"] = "GET, POST, DELETE"
        response["access-control-allow-headers"] = "content-type, authorization"
        response["vary"] = "origin"
    response["cache-control"] = "no-store"
    return response
