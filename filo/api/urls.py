"""The API's addresses, each behind the front."""

from __future__ import annotations

from functools import cache

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.http import require_safe

from filo.api.front import fronted, nowhere
from filo.api.v1 import api


@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """The API's description, made once a process: anybody may ask for it, and often."""
    return HttpResponse(_described(), content_type="application/json")


@cache
def _described() -> bytes:
    return msgspec.json.encode(dict(api.get_openapi_schema()))


def _addresses() -> list[URLPattern]:
    own = {"api-root", "openapi-json"}
    found = [one for one in api.urls[0] if isinstance(one, URLPattern) and one.name not in own]
    for one in found:
        one.callback = fronted(one.callback)
    return found


app_name = "api"
urlpatterns = [
    path("openapi.json", fronted(description), name="openapi-json"),
    *_addresses(),
    path("", fronted(nowhere), name="api-root"),
    re_path(r"^(?P<path>.*)$", fronted(nowhere)),
]
