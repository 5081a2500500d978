"""The customer's side: the launcher, the panel it opens, the pass it is given."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from filo.channels import registry
from filo.channels.contract import Pushes
from filo.channels.kit import labels
from filo.conversations import queries as conversations
from filo.core import clock, passes
from filo.core.db import raw_cursor
from filo.core.text import UNREADABLE
from filo.live import queries as live
from filo.live.types import Panel
from filo.portal import visits
from filo.portal.visits import Visit, visit

A_WHILE = "public, max-age=300"


class Wanted(msgspec.Struct, frozen=True):
    """`jwt`: to be known. `leave`: to be forgotten. `bearer`: where cookies do not come back."""

    jwt: str = ""
    leave: bool = False
    bearer: bool = False


@require_GET
def launcher(request: HttpRequest) -> HttpResponse:
    """The one request that a page makes before anybody presses the button."""
    return HttpResponse(
        _launcher(),
        content_type="text/javascript; charset=utf-8",
        headers={
            "cache-control": A_WHILE,
            "access-control-allow-origin": "*",
            "cross-origin-resource-policy": "cross-origin",
        },
    )


@cache
def _launcher() -> bytes:
    """Without its comments and margins: every byte of it is asked for by every page."""
    text = (files("filo.portal") / "static/portal/launcher.js").read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")).encode()


@require_GET
@xframe_options_exempt
def panel(request: HttpRequest, channel: str) -> HttpResponse:
    """The panel with the newest lines: it reads well before any script has run."""
    here = visit(request, channel)
    found = live.panel(raw_cursor(), here.names)
    asked = request.GET.get("lang", "")
    known = asked if asked in dict(settings.LANGUAGES) else translation.get_language() or "en"
    with translation.override(known):
        response = render(request, "portal/panel.html", _context(here, found, known))
    response["cache-control"] = "no-store"
    _let_frame(response, here)
    return response


def _context(here: Visit, found: Panel, language: str) -> dict[str, Any]:
    within = here.channel.answer_within
    connector = registry.connector(here.channel.kind)
    return {
        "channel": here.channel,
        "language": language,
        "key": here.signing_key,
        "signed": "1" if here.found and here.found.signed_in else "",
        "cursor": found.cursor,
        "lines": found.lines,
        "labels": labels(language),
        "json": msgspec.json.encode(found.lines).decode(),
        "pushes": isinstance(connector, Pushes),
        "color": connector.card.color,
        "minutes": int(within.total_seconds() // 60) if within else 0,
    }


def _let_frame(response: HttpResponse, here: Visit) -> None:
    """The sites of the channel may frame the panel, and nobody else."""
    files_too = ["'self'", settings.FILES_ORIGIN]
    response._csp_replace = {  # type: ignore[attr-defined]  # how django-csp is told in a view
        "frame-ancestors": ["'self'", *here.origins],
        "connect-src": files_too,
    }


@require_GET
def lines(request: HttpRequest, channel: str) -> HttpResponse:
    """The newest lines without a page around them: for a bearer, and for a cursor gone void."""
    here = visit(request, channel)
    if here.found is None:
        return HttpResponse(status=401)
    found = msgspec.json.encode(live.panel(raw_cursor(), here.names))
    return _open(request, here, HttpResponse(found, content_type="application/json"))


@csrf_exempt
def session(request: HttpRequest, channel: str) -> HttpResponse:
    """Give a pass, exchange one for a login token, or take it back."""
    here = visit(request, channel)
    if (refusal := _check(request, here)) is not None:
        return refusal
    if request.method == "OPTIONS":
        return _open(request, here, HttpResponse(status=204))
    try:
        wanted = msgspec.json.decode(request.body or b"{}", type=Wanted)
    except UNREADABLE:
        return _open(request, here, HttpResponse(status=400))
    if not visits.may_come(raw_cursor(), request.META.get("REMOTE_ADDR", "")):
        told = {"why": "too_fast", "text": "Too many visits from this address. Wait a moment."}
        wait = {"retry-after": "5"}
        return _open(request, here, JsonResponse(told, status=429, headers=wait))
    return _open(request, here, _given(request, here, wanted))


def _given(request: HttpRequest, here: Visit, wanted: Wanted) -> HttpResponse:
    secure, at = request.is_secure(), clock.now()
    if wanted.leave:
        response = HttpResponse(status=204)
        visits.take_back(response, here, secure=secure)
        return response
    try:
        given = (
            visits.customer(here, wanted.jwt, at=at) if wanted.jwt else visits.stranger(here, at=at)
        )
    except passes.Spoiled:
        return JsonResponse({"why": "jwt"}, status=401)
    key = passes.signing_key(given, key=here.key)
    told = {"key": key, "until": given.until, "signed_in": given.signed_in}
    if wanted.bearer:
        return JsonResponse({**told, "token": passes.write(given, key=here.key)})
    response = JsonResponse(told)
    visits.hand_over(response, here, given, secure=secure)
    return response


@csrf_exempt
@require_POST
def ticket(request: HttpRequest, channel: str) -> HttpResponse:
    """Where this visitor may upload files."""
    here = visit(request, channel)
    if (refusal := _check(request, here)) is not None:
        return refusal
    if here.found is None:
        return HttpResponse(status=401)
    owner = conversations.of_visitor(here.space, here.found.value)
    return JsonResponse({"url": conversations.ticket(owner=owner, at=clock.now())})


def _check(request: HttpRequest, here: Visit) -> HttpResponse | None:
    if request.method not in {"POST", "OPTIONS"}:
        return HttpResponse(status=405, headers={"allow": "POST, OPTIONS"})
    origin = request.headers.get("origin", "")
    if origin and not _is_ours(request, origin) and origin not in here.origins:
        return HttpResponse(status=403)
    return None


def _is_ours(request: HttpRequest, origin: str) -> bool:
    return origin.partition("://")[2] == request.get_host()


def _open(request: HttpRequest, here: Visit, response: HttpResponse) -> HttpResponse:
    """An origin of the channel's own list may read the answer: that one, exactly."""
    origin = request.headers.get("origin", "")
    if origin in here.origins:
        response["access-control-allow-origin"] = origin
        response["access-control-allow-credentials"] = "true"
        response["access-control-allow-headers"] = "content-type, authorization"
        response["vary"] = "origin"
    response["cache-control"] = "no-store"
    return response
