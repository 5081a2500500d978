"""One's own page: name, and the ways to wishes, password and second factor."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from filo.desk import answers
from filo.desk.access import Asked, for_staff
from filo.desk.settings.frame import show
from filo.staff import operations, queries

LONGEST_NAME = 100


@require_GET
@for_staff
def home(request: Asked) -> HttpResponse:
    """Administrators mostly come for the channels, the others for themselves."""
    where = "desk:settings_channels" if request.scope.everything else "desk:settings_me"
    return HttpResponseRedirect(reverse(where))


@require_http_methods(["GET", "POST"])
@for_staff
def me(request: Asked) -> HttpResponse:
    if request.method == "POST":
        name = request.POST.get("name", "").strip()[:LONGEST_NAME]
        me = request.scope.staff
        operations.rename(request.cur, me, name, by=me)
        answers.say(request, _("Kept."))
        return HttpResponseRedirect(reverse("desk:settings_me"))
    return show(request, "me", "me", {"teams": queries.teams(request.cur, request.scope)})
