"""Steps of a case: who answers, whether it is solved, when it comes back, which team has it."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from filo.conversations import operations, queries
from filo.conversations.types import CaseView, NotFound
from filo.core.ids import number
from filo.desk import answers, showing
from filo.desk.access import Asked, for_staff
from filo.desk.answers import Patch, answer, toast
from filo.desk.showing import Named
from filo.desk.wanted import wanted


@require_POST
@for_staff
def owner(request: Asked, id: str) -> HttpResponse:
    """Take it, give it back to the queue, or give it to a colleague."""
    cur, scope, case, to = request.cur, request.scope, number("cas", id), request.POST.get("to")
    if to == "me":
        return _stepped(request, operations.take(cur, scope, case), _("It is yours."))
    if to == "queue":
        return _stepped(request, operations.release(cur, scope, case), _("Back in the queue."))
    given = operations.assign(cur, scope, case, number("stf", to or ""))
    return _stepped(request, given, _("%(name)s has it.") % {"name": given.owner.name})


@require_POST
@for_staff
def closure(request: Asked, id: str) -> HttpResponse:
    cur, scope, case = request.cur, request.scope, number("cas", id)
    if request.POST.get("solved") == "0":
        return _stepped(request, operations.reopen(cur, scope, case), _("Open again."))
    return _stepped(request, operations.solve(cur, scope, case), _("Solved."))


@require_POST
@for_staff
def snooze(request: Asked, id: str) -> HttpResponse:
    until = _moment(request.POST.get("until") or request.POST.get("at") or "")
    if until is None:
        words = _("Choose a moment to come.")
        return answers.sorry(request, _("Not snoozed"), words, status=400)
    snoozed = operations.snooze(request.cur, request.scope, number("cas", id), until)
    return _stepped(request, snoozed, _("Snoozed."))


@require_POST
@for_staff
def team(request: Asked, id: str) -> HttpResponse:
    to = number("tem", request.POST.get("team", ""))
    moved = operations.move(request.cur, request.scope, number("cas", id), to)
    words = _("Now with %(team)s.") % {"team": moved.team_name}
    try:
        return _stepped(request, moved, words)
    except NotFound:  # it went where this person may not follow
        return _gone(request, id, words)


@require_POST
@for_staff
def reading(request: Asked, id: str) -> HttpResponse:
    """The thread is in front of somebody's eyes."""
    operations.mark_read(request.cur, request.scope, number("cas", id))
    return HttpResponse(status=204)


def changed(request: Asked, case: CaseView) -> Patch:
    """The head, which the page redraws when a case has changed; the row follows by itself."""
    context = showing.head(request, case)
    context |= {"customer": Named(case.customer_name), "query": _query(request)}
    return _fresh(request, "head", "desk/_head.html", context)


def _road_note(request: Asked, case: CaseView) -> Patch:
    """What stands above the words: whether one may answer, and what else can be done."""
    roads = queries.roads(request.cur, request.scope, number("cas", case.id))
    context = showing.road_note(request, case, roads)
    return _fresh(request, "road-note", "desk/_road_note.html", context)


def _fresh(request: Asked, place: str, template: str, context: showing.Context) -> Patch:
    return Patch(f"#{place}", "replace", render_to_string(template, context, request))


def _stepped(request: Asked, case: CaseView, words: str) -> HttpResponse:
    answers.say(request, words)
    now = queries.case(request.cur, request.scope, number("cas", case.id))
    drawn = changed(request, now), _road_note(request, now)
    return answer(request, *drawn, toast(words), instead=place(request, case))


def _gone(request: Asked, id: str, words: str) -> HttpResponse:
    answers.say(request, words)
    nothing = Patch("#open", "inner", render_to_string("desk/_nothing_open.html"))
    row = Patch(f"#row-{id}", "remove")
    queue = reverse("desk:queue")
    if answers.by_script(request):
        return answers.patched(nothing, row, toast(words))
    return HttpResponseRedirect(queue)


def place(request: Asked, case: CaseView) -> str:
    """The page of a case, beside the list that was open."""
    return reverse("desk:case", args=[case.id]) + _query(request)


def _query(request: Asked) -> str:
    """The list that the page was showing, from the address it came from."""
    return wanted(QueryDict(urlsplit(request.headers.get("Referer", "")).query)).address()


def _moment(text: str) -> datetime | None:
    try:
        until = parse_datetime(text)
    except ValueError:
        return None
    if until is None:
        return None
    return until if timezone.is_aware(until) else timezone.make_aware(until)
