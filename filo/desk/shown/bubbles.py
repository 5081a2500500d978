"""A message as a bubble: its pieces, and what became of it on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from filo.channels.contract import Choice, Contact, Html, Location, Media, Native, Part, Text
from filo.conversations.types import AttachmentView, DeliveryView, MessageView, ReactionView
from filo.core import cleaner
from filo.core.filetypes import PICTURES
from filo.desk.shown import marks, rich, words
from filo.desk.shown.faces import Face, face
from filo.desk.shown.openly import Openly, openly
from filo.desk.shown.pieces import Piece, link


class Fate(msgspec.Struct, frozen=True):
    """What became of it, in a word and an icon."""

    words: str
    icon: str
    tone: str = ""
    delivery: str = ""  # of the one that a person may act on
    may_retry: bool = False
    must_check: bool = False
    at: datetime | None = None  # when it goes


class Bubble(msgspec.Struct, frozen=True):
    id: str
    case: str
    direction: str
    run: str  # bubbles of one run share a knot
    kind: str
    kind_name: str
    at: datetime
    author: str
    by: str
    face: Face
    pieces: tuple[Piece, ...]
    subject: str
    fate: Fate | None
    answers: str
    reactions: tuple[ReactionView, ...]
    automatic: bool
    unproved: bool
    edited: bool
    withdrawn: bool
    public: bool
    recallable: bool
    kept: bool = False  # it waits, for the customer or for a time: anybody here may take it back
    openly: Openly | None = None
    app: str | None = None  # of ours: written in the provider's own app


def bubble(message: MessageView) -> Bubble:
    withdrawn = message.withdrawn_at is not None
    return Bubble(
        id=message.id,
        case=message.case,
        direction=message.direction,
        run=f"{message.direction}:{message.identity or ''}:{message.kind}:{message.author or ''}",
        kind=message.kind,
        kind_name=marks.name(message.kind) if message.kind else "",
        at=message.at,
        author=message.author_name,
        by=message.author or "",
        face=face(message.author_name, message.author or ""),
        pieces=() if withdrawn else tuple(_pieces(message)),
        subject=message.subject,
        fate=None if withdrawn else fate(message.deliveries),
        answers=message.answers or "",
        reactions=message.reactions,
        automatic=message.automatic,
        unproved=message.context.get("sender") == "unproved",
        edited=message.edited_at is not None,
        withdrawn=withdrawn,
        public=message.visibility == "public",
        recallable=any(one.reason == "undo" for one in message.deliveries),
        kept=any(one.awaits for one in message.deliveries),
        openly=openly(message),
        app=message.context.get("app") if message.direction == "out" else None,
    )


# --- what it holds -------------------------------------------------------------


def drawn(parts: Iterable[Part]) -> Iterator[Piece]:
    """Parts that nobody has sent yet, as they will look."""
    return (_piece(part, None, {}, note=False) for part in parts)


def _pieces(message: MessageView) -> Iterator[Piece]:
    kept = {attachment.part: attachment for attachment in message.attachments}
    inside = {
        part.inline: kept[index].id
        for index, part in enumerate(message.parts)
        if isinstance(part, Media) and part.inline and index in kept
    }
    for index, part in enumerate(message.parts):
        shown_in_mail = isinstance(part, Media) and part.inline in inside and _has_mail(message)
        if not shown_in_mail:
            yield _piece(part, kept.get(index), inside, note=message.direction == "note")
    if message.direction == "in" and message.context.get("choice"):
        yield rich.chosen(message.context, message.parts)


def _has_mail(message: MessageView) -> bool:
    return any(isinstance(part, Html) and "cid:" in part.fresh for part in message.parts)


def _piece(part: Part, kept: AttachmentView | None, inside: dict[str, str], *, note: bool) -> Piece:
    match part:
        case Text():
            piece = _text(part, note=note)
        case Media():
            piece = _media(part, kept)
        case Html():
            piece = _mail(part, inside)
        case Choice():
            labels = tuple(option.label for option in part.options)
            piece = Piece("choice", words.linked(part.text), labels=labels)
        case Location():
            piece = _place(part)
        case Contact():
            piece = Piece("person", title=part.name, labels=part.phones + part.emails)
        case Native():
            piece = Piece("native", words.linked(part.text or part.kind), title=_named(part.kind))
        case _:
            piece = rich.piece(part)
    return piece


def _named(kind: str) -> str:
    """What only one channel has, in words where we have some."""
    return {
        "visit": _("A visit to the shop"),
        "account_linking": _("The account was linked"),
        "address": _("An address"),
        "call": _("A call: nobody could pick up here"),
        "call_permission": _("May we call?"),
        "comment": _("A comment that cannot be shown here"),
        "encrypted": _("An encrypted message: answer it in the provider's app"),
        "ephemeral": _("A picture or film that could be seen once"),
        "form": _("A form, filled in"),
        "mention": _("A mention"),
        "optin": _("Wants to hear from us"),
        "order": _("An order"),
        "pass_thread_control": _("The thread went to another app"),
        "product": _("A product"),
        "rating": _("A recommendation"),
        "referral": _("Came by a link or an advertisement"),
        "request_thread_control": _("Another app asks for the thread"),
        "story_mention": _("A mention in a story"),
        "story_reply": _("An answer to a story"),
        "take_thread_control": _("The thread was taken by another app"),
        "unsupported": _("Something that this channel does not let through"),
    }.get(kind, kind)


def _text(part: Text, *, note: bool) -> Piece:
    if words.is_emoji(part.text):
        return Piece("emoji", words.linked(part.text))
    if part.marked:
        return Piece("text", words.marked(part.text))
    return Piece("text", words.called(part.text) if note else words.linked(part.text))


def _mail(part: Html, inside: dict[str, str]) -> Piece:
    def address(cid: str) -> str | None:
        return link(inside[cid]) if cid in inside else None

    shown = cleaner.clean(part.fresh, cid=address) if part.fresh else words.linked(part.text)
    return Piece("mail", SafeString(shown), detail=part.quoted)


def _place(part: Location) -> Piece:
    where = f"{part.latitude:.6f},{part.longitude:.6f}"
    href = f"https://www.openstreetmap.org/?mlat={part.latitude:.6f}&mlon={part.longitude:.6f}"
    return Piece("place", title=part.name or _("A place"), detail=part.address or where, href=href)


# --- files ---------------------------------------------------------------------


def _media(part: Media, kept: AttachmentView | None) -> Piece:
    caption = words.linked(part.caption)
    name = (kept.name if kept else part.name) or _("File")
    if kept is None:
        size = str(filesizeformat(part.size)) if part.size else ""
        return Piece("file", title=name, detail=size, caption=caption, state="pending")
    if kept.state != "ready":
        detail = refusal(kept.reason) if kept.state == "refused" else _("On its way…")
        return Piece("file", title=name, detail=detail, caption=caption, state=kept.state)
    return Piece(
        _noun(kept.mime),
        title=name,
        detail=str(filesizeformat(kept.size)),
        href=link(kept.id),
        caption=caption,
        width=kept.width,
        height=kept.height,
        state="ready",
    )


def _noun(mime: str) -> str:
    if mime in PICTURES:
        return "picture"
    return {"audio": "sound", "video": "film"}.get(mime.partition("/")[0], "file")


def refusal(reason: str) -> str:
    """Why a file was not kept."""
    known = {
        "too_big": _("Too large, not kept"),
        "type": _("This type of file is not accepted"),
        "broken": _("The picture is broken, not kept"),
        "empty": _("The file is empty"),
        "forbidden": _("Its address is not a public one"),
        "gone": _("The provider no longer has it"),
    }
    if not reason:
        return _("Not kept")
    return known.get(reason) or _("Not kept: %(why)s") % {"why": reason}


# --- on the way ----------------------------------------------------------------

WORST_FIRST = ("failed", "uncertain", "pending", "sent", "delivered", "read")


def fate(deliveries: tuple[DeliveryView, ...]) -> Fate | None:
    """One word for all its parts: the worst of them."""
    if not deliveries:
        return None
    one = min(deliveries, key=lambda delivery: WORST_FIRST.index(delivery.state))
    if one.state == "failed":
        return Fate(_failed(one), "circle-alert", "failed", one.id, may_retry=True)
    if one.state == "uncertain":
        words = _("Perhaps sent: check")
        return Fate(words, "circle-question-mark", "doubt", one.id, must_check=True)
    if one.state == "pending" and one.awaits == "time":
        return Fate(_("goes"), "clock", at=one.due_at)
    return {
        "pending": Fate(_pending(one), "clock"),
        "sent": Fate(_("sent"), "check"),
        "delivered": Fate(_("delivered"), "check-check"),
        "read": Fate(_("read"), "check-check", "read"),
    }[one.state]


def _pending(delivery: DeliveryView) -> str:
    if delivery.awaits:
        return _("kept until they write")
    return {
        "undo": _("sending, can be undone"),
        "held": _("held"),
        "later": _("will be tried again"),
    }.get(delivery.reason, _("sending"))


def _failed(delivery: DeliveryView) -> str:
    why = {
        "blocked": _("this person does not want our messages"),
        "unreachable": _("the address cannot be reached"),
        "window closed": _("the time for free answers is over"),
        "refused": _("the provider refused it"),
        "wrote first": _("they wrote first"),
        "superseded": _("a newer answer took its place"),
        "solved": _("the case was solved"),
    }.get(delivery.reason, "")
    detail = " · ".join(words for words in (why, delivery.detail) if words)
    return _("Not sent: %(why)s") % {"why": detail} if detail else _("Not sent")
