"""The API's addresses, each behind the front."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from filo.api.front import fronted, nowhere
from filo.api.v1 import api


def _addresses() -> list[URLPattern]:
    found = [one for one in api.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
    for one in found:
        one.callback = fronted(one.callback)
    return found


app_name = "api"
urlpatterns = [
    *_addresses(),
    path("", fronted(nowhere), name="api-root"),
    re_path(r"^(?P<path>.*)$", fronted(nowhere)),
]
