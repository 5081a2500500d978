"""Who works here: invite, change, let in again, switch off."""

from __future__ import annotations

from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filo.core.ids import number
from filo.desk import answers
from filo.desk.access import Asked
from filo.desk.settings.frame import for_administrators, said, show
from filo.desk.shown.faces import Face, face
from filo.desk.shown.roles import roles
from filo.staff import operations, queries
from filo.staff.types import Person, Refused


class Row(msgspec.Struct, frozen=True):
    """One person as the list shows them."""

    person: Person
    face: Face
    role: str
    teams: str


class Choice(msgspec.Struct, frozen=True):
    value: str
    words: str
    hint: str = ""
    here: bool = False


@require_http_methods(["GET", "POST"])
@for_administrators
def people(request: Asked) -> HttpResponse:
    if request.method == "POST":
        return _invite(request)
    return _list(request)


@require_http_methods(["GET", "POST"])
@for_administrators
def person(request: Asked, id: str) -> HttpResponse:
    who = _known(request, id)
    if request.method == "GET":
        return _page(request, who)
    me = request.scope.staff
    try:
        operations.rename(request.cur, who, request.POST.get("name", "")[:100], by=me)
        operations.set_role(request.cur, who, request.POST.get("role", ""), by=me)
        operations.set_teams(request.cur, who, _teams_asked(request), by=me)
        speaks = request.POST.get("answers_in_public") == "1"
        operations.let_answer_in_public(request.cur, who, allowed=speaks, by=me)
    except Refused as problem:
        return _page(request, who, problem=said(problem), status=409)
    answers.say(request, _("Kept."))
    return HttpResponseRedirect(reverse("desk:settings_people"))


@require_POST
@for_administrators
def link(request: Asked, id: str) -> HttpResponse:
    """A new way in, for who lost the first one or forgot the password."""
    who = _known(request, id)
    return _page(request, who, link=_link(request, who))


@require_POST
@for_administrators
def access(request: Asked, id: str) -> HttpResponse:
    who = _known(request, id)
    if request.POST.get("access") == "on":
        operations.switch_on(request.cur, who, by=request.scope.staff)
        return HttpResponseRedirect(reverse("desk:settings_person", args=[id]))
    try:
        operations.switch_off(request.cur, who, by=request.scope.staff)
    except Refused as problem:
        return _page(request, who, problem=said(problem), status=409)
    answers.say(request, _("Switched off. Every session and token of theirs has ended."))
    return HttpResponseRedirect(reverse("desk:settings_people"))


@require_POST
@for_administrators
def second_factor(request: Asked, id: str) -> HttpResponse:
    """For who lost the phone: the password alone opens until a new factor is set up."""
    who = _known(request, id)
    operations.forget_second_factors(request.cur, who, by=request.scope.staff)
    answers.say(request, _("The second factors are gone. Ask them to set up new ones."))
    return HttpResponseRedirect(reverse("desk:settings_person", args=[id]))


def _known(request: Asked, id: str) -> int:
    """The person whom an address names; a page that changes nobody must not say that it did."""
    return queries.person(request.cur, number("stf", id)).number


def _invite(request: Asked) -> HttpResponse:
    form = request.POST
    try:
        new = operations.create_staff(
            request.cur,
            email=form.get("email", ""),
            name=form.get("name", "")[:100],
            role=form.get("role", ""),
            teams=_teams_asked(request),
            language=request.scope.language,
            by=request.scope.staff,
        )
    except Refused as problem:
        return _list(request, problem=said(problem), given=form, status=409)
    guest = queries.person(request.cur, new)
    return _list(request, link=_link(request, new), guest=guest, status=201)


def _link(request: Asked, who: int) -> str:
    path = operations.invitation(request.cur, who, by=request.scope.staff)
    return f"{settings.ORIGIN}{path}"


def _list(request: Asked, *, status: int = 200, **more: Any) -> HttpResponse:
    every = queries.all_teams(request.cur)
    names = {number("tem", team.id): team.name for team in every}
    rows = [
        Row(one, face(one.shown, one.id), roles()[one.role], _listed(one, names))
        for one in queries.everybody(request.cur)
    ]
    given = more.get("given") or {}
    context = {"rows": rows, "roles": _role_choices(given.get("role", "agent")), "teams": every}
    return show(request, "people", "people", context | more, status=status)


def _page(request: Asked, who: int, *, status: int = 200, **more: Any) -> HttpResponse:
    someone = queries.person(request.cur, who)
    teams = [
        Choice(team.id, team.name, here=number("tem", team.id) in someone.teams)
        for team in queries.all_teams(request.cur)
    ]
    context = {
        "person": someone,
        "guest": someone,
        "face": face(someone.shown, someone.id),
        "roles": _role_choices(someone.role),
        "teams": teams,
        "is_me": who == request.scope.staff,
    }
    return show(request, "people", "person", context | more, status=status)


def _listed(one: Person, names: dict[int, str]) -> str:
    return ", ".join(names[team] for team in one.teams if team in names)


def _teams_asked(request: Asked) -> list[int]:
    known = {team.id for team in queries.all_teams(request.cur)}
    return [number("tem", team) for team in request.POST.getlist("teams") if team in known]


def _role_choices(now: str) -> list[Choice]:
    hints = {
        "agent": _("Answers the cases of their teams."),
        "supervisor": _("Also assigns and re-opens, in their teams."),
        "admin": _("Reads everything; looks after people and channels."),
    }
    return [Choice(role, words, hints[role], role == now) for role, words in roles().items()]
