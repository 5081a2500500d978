"""Where an app says on which device it runs, and what a browser needs to be woken: a key to
subscribe under, a worker that hears the push, a manifest to stand on the home screen."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from filo.channels import registry
from filo.channels.contract import Forged, Pushes
from filo.channels.kit import check_signature
from filo.conversations import operations as conversations
from filo.conversations.types import Enrolled
from filo.core import clock
from filo.core.db import raw_cursor
from filo.core.text import UNREADABLE
from filo.portal.visits import Visit, visit


@csrf_exempt
@require_http_methods(["GET", "POST", "DELETE", "OPTIONS"])
def devices(request: HttpRequest, channel: str) -> HttpResponse:
    """GET the key, POST a device, DELETE it. With a bearer, or a cookie and the body signed by its
    key: a cookie alone proves nobody's will."""
    here, connector = _here(request, channel)
    if request.method == "OPTIONS":
        return _open(request, here, HttpResponse(status=204))
    if request.method == "GET":
        key = connector.push_key(here.channel.settings)
        return _open(request, here, JsonResponse({"key": key}))
    return _open(request, here, _told(request, here))


def _here(request: HttpRequest, channel: str) -> tuple[Visit, Pushes]:
    here = visit(request, channel)
    connector = registry.connector(here.channel.kind)
    if not isinstance(connector, Pushes):
        raise Http404
    return here, connector


def _is_meant(request: HttpRequest, here: Visit) -> bool:
    if request.headers.get("authorization"):
        return True
    given, key = request.headers.get("filo-signature", ""), here.signing_key
    try:
        check_signature(given=given, key=key, body=request.body)
    except Forged:
        return False
    return True


@require_GET
def worker(request: HttpRequest, channel: str) -> HttpResponse:
    """The service worker of this channel; a company's own worker may take it in."""
    _here(request, channel)
    address = request.build_absolute_uri(reverse("portal:panel", args=[channel]))
    text = f"const place = {msgspec.json.encode(address).decode()};\n{_worker()}"
    scope = {"service-worker-allowed": f"/w/{channel}", "cache-control": "no-cache"}
    open_to_all = {"cross-origin-resource-policy": "cross-origin"}
    kind = "text/javascript; charset=utf-8"
    return HttpResponse(text, content_type=kind, headers=scope | open_to_all)


@cache
def _worker() -> str:
    return (files("filo.portal") / "static/portal/worker.js").read_text("utf-8")


@require_GET
def manifest(request: HttpRequest, channel: str) -> HttpResponse:
    """So that the conversation may stand on a home screen, where iPhones let pages be woken."""
    here, _ = _here(request, channel)
    place = reverse("portal:panel", args=[channel])
    name = here.channel.settings.get("name") or here.channel.name
    icon = {"src": static("portal/app.svg"), "sizes": "any", "type": "image/svg+xml"}
    told: dict[str, object] = {"name": name, "short_name": name[:12], "icons": [icon]}
    told |= {"id": place, "start_url": place, "scope": place}
    told |= {"display": "standalone", "background_color": "#ffffff"}
    color = registry.connector(here.channel.kind).card.color
    body = msgspec.json.encode(told | {"theme_color": color})
    return HttpResponse(body, content_type="application/manifest+json")


def _told(request: HttpRequest, here: Visit) -> HttpResponse:
    if here.found is None or not _is_meant(request, here):
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
        response["access-control-allow-headers"] = "content-type, authorization, filo-signature"
        response["access-control-allow-credentials"] = "true"
        response["vary"] = "origin"
    response["cache-control"] = "no-store"
    return response
