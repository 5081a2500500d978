"""Make a message fit a channel, and say what had to change.

A connector never meets a part it cannot render: `fit` has turned it into the nearest thing the
channel knows, and no word is lost. The agent sees the notes before sending.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

import msgspec

from filo.channels.contract import (
    Bundle,
    Business,
    Capabilities,
    Choice,
    Contact,
    Html,
    Location,
    Media,
    Native,
    Part,
    Rich,
    Spoken,
    Text,
    tag_of,
)
from filo.channels.wording import in_words as in_words


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


class Note(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that changed, as a code and the values its sentence needs."""

    code: Change
    args: dict[str, str | int] = {}


class Fitted(msgspec.Struct, frozen=True, omit_defaults=True):
    parts: tuple[Spoken, ...]
    notes: tuple[Note, ...] = ()


def fit(parts: Sequence[Part], can: Capabilities) -> Fitted:
    """The parts as this channel can say them; one `Bundle` where all travels as one."""
    notes: list[Note] = []
    fitted = tuple(new for part in parts for new in _fit_part(part, can, notes))
    spoken: tuple[Spoken, ...] = (Bundle(fitted),) if can.bundles and fitted else fitted
    return Fitted(spoken, _once(notes))


def _fit_part(part: Part, can: Capabilities, notes: list[Note]) -> Iterator[Part]:
    if isinstance(part, Text):
        yield from _fit_text(part.text, can, notes)
    elif isinstance(part, Media):
        yield from _fit_media(part, can, notes)
    elif _takes(part, can):
        yield part
    else:
        words, note = _in_words(part)
        notes.append(note)
        yield from _fit_text(words, can, notes)


def _takes(part: Part, can: Capabilities) -> bool:
    return _takes_choice(part, can) if isinstance(part, Choice) else type(part) in can.parts


def _in_words(
    part: Choice | Location | Contact | Html | Native | Rich | Business,
) -> tuple[str, Note]:
    match part:
        case Choice():
            return _numbered(part), Note(Change.NUMBERED)
        case Location():
            return _place(part), Note(Change.LOCATION_IN_WORDS)
        case Contact():
            return _card(part), Note(Change.CONTACT_IN_WORDS)
        case Html():
            return _plain(part), Note(Change.PLAIN)
        case Native():
            return part.text, Note(Change.NATIVE_IN_WORDS, {"kind": part.kind})
        case _:
            return in_words(part), Note(Change.IN_WORDS, {"part": tag_of(part)})


def _fit_text(text: str, can: Capabilities, notes: list[Note]) -> Iterator[Part]:
    pieces = list(split(text, can.text))
    if len(pieces) > 1:
        notes.append(Note(Change.SPLIT, {"pieces": len(pieces)}))
    yield from map(Text, pieces)


# --- media ----------------------------------------------------------------


def _fit_media(media: Media, can: Capabilities, notes: list[Note]) -> Iterator[Part]:
    limit = media_limit(media.mime, can)
    if limit is None:
        notes.append(Note(Change.LINKED, {"name": _title(media)}))
        yield from _fit_text(_link(media), can, notes)
    elif media.size > limit:
        notes.append(Note(Change.TOO_LARGE, {"name": _title(media), "limit": limit}))
        yield from _fit_text(_link(media), can, notes)
    elif media.caption and len(media.caption) > _caption_limit(media.mime, can):
        notes.append(Note(Change.CAPTION_APART))
        yield msgspec.structs.replace(media, caption="")
        yield from _fit_text(media.caption, can, notes)
    else:
        yield media


def media_limit(mime: str, can: Capabilities) -> int | None:
    """Most bytes of a file of this type here; None when such files are not taken at all."""
    if Media not in can.parts:
        return None
    for pattern in _patterns(mime):
        if pattern in can.media:
            return can.media[pattern]
    return None


def _patterns(mime: str) -> tuple[str, str, str]:
    plain = mime.partition(";")[0].strip().lower()
    return plain, f"{plain.partition('/')[0]}/*", "*/*"


def _caption_limit(mime: str, can: Capabilities) -> int:
    return 0 if any(pattern in can.bare for pattern in _patterns(mime)) else can.caption


def _title(media: Media) -> str:
    return media.name or media.mime


def _link(media: Media) -> str:
    return "\n".join(filter(None, [media.caption, media.url or _title(media)]))


# --- choices --------------------------------------------------------------


def _takes_choice(choice: Choice, can: Capabilities) -> bool:
    labels = [option.label for option in choice.options]
    return (
        Choice in can.parts
        and 0 < len(choice.text) <= (can.question or can.text)
        and 0 < len(labels) <= can.options
        and len(set(labels)) == len(labels)
        and all(0 < len(label) <= can.label for label in labels)
        and all(len(option.hint) <= can.hint for option in choice.options)
    )


def _numbered(choice: Choice) -> str:
    rows = [
        f"{n}. {option.label}" + (f": {option.hint}" if option.hint else "")
        for n, option in enumerate(choice.options, start=1)
    ]
    return "\n".join(filter(None, [choice.text, *rows]))


# --- the rest in words ----------------------------------------------------


def _place(location: Location) -> str:
    where = f"{location.latitude:.6f},{location.longitude:.6f}"
    address = f"https://www.openstreetmap.org/?mlat={where.replace(',', '&mlon=')}"
    return "\n".join(filter(None, [location.name, location.address, address]))


def _card(contact: Contact) -> str:
    return "\n".join(filter(None, [contact.name, *contact.phones, *contact.emails]))


_BREAKS = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(style|script|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")


def _plain(page: Html) -> str:
    if page.text:
        return page.text
    stripped = _TAGS.sub("", _BREAKS.sub("\n", _HIDDEN.sub("", page.html)))
    return html.unescape(stripped).strip()


# --- splitting ------------------------------------------------------------


def split(text: str, limit: int) -> Iterator[str]:
    """Cut at the last line end or space before the limit; inside a word only when there is none."""
    while len(text) > limit:
        cut = _last_break(text, limit)
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    if text:
        yield text


def _last_break(text: str, limit: int) -> int:
    for mark in ("\n\n", "\n", " "):
        cut = text.rfind(mark, limit // 2 if mark != " " else 1, limit + 1)
        if cut > 0 and text[:cut].strip():
            return cut
    return limit


def _once(notes: list[Note]) -> tuple[Note, ...]:
    return tuple(note for n, note in enumerate(notes) if note not in notes[:n])
