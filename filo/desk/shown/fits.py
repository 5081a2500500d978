"""What changes on the way to a channel, in a sentence for the agent."""

from __future__ import annotations

from collections.abc import Iterable

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from filo.channels.fitting import Change, Note


def sentences(notes: Iterable[Note]) -> list[str]:
    return [_sentence(note) for note in notes]


def _sentence(note: Note) -> str:
    args = note.args | {"limit": str(filesizeformat(note.args.get("limit", 0)))}
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
    }[note.code]
    return words % args if "%(" in words else words
