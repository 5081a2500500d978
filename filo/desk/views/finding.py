"""Search over customers and what was said, as a page and inside the palette."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from filo.conversations import queries
from filo.desk import showing
from filo.desk.access import Asked, for_staff
from filo.desk.shown import hits

SHORTEST = 2
LONGEST = 200


@require_GET
@for_staff
def search(request: Asked) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:LONGEST]
    context = {"words": words} | _found(request, words)
    if request.headers.get("HX-Target") == "found":
        return render(request, "desk/_hits.html", context)
    whole = showing.frame(request) | context | {"here": "search"}
    return render(request, "desk/search.html", whole)


def _found(request: Asked, words: str) -> dict[str, object]:
    if len(words) < SHORTEST:
        return {}
    after = request.GET.get("after")
    page = queries.search(request.cur, request.scope, words, after=after, limit=20)
    found = hits.hits(page.items)
    next_page = urlencode({"q": words, "after": page.next})
    return {
        "people": [hit for hit in found if hit.kind == "customer"],
        "said": [hit for hit in found if hit.kind == "message"],
        "more": f"{reverse('desk:search')}?{next_page}" if page.next else "",
    }
