"""A channel's templates in the settings: what the provider approved, and which one is neutral."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from filo.channels import operations, queries
from filo.desk import answers
from filo.desk.access import Asked
from filo.desk.settings.channels import find
from filo.desk.settings.frame import for_administrators


@require_POST
@for_administrators
def templates(request: Asked, id: str) -> HttpResponse:
    """Ask the provider again, or say which template only tells that an answer is ready."""
    found = find(request, id)
    name = request.POST.get("neutral", "")
    if not name:
        operations.want_templates(request.cur, found.id, by=request.scope.staff)
        answers.say(request, _("The provider is asked: look again in a moment."))
    else:
        for one in queries.templates(request.cur, found.id):
            if one.neutral != (one.name == name):
                chosen = one.name == name
                operations.choose_neutral(
                    request.cur, found.id, one.name, neutral=chosen, by=request.scope.staff
                )
        answers.say(request, _("Kept."))
    return HttpResponseRedirect(reverse("desk:settings_channel", args=[id]))
