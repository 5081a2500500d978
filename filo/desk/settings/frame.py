"""What every page of the settings has: the way in, and the list of sections."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from filo.desk import showing
from filo.desk.access import Asked, P, View, for_staff
from filo.staff.types import NotAllowed, Refused, Scope


class Section(msgspec.Struct, frozen=True):
    noun: str
    words: str
    icon: str
    href: str


def for_administrators(view: View[P]) -> View[P]:
    """Staff, teams and channels are the administrators' matter."""

    def guarded(request: Asked, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.scope.everything:
            raise NotAllowed(_("Only administrators may do this. Ask one of them."))
        return view(request, *args, **kwargs)

    return for_staff(guarded)


def show(
    request: Asked, noun: str, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """One page of the settings; what it shows may be secret, so no cache keeps it."""
    whole = {
        **showing.frame(request),
        "here": "settings",
        "sections": sections(request.scope),
        "section": noun,
        **context,
    }
    answer = render(request, f"desk/settings/{template}.html", whole, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def sections(scope: Scope) -> list[Section]:
    mine = [Section("me", _("You"), "circle-user", reverse("desk:settings_me"))]
    if not scope.everything:
        return mine
    return [
        *mine,
        Section("people", _("People"), "users", reverse("desk:settings_people")),
        Section("teams", _("Teams"), "network", reverse("desk:settings_teams")),
        Section("channels", _("Channels"), "radio-tower", reverse("desk:settings_channels")),
        Section(
            "trouble", _("Not understood"), "mail-question-mark", reverse("desk:settings_trouble")
        ),
        Section("log", _("What was changed"), "history", reverse("desk:settings_log")),
    ]


def said(problem: Refused) -> str:
    """Why it was refused, in the reader's language."""
    words = _(problem.words)
    return words % problem.values if problem.values else words
