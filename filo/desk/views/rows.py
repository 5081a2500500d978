"""Rows that changed, asked for by a tab that heard so, and the numbers beside the views."""

from __future__ import annotations

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from filo.conversations import queries
from filo.conversations.types import CaseView
from filo.core import clock
from filo.core.ids import number, public
from filo.desk import showing
from filo.desk.access import Asked, for_staff
from filo.desk.answers import Patch, patched
from filo.desk.shown.rows import row
from filo.desk.wanted import Wanted, wanted

MOST = 50


@require_GET
@for_staff
def rows(request: Asked) -> HttpResponse:
    here = wanted(request.GET)
    asked = [each for each in request.GET.get("ids", "").split(",") if each][:MOST]
    numbers = [number("cas", each) for each in asked]
    found = {case.id: case for case in queries.case_views(request.cur, request.scope, numbers)}
    patches = [_row(request, here, each, found.get(each)) for each in asked]
    groups = render_to_string("desk/_view_groups.html", showing.views(request, here))
    return patched(Patch("#views", "inner", groups), *patches)


def _row(request: Asked, here: Wanted, id: str, case: CaseView | None) -> Patch:
    if case is None or not belongs(case, here, staff=public("stf", request.scope.staff)):
        return Patch(f"#row-{id}", "remove")
    context = {"row": row(case, at=clock.now()), "query": here.address()}
    return Patch("#rows", "row", render_to_string("desk/_row.html", context))


def belongs(case: CaseView, here: Wanted, *, staff: str) -> bool:
    """Would this list show this case?"""
    if here.view == "mentions":
        return False
    return (
        case.status in here.statuses
        and here.team in ("", case.team)
        and here.channel in ("", case.channel)
        and _owned(case, here.view, staff=staff)
    )


def _owned(case: CaseView, view: str, *, staff: str) -> bool:
    if view == "mine":
        return case.owner.id == staff
    return view != "take" or case.owner.type == "queue"
