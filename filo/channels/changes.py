"""What fitting had to change, told as codes: the desk has a sentence for each."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from filo.channels.contract import Capabilities, Spoken


class Change(StrEnum):
    """What was changed. The desk has a sentence for each; `args` of the note fill it in."""

    NUMBERED = "numbered"  # ready answers became a numbered list
    SPLIT = "split"  # the text was too long: `pieces`
    LINKED = "linked"  # a file became a link: `name`
    TOO_LARGE = "too_large"  # the same, because it is too large here: `name`, `limit` in bytes
    CAPTION_APART = "caption_apart"  # the caption follows as a text of its own
    LOCATION_IN_WORDS = "location_in_words"
    CONTACT_IN_WORDS = "contact_in_words"
    PLAIN = "plain"  # formatting is lost
    NATIVE_IN_WORDS = "native_in_words"  # `kind`
    IN_WORDS = "in_words"  # a structured part: `part`, its tag
    LINKS_IN_WORDS = "links_in_words"  # answers that open a page became addresses in the words
    AS_CHOICE = "as_choice"  # a date picker or a survey became ready answers: `part`
    CARD_SHORTENED = "card_shortened"  # its words go ahead in full, the card has their beginning
    CARD_APART = "card_apart"  # a card became its picture, its words and a question
    WORDS_AHEAD = "words_ahead"  # the words above the cards go before them
    CARDS_SPLIT = "cards_split"  # too many side by side: `pieces`
    OPTIONS_APART = "options_apart"  # a card's answers follow as a question of their own
    WITH_FILE = "with_file"  # what went in words is in this file too: `name`
    CODE_LEFT_OUT = "code_left_out"  # the code to be scanned cannot be shown here
    SEGMENTS = "segments"  # nothing changes, but it is paid as `count` SMS
    DEAR = "dear"  # the same, and it would be fewer without these `letters`


class Note(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that changed, as a code and the values its sentence needs."""

    code: Change
    args: dict[str, str | int] = {}


class Fitted(msgspec.Struct, frozen=True, omit_defaults=True):
    """What will be said, and what had to change for it."""

    parts: tuple[Spoken, ...]
    notes: tuple[Note, ...] = ()


class Sheet(msgspec.Struct):
    """One message while it is fitted: to what, in which language, and what was noted so far."""

    can: Capabilities
    language: str = ""
    notes: list[Note] = []
    counted: int = 0  # ready answers so far: numbers run on through the message

    def note(self, code: Change, **args: str | int) -> None:
        noted = Note(code, args)
        if noted not in self.notes:
            self.notes.append(noted)
