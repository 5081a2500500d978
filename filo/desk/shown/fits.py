"""What changes on the way to a channel, in a sentence for the agent."""

from __future__ import annotations

from collections.abc import Iterable

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from filo.channels.fitting import Change, Note


def sentences(notes: Iterable[Note]) -> list[str]:
    return [_sentence(note) for note in notes]


def _sentence(note: Note) -> str:
    args = note.args | {
        "limit": str(filesizeformat(note.args.get("limit", 0))),
        "part": name_of(str(note.args.get("part", ""))),
    }
    words = {
        Change.NUMBERED: _("The ready answers become a numbered list."),
        Change.SPLIT: _("Too long for one message here: it goes out in %(pieces)s pieces."),
        Change.LINKED: _("%(name)s goes as a link: this channel takes no such file."),
        Change.TOO_LARGE: _("%(name)s is over %(limit)s: it goes as a link."),
        Change.CAPTION_APART: _("The caption follows as a message of its own."),
        Change.LOCATION_IN_WORDS: _("The place goes as an address and a link."),
        Change.CONTACT_IN_WORDS: _("The contact goes as text."),
        Change.PLAIN: _("Formatting is lost here."),
        Change.NATIVE_IN_WORDS: _("It goes as plain words here."),
        Change.IN_WORDS: _("%(part)s: it goes in words here."),
        Change.LINKS_IN_WORDS: _("No button opens a page here: the addresses stand in the words."),
        Change.AS_CHOICE: _("%(part)s: it goes as a question with ready answers."),
        Change.CARD_SHORTENED: _("A card holds only the beginning: all its words go ahead of it."),
        Change.CARD_APART: _("Cards go as a picture, their words and a question."),
        Change.WORDS_AHEAD: _("The words above the cards go ahead as a message of their own."),
        Change.CARDS_SPLIT: _("Too many cards for one row: they go in %(pieces)s rows."),
        Change.OPTIONS_APART: _("The card's answers follow as a question of their own."),
        Change.WITH_FILE: _("%(name)s goes with it."),
        Change.CODE_LEFT_OUT: _("The code to be scanned cannot be shown here."),
        Change.SEGMENTS: _("It is paid as %(count)s SMS."),
        Change.DEAR: _("It is paid as %(count)s SMS; without %(letters)s it may be fewer."),
    }[note.code]
    return words % args if "%(" in words else words


def name_of(tag: str) -> str:
    """What a kind of part is called."""
    return {
        "text": _("Text"),
        "media": _("File"),
        "choice": _("Question"),
        "location": _("A place"),
        "contact": _("Contact"),
        "html": _("Mail"),
        "card": _("Card"),
        "carousel": _("Cards"),
        "form": _("Form"),
        "slots": _("Times to choose from"),
        "survey": _("Survey"),
        "receipt": _("Receipt"),
        "boarding_pass": _("Boarding pass"),
        "shipment": _("Shipment"),
        "appointment": _("Appointment"),
        "payment": _("Payment"),
        "template": _("Template"),
    }.get(tag, tag)
