"""What an agent writes: answers, notes, drafts; and what becomes of them on the way."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe
from typing import cast

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from filo.channels.contract import Media, Part, Text
from filo.conversations import operations, queries
from filo.conversations.types import (
    TIME,
    WORD,
    CannotSend,
    CaseView,
    MessageView,
    NewerWords,
)
from filo.core.ids import number
from filo.desk import showing
from filo.desk.access import Asked, for_staff
from filo.desk.answers import Patch, answer, say, toast
from filo.desk.rendering import bubble
from filo.desk.showing import Draft
from filo.desk.shown.mentions import called
from filo.desk.views.inserting import added
from filo.desk.views.steps import changed, place
from filo.desk.views.templates import ahead, chosen, keeping
from filo.staff import queries as staff

UNDO = timedelta(seconds=10)


@require_POST
@for_staff
def replies(request: Asked, id: str) -> HttpResponse:
    if request.POST.get("as") == "note":  # the whole form, sent by the wrong key
        return noted(request, id)
    try:
        written = _reply(request, number("cas", id))
    except NewerWords as verdict:
        return newer(request, id, verdict.newer)
    operations.save_draft(request.cur, request.scope, number("cas", id), "", False)
    sent = _going(request, written)
    if request.POST.get("then") == "solve":
        operations.solve(request.cur, request.scope, number("cas", id))
    return answered(request, id, written, sent)


@require_POST
@for_staff
def notes(request: Asked, id: str) -> HttpResponse:
    return noted(request, id)


@require_POST
@for_staff
def draft(request: Asked, id: str) -> HttpResponse:
    text, note = request.POST.get("text", ""), request.POST.get("as") == "note"
    operations.save_draft(request.cur, request.scope, number("cas", id), text, note)
    return HttpResponse(status=204)


@require_POST
@for_staff
def recall(request: Asked, id: str) -> HttpResponse:
    """Take back what was just sent: the words return to the composer."""
    message = queries.message(request.cur, request.scope, number("msg", id))
    text = operations.recall(request.cur, request.scope, number("msg", id))
    case = number("cas", message.case)
    operations.save_draft(request.cur, request.scope, case, text, False)
    back = queries.message(request.cur, request.scope, number("msg", id))
    patches = [_bubble(request, back), _composer(request, message.case, Draft(text))]
    here = queries.case(request.cur, request.scope, case)
    words = toast(_("Not sent. Your words are back."))
    return answer(request, *patches, changed(request, here), words, instead=place(request, here))


@require_POST
@for_staff
def retry(request: Asked, id: str) -> HttpResponse:
    operations.retry(request.cur, request.scope, number("dlv", id))
    return _went_on(request, _("It is tried again."))


@require_POST
@for_staff
def verdict(request: Asked, id: str) -> HttpResponse:
    """Somebody has looked whether an uncertain delivery arrived."""
    sent = request.POST.get("sent") == "1"
    operations.settle(request.cur, request.scope, number("dlv", id), sent=sent)
    return _went_on(request, _("Noted."))


# --- the steps of writing -------------------------------------------------------


def _reply(request: Asked, case: int) -> MessageView:
    identity, channel, about = road_of(request)
    seen = request.POST.get("last_seen", "")
    if about == "public":
        raise CannotSend(
            "public", _("Everyone would read this: publish it, or choose another road.")
        )
    if about:
        return _taken_up(request, case, number("msg", about), seen)
    return operations.reply(
        request.cur,
        request.scope,
        case,
        said_in(request),
        client_id=request.POST.get("client_id") or token_urlsafe(12),
        identity=number("idn", identity) if identity else None,
        channel=number("chn", channel) if channel else None,
        last_seen=number("msg", seen) if seen else None,
        hold=UNDO,
        keep=keeping(request),
        ahead=ahead(request),
    ).message


def said_in(request: Asked) -> list[Part]:
    """A template, where one was chosen, else the words and files."""
    template = chosen(request)
    return [template] if template else parts_of(request)


def _taken_up(request: Asked, case: int, about: int, seen: str) -> MessageView:
    """Public words go on in private; if wished, a word in public says so."""
    client_id = request.POST.get("client_id") or token_urlsafe(12)
    told = operations.take_up(
        request.cur,
        request.scope,
        case,
        parts_of(request),
        client_id=client_id,
        about=about,
        last_seen=number("msg", seen) if seen else None,
        hold=UNDO,
    ).message
    pointer = request.POST.get("pointer_words", "").strip()
    if request.POST.get("pointer") == "1" and pointer:
        operations.reply_in_public(
            request.cur,
            request.scope,
            case,
            [Text(pointer)],
            client_id=f"{client_id}:pointer",
            about=about,
            hold=UNDO,
            points_to=number("msg", told.id),
        )
    return told


def road_of(request: Asked) -> tuple[str, str, str]:
    """Identity, channel, and what the road is about: `public`, or a public message."""
    identity, channel, about, *_more = (request.POST.get("road", "") + ":::").split(":")
    return identity, channel, about


def parts_of(request: Asked) -> list[Part]:
    """The words, then what was added to them, then the files."""
    text = request.POST.get("text", "").strip()
    words: list[Part] = [Text(text)] if text else []
    files = [Media(mime="", attachment=one) for one in request.POST.getlist("attachment")]
    return words + added(request) + cast(list[Part], files)


def _going(request: Asked, written: MessageView) -> Patch:
    """Told at once: it leaves, or it waits; either can be taken back."""
    back = reverse("desk:recall", args=[written.id])
    awaits = {one.awaits for one in written.deliveries}
    if WORD in awaits:
        say(request, _("Kept: it goes when they write."))
        return toast(_("Kept: it goes when they write."), recall=back)
    if TIME in awaits:
        say(request, _("It goes at that time, unless they write first."))
        return toast(_("It goes at that time, unless they write first."), recall=back)
    say(request, _("Sending: you can take it back for ten seconds."))
    return toast(_("Sending."), seconds=10, recall=back)


def noted(request: Asked, id: str) -> HttpResponse:
    cur, scope, case = request.cur, request.scope, number("cas", id)
    text = request.POST.get("text", "").strip()
    mentions = called(text, staff.colleagues(cur, scope))
    client_id = request.POST.get("client_id") or token_urlsafe(12)
    note = operations.note(cur, scope, case, text, client_id=client_id, mentions=mentions)
    operations.save_draft(cur, scope, case, "", False)
    return answered(request, id, note.message)


def answered(request: Asked, id: str, message: MessageView, *more: Patch) -> HttpResponse:
    case = queries.case(request.cur, request.scope, number("cas", id))
    patches = [_bubble(request, message), _composer(request, id, Draft(), last_seen=message.id)]
    calm = Patch("#conflict-box", "inner")
    return answer(
        request, *patches, calm, changed(request, case), *more, instead=place(request, case)
    )


def newer(request: Asked, id: str, words_since: tuple[MessageView, ...]) -> HttpResponse:
    """The customer wrote meanwhile: their words in place, ours kept, the choice to the writer."""
    case = queries.case(request.cur, request.scope, number("cas", id))
    text = request.POST.get("text", "")
    operations.save_draft(request.cur, request.scope, number("cas", id), text, False)
    words = ngettext(
        "%(name)s wrote one more message.", "%(name)s wrote %(n)d more messages.", len(words_since)
    ) % {"name": case.customer_name, "n": len(words_since)}
    say(request, words + " " + _("Read it, then send again."))
    box = render_to_string("desk/_conflict.html", {"words": words}, request)
    seen = render_to_string("desk/_last_seen.html", {"last_seen": words_since[-1].id})
    return answer(
        request,
        *(_bubble(request, one) for one in words_since),
        Patch("#last-seen", "replace", seen),
        Patch("#conflict-box", "inner", box),
        instead=place(request, case),
        status=409,
    )


def _went_on(request: Asked, words: str) -> HttpResponse:
    """The bubble itself comes by the stream, or by the next look."""
    say(request, words)
    return answer(request, toast(words), instead=reverse("desk:queue"))


def _bubble(request: Asked, message: MessageView) -> Patch:
    return Patch("#flow", "upsert", bubble(message, request.scope.language))


def _composer(request: Asked, id: str, draft: Draft, *, last_seen: str = "") -> Patch:
    case: CaseView = queries.case(request.cur, request.scope, number("cas", id))
    roads = queries.roads(request.cur, request.scope, number("cas", id))
    seen = last_seen or request.POST.get("last_seen", "")
    context = showing.composer(request, case, roads, last_seen=seen, draft=draft)
    return Patch("#composer", "replace", render_to_string("desk/_composer.html", context, request))
