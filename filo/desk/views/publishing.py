"""What everyone reads: answers in public, and what is done with public words at the provider's."""

from __future__ import annotations

from secrets import token_urlsafe

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from filo.channels.contract import Moderation
from filo.conversations import operations, queries
from filo.conversations.types import CannotSend, NewerWords, NotFound
from filo.core.ids import number
from filo.desk.access import Asked, for_staff
from filo.desk.answers import Patch, answer, say, toast
from filo.desk.rendering import bubble
from filo.desk.views.steps import place
from filo.desk.views.writing import UNDO, answered, newer, noted, parts_of, road_of


@require_POST
@for_staff
def replies(request: Asked, id: str) -> HttpResponse:
    """Another verb than an answer, with an address of its own. The form has both buttons, and a
    key presses the first: what was not meant for everyone is not published."""
    if request.POST.get("as") == "note":
        return noted(request, id)
    if road_of(request)[2] != "public":
        raise CannotSend(
            "private", _("This was not meant for everyone: nothing was published. Press Send.")
        )
    about, seen = request.POST.get("about", ""), request.POST.get("last_seen", "")
    try:
        said = operations.reply_in_public(
            request.cur,
            request.scope,
            number("cas", id),
            parts_of(request),
            client_id=request.POST.get("client_id") or token_urlsafe(12),
            about=number("msg", about) if about else None,
            last_seen=number("msg", seen) if seen else None,
            hold=UNDO,
        ).message
    except NewerWords as verdict:
        return newer(request, id, verdict.newer)
    operations.save_draft(request.cur, request.scope, number("cas", id), "", False)
    say(request, _("Publishing: you can take it back for ten seconds."))
    sent = toast(_("Publishing."), seconds=10, recall=reverse("desk:recall", args=[said.id]))
    return answered(request, id, said, sent)


@require_POST
@for_staff
def moderations(request: Asked, id: str) -> HttpResponse:
    try:
        action = Moderation(request.POST.get("action", ""))
    except ValueError:
        raise NotFound from None
    operations.moderate(request.cur, request.scope, number("msg", id), action)
    now = queries.message(request.cur, request.scope, number("msg", id))
    case = queries.case(request.cur, request.scope, number("cas", now.case))
    words = _("It is being done at the provider's.")
    say(request, words)
    patch = Patch("#flow", "upsert", bubble(now, request.scope.language))
    return answer(request, patch, toast(words), instead=place(request, case))
