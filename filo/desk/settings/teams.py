"""The teams: every channel, case and agent belongs to one."""

from __future__ import annotations

import msgspec
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filo.channels import queries as channels
from filo.core.ids import number
from filo.desk import answers
from filo.desk.access import Asked
from filo.desk.settings.frame import for_administrators, said, show
from filo.staff import operations, queries
from filo.staff.types import Refused


class Row(msgspec.Struct, frozen=True):
    id: str
    name: str
    people: tuple[str, ...]
    channels: tuple[str, ...]
    answers_in_public: bool = False


@require_http_methods(["GET", "POST"])
@for_administrators
def teams(request: Asked) -> HttpResponse:
    if request.method == "GET":
        return _list(request)
    try:
        name = request.POST.get("name", "")[:80]
        operations.create_team(request.cur, name, by=request.scope.staff)
    except Refused as problem:
        return _list(request, problem=said(problem), status=409)
    return HttpResponseRedirect(reverse("desk:settings_teams"))


@require_POST
@for_administrators
def team(request: Asked, id: str) -> HttpResponse:
    which, me = number("tem", id), request.scope.staff
    try:
        operations.rename_team(request.cur, which, request.POST.get("name", "")[:80], by=me)
        speaks = request.POST.get("answers_in_public") == "1"
        operations.let_team_answer_in_public(request.cur, which, allowed=speaks, by=me)
    except Refused as problem:
        return _list(request, problem=said(problem), status=409)
    answers.say(request, _("Kept."))
    return HttpResponseRedirect(reverse("desk:settings_teams"))


def _list(request: Asked, *, problem: str = "", status: int = 200) -> HttpResponse:
    everybody = [one for one in queries.everybody(request.cur) if one.active]
    connected = channels.load(request.cur)
    rows = [
        Row(
            each.id,
            each.name,
            tuple(one.shown for one in everybody if number("tem", each.id) in one.teams),
            tuple(one.name for one in connected if one.team == number("tem", each.id)),
            each.answers_in_public,
        )
        for each in queries.all_teams(request.cur)
    ]
    return show(request, "teams", "teams", {"rows": rows, "problem": problem}, status=status)
