"""The pages one reads: the queue, a thread, its customer, search."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from filo.conversations import operations, queries
from filo.conversations.types import CaseFilter, CaseView, NotFound
from filo.core.ids import number
from filo.desk import showing
from filo.desk.access import Asked, for_staff
from filo.desk.answers import Patch, patched
from filo.desk.rendering import bubble
from filo.desk.showing import EVERY_STATUS, THREAD
from filo.desk.wanted import wanted


@require_GET
@for_staff
def home(request: Asked) -> HttpResponse:
    return HttpResponseRedirect(reverse("desk:queue"))


@require_GET
@for_staff
def queue(request: Asked) -> HttpResponse:
    here, after = wanted(request.GET), request.GET.get("after", "")
    if request.headers.get("HX-Request") and after:
        return render(request, "desk/_rows.html", showing.listed(request, here, after=after))
    context = showing.frame(request) | showing.around(request, here, after=after)
    return render(request, "desk/desk.html", context | {"opened": "desk/_nothing_open.html"})


@require_GET
@for_staff
def views(request: Asked) -> HttpResponse:
    """The column of views alone, for a narrow screen."""
    context = showing.frame(request) | showing.around(request, wanted(request.GET))
    more = {"opened": "desk/_nothing_open.html", "front": "views"}
    return render(request, "desk/desk.html", context | more)


@require_GET
@for_staff
def case(request: Asked, id: str) -> HttpResponse:
    return _open(request, queries.case(request.cur, request.scope, number("cas", id)))


@require_GET
@for_staff
def person(request: Asked, id: str) -> HttpResponse:
    """The same, with the customer in front where only one pane fits."""
    found = queries.case(request.cur, request.scope, number("cas", id))
    return _open(request, found, front="person")


@require_GET
@for_staff
def customer(request: Asked, id: str) -> HttpResponse:
    """A customer is their thread: it opens at their newest case."""
    every = CaseFilter(status=EVERY_STATUS, customer=number("cus", id), sort="newest")
    found = queries.cases(request.cur, request.scope, every, limit=1).items
    if not found:
        raise NotFound("This customer has no case.")
    said = request.GET.get("at", "")
    place = reverse("desk:case", args=[found[0].id])
    return HttpResponseRedirect(f"{place}#{said}" if said.startswith("msg_") else place)


@require_GET
@for_staff
def older(request: Asked, id: str) -> HttpResponse:
    """The page of the thread before a message."""
    found = queries.case(request.cur, request.scope, number("cas", id))
    page = queries.thread(
        request.cur,
        request.scope,
        number("cus", found.customer),
        before=number("msg", request.GET.get("before", "")),
        limit=THREAD,
    )
    return render(
        request, "desk/_flow.html", showing.flowing(request, found, page, until=_until(request))
    )


@require_GET
@for_staff
def newest(request: Asked, id: str) -> HttpResponse:
    """The newest messages as patches: what a page asks for when the stream was away."""
    found = queries.case(request.cur, request.scope, number("cas", id))
    page = queries.thread(request.cur, request.scope, number("cus", found.customer), limit=THREAD)
    language = request.scope.language
    return patched(*(Patch("#flow", "upsert", bubble(one, language)) for one in page.items))


def _until(request: Asked) -> datetime | None:
    """Where the page that is already shown begins."""
    try:
        return parse_datetime(request.GET.get("until", ""))
    except ValueError:
        return None


def _open(request: Asked, found: CaseView, *, front: str = "thread") -> HttpResponse:
    here = wanted(request.GET)
    part = request.headers.get("HX-Target") == "open"
    # Asked for before the thread is: what happens meanwhile is told after it.
    place = {} if part else showing.place(request)
    context = showing.opened(request, found) | {"front": front}
    if found.unread:
        operations.mark_read(request.cur, request.scope, number("cas", found.id))
    if part:
        more = {"partial": True, "query": here.address(), "wishes": request.wishes}
        return render(request, "desk/_open.html", context | more)
    whole = showing.frame(request) | showing.columns(request, here) | context | place
    return render(request, "desk/desk.html", whole | {"opened": "desk/_open.html"})
