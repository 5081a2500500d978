"""Make a message fit a channel, and say what had to change.

A connector never meets a part it cannot render: `fit` has turned it into the nearest thing the
channel knows, and no word is lost. The agent sees the notes before sending.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import assert_never

import msgspec

from filo.channels.changes import Change as Change
from filo.channels.changes import Fitted as Fitted
from filo.channels.changes import Note as Note
from filo.channels.changes import Sheet
from filo.channels.contract import (
    Appointment,
    Bill,
    BoardingPass,
    Bundle,
    Business,
    Capabilities,
    Carousel,
    Choice,
    Contact,
    Form,
    Html,
    Location,
    Media,
    Native,
    Option,
    Part,
    Payment,
    RichCard,
    Shipment,
    Slots,
    Spoken,
    Survey,
    Template,
    Text,
    tag_of,
)
from filo.channels.filling import filled as filled
from filo.channels.fitting_cards import fit_card, fit_carousel
from filo.channels.fitting_plain import (
    ahead,
    fit_choice,
    fit_media,
    fit_text,
    note_segments,
    takes_choice,
    takes_file,
)
from filo.channels.fitting_plain import media_limit as media_limit
from filo.channels.labels import short_moment
from filo.channels.places import capabilities as capabilities
from filo.channels.places import in_public as in_public
from filo.channels.places import taken_up as taken_up
from filo.channels.wording import answers as answers
from filo.channels.wording import how_many, scale, score_id
from filo.channels.wording import in_words as in_words

_Other = Location | Contact | Html | Native | Form | Slots | Survey | Business


def fit(parts: Sequence[Part], can: Capabilities, *, language: str = "") -> Fitted:
    """The parts as this channel can say them; one `Bundle` where all travels as one.

    `language` is the customer's: it picks the labels of what goes in words.
    """
    sheet = Sheet(can, language)
    fitted: list[Part] = []
    for part in parts:
        fitted += _fit_part(part, sheet)
        sheet.counted += how_many(part)
    if can.segments:
        note_segments(fitted, sheet)
    spoken: tuple[Spoken, ...] = (Bundle(tuple(fitted)),) if can.bundles and fitted else (*fitted,)
    return Fitted(spoken, tuple(sheet.notes))


def _fit_part(part: Part, sheet: Sheet) -> Iterator[Part]:
    match part:
        case Text():
            yield from fit_text(part.text, sheet, marked=part.marked)
        case Media():
            yield from fit_media(part, sheet)
        case Choice():
            yield from fit_choice(part, sheet)
        case RichCard():
            yield from fit_card(part, sheet)
        case Carousel():
            yield from fit_carousel(part, sheet)
        case Slots() | Survey() | Native() if type(part) in sheet.can.parts:
            yield from _fit_asked(part, sheet)
        case _ if type(part) in sheet.can.parts:
            yield part
        case _:
            yield from _fit_otherwise(part, sheet)


def _fit_otherwise(part: _Other, sheet: Sheet) -> Iterator[Part]:
    match part:
        case Slots() | Survey():
            yield from _fit_ready(part, sheet)
        case Bill() | BoardingPass() | Shipment() | Appointment() | Payment() | Template():
            yield from _fit_business(part, sheet)
        case Location():
            sheet.note(Change.LOCATION_IN_WORDS)
            yield from fit_text(_place(part), sheet)
        case Contact():
            sheet.note(Change.CONTACT_IN_WORDS)
            yield from fit_text(_person(part), sheet)
        case Html():
            sheet.note(Change.PLAIN)
            yield from fit_text(_plain(part), sheet)
        case Native():
            sheet.note(Change.NATIVE_IN_WORDS, kind=part.kind)
            yield from fit_text(part.text, sheet)
        case Form():
            sheet.note(Change.IN_WORDS, part=tag_of(part))
            yield from fit_text(in_words(part, sheet.language), sheet)
        case _ as never:
            assert_never(never)


# --- times and scores -------------------------------------------------------


def _fit_asked(part: Slots | Survey | Native, sheet: Sheet) -> Iterator[Part]:
    """As it is; where its words are too long they go ahead, and the end of them stays."""
    room = len(scale(part)) if isinstance(part, Survey) else 0
    pieces, last = ahead(part.text, sheet, most=max(1, sheet.can.text - 2 * room))
    for piece in pieces:
        yield from fit_text(piece, sheet)
    yield part if last == part.text else msgspec.structs.replace(part, text=last)


def _fit_ready(part: Slots | Survey, sheet: Sheet) -> Iterator[Part]:
    choice = _as_choice(part, sheet.language)
    if takes_choice(choice, sheet.can):
        sheet.note(Change.AS_CHOICE, part=tag_of(part))
        yield choice
        return
    sheet.note(Change.IN_WORDS, part=tag_of(part))
    yield from fit_text(in_words(part, sheet.language, first=sheet.counted + 1), sheet)


def _as_choice(part: Slots | Survey, language: str) -> Choice:
    if isinstance(part, Slots):
        times = ((slot.id, short_moment(slot.starts, language)) for slot in part.slots)
        return Choice(part.text, tuple(Option(*time) for time in times))
    scores = tuple(Option(score_id(part, n), str(n)) for n in range(1, part.scale + 1))
    named = part.low or part.high
    return Choice(f"{part.text}\n{scale(part)}" if named else part.text, scores)


# --- business ---------------------------------------------------------------


def _fit_business(part: Business, sheet: Sheet) -> Iterator[Part]:
    """Words, then the best of its files that goes here; else where that file can be had."""
    sheet.note(Change.IN_WORDS, part=tag_of(part))
    words = in_words(part, sheet.language)
    files = _files(part)
    taken = next((file for file in files if takes_file(file, sheet.can)), None)
    if taken:
        sheet.note(Change.WITH_FILE, name=taken.name or taken.mime)
        yield from fit_text(words, sheet)
        yield from fit_media(taken, sheet)
        return
    address = next((file.url for file in files if file.url), "")
    if isinstance(part, BoardingPass) and part.code and not address:
        sheet.note(Change.CODE_LEFT_OUT)
    yield from fit_text("\n".join(filter(None, [words, address])), sheet)


def _files(part: Business) -> tuple[Media, ...]:
    if isinstance(part, Template):
        return (part.header,) if part.header else ()
    return part.files if isinstance(part, Bill | BoardingPass | Appointment) else ()


# --- the rest in words ------------------------------------------------------


def _place(location: Location) -> str:
    where = f"{location.latitude:.6f},{location.longitude:.6f}"
    address = f"https://www.openstreetmap.org/?mlat={where.replace(',', '&mlon=')}"
    return "\n".join(filter(None, [location.name, location.address, address]))


def _person(contact: Contact) -> str:
    return "\n".join(filter(None, [contact.name, *contact.phones, *contact.emails]))


_BREAKS = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(style|script|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")


def _plain(page: Html) -> str:
    if page.text:
        return page.text
    stripped = _TAGS.sub("", _BREAKS.sub("\n", _HIDDEN.sub("", page.html)))
    return html.unescape(stripped).strip()
