"""What came in and was not understood: kept, shown, read again on demand."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from filo.channels import queries as channels
from filo.core.ids import BadId, number
from filo.desk import answers
from filo.desk.access import Asked
from filo.desk.settings import journal
from filo.desk.settings.frame import for_administrators, show


@require_GET
@for_administrators
def trouble(request: Asked) -> HttpResponse:
    ask, cur, scope = journal.questions(), request.cur, request.scope
    names = {one.public: one for one in channels.load(cur)}
    unread, dead = ask.unread(cur, scope), ask.dead(cur, scope)
    context = {
        "unread": [(one, names.get(one.channel)) for one in unread],
        "dead": [(one, names.get(one.channel)) for one in dead],
        "conflicts": ask.conflicts(cur, scope),
    }
    return show(request, "trouble", "trouble", context)


@require_POST
@for_administrators
def replay(request: Asked, id: str) -> HttpResponse:
    count = journal.deeds().replay(request.cur, request.scope, [number("jrn", id)])
    return _again(request, count)


@require_POST
@for_administrators
def revive(request: Asked, id: str) -> HttpResponse:
    if not id.isdigit():
        raise BadId(id[:40])
    return _again(request, journal.deeds().revive(request.cur, request.scope, [int(id)]))


def _again(request: Asked, count: int) -> HttpResponse:
    words = ngettext("%(n)s is being read again.", "%(n)s are being read again.", count)
    answers.say(request, words % {"n": count} if count else _("It is gone already."))
    return HttpResponseRedirect(reverse("desk:settings_trouble"))
