"""What is one's own: wishes."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from filo.desk import answers, showing
from filo.desk.access import Asked, for_staff
from filo.desk.wishes import asked, fields
from filo.staff import operations

LANGUAGES = ("it", "en")


@require_http_methods(["GET", "POST"])
@for_staff
def wishes(request: Asked) -> HttpResponse:
    scope = request.scope
    if request.method == "POST":
        return _keep(request)
    context = {"fields": fields(request.wishes, scope.language), "here": "wishes"}
    return render(request, "desk/wishes.html", showing.frame(request) | context)


def _keep(request: Asked) -> HttpResponse:
    language = request.POST.get("language", "")
    language = language if language in LANGUAGES else request.scope.language
    changed = asked(request.POST, request.wishes)
    operations.set_wishes(request.cur, request.scope.staff, language=language, wishes=changed)
    translation.activate(language)
    if answers.by_script(request):
        return HttpResponse(status=204)
    turned = "turn" in request.POST.get("theme", "")
    if not turned:
        answers.say(request, _("Kept."))
    return HttpResponseRedirect(_back(request) if turned else reverse("desk:wishes"))


def _back(request: Asked) -> str:
    """The page it was asked from, when that is one of ours."""
    back = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()})
    return back if is_ours else reverse("desk:queue")
