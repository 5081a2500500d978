"""Who asks, and their teams."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from filo.api import shapes
from filo.api.calls import actor, opened, told
from filo.api.described import answers
from filo.core.ids import public
from filo.staff import queries

router = Router(tags=["staff"])


@router.get("/staff/me", openapi_extra=answers(shapes.Me))
def me(request: HttpRequest) -> HttpResponse:
    """Whose token this is."""
    scope = actor(request)
    teams = tuple(public("tem", team) for team in scope.teams)
    return told(shapes.Me(public("stf", scope.staff), scope.name, scope.email, scope.role, teams))


@router.get("/teams", openapi_extra=answers(shapes.Page[shapes.Team]))
def teams(request: HttpRequest) -> HttpResponse:
    """The teams whose cases you read."""
    with opened() as cur:
        found = queries.teams(cur, actor(request))
    return told(shapes.Page(tuple(shapes.Team(team.id, team.name) for team in found)))
