"""The same on paper: a boarding pass and a receipt as PDF, a date as a calendar file.

Pure: a part in, files out. What a channel cannot show in its own way, its customer can keep.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from filo.channels.contract import Appointment, Bill, BoardingPass, Part
from filo.channels.kit import in_words, label
from filo.core import codes
from filo.core.text import fold

if TYPE_CHECKING:
    from fpdf import FPDF

PDF = "application/pdf"
ICS = "text/calendar"
PNG = "image/png"
A5 = (148.0, 210.0)
FLIGHT_LASTS = timedelta(hours=2)  # in a calendar, when nobody says when it arrives


class Paper(msgspec.Struct, frozen=True):
    """A file that says the same as a part."""

    name: str
    mime: str
    body: bytes


def papers(part: Part, language: str, *, at: datetime) -> Iterator[Paper]:
    """The best form first; none for what is no paper."""
    match part:
        case BoardingPass():
            name = _named(label("boarding_pass", language), part.flight, part.passenger)
            yield Paper(f"{name}.pdf", PDF, _pass(part, language, at=at))
            if part.code:
                yield Paper(f"{name}.png", PNG, codes.png(part.code.kind, part.code.payload))
            yield Paper(f"{name}.ics", ICS, _flight(part, language, at=at))
        case Bill():
            name = _named(label("receipt", language), part.number)
            yield Paper(f"{name}.pdf", PDF, _receipt(part, language, at=at))
        case Appointment():
            name = _named(label("appointment", language), part.title)
            yield Paper(f"{name}.ics", ICS, _date(part, at=at))
        case _:
            return


def _named(*words: str) -> str:
    """`boarding-pass-fi-123`: what every file system takes."""
    plain = "".join(c if c.isascii() and c.isalnum() else " " for c in fold(" ".join(words)))
    return "-".join(plain.split())[:60]


# --- PDF --------------------------------------------------------------------


def _pass(part: BoardingPass, language: str, *, at: datetime) -> bytes:
    page = _page(label("boarding_pass", language), at=at)
    page.set_font("helvetica", "B", 26)
    page.cell(
        0, 14, f"{part.origin.code}  -  {part.destination.code}", new_x="LMARGIN", new_y="NEXT"
    )
    _lines(page, in_words(part, language))
    if part.code:
        picture = codes.png(part.code.kind, part.code.payload, scale=10)
        page.image(io.BytesIO(picture), y=page.get_y() + 8, w=70)
    return bytes(page.output())


def _receipt(part: Bill, language: str, *, at: datetime) -> bytes:
    page = _page(label("receipt", language), at=at)
    _lines(page, in_words(part, language))
    return bytes(page.output())


def _page(title: str, *, at: datetime) -> FPDF:
    from fpdf import FPDF  # heavy, and most processes never write on paper

    page = FPDF(format=A5)
    page.set_creation_date(at)  # the same words make the same file
    page.add_page()
    page.set_title(_printable(title))
    page.set_font("helvetica", "", 11)
    page.set_text_color(80)
    page.cell(0, 8, _printable(title), new_x="LMARGIN", new_y="NEXT")
    page.set_text_color(0)
    return page


def _lines(page: FPDF, words: str) -> None:
    page.set_font("helvetica", "", 12)
    page.multi_cell(0, 7, _printable(words), align="L", new_x="LMARGIN", new_y="NEXT")


def _printable(words: str) -> str:
    """The fonts that every reader has know western letters: an accent that they do not is left."""
    known = words.replace("→", "-")
    if _is_western(known):
        return known
    bare = (c if _is_western(c) else unicodedata.normalize("NFKD", c) for c in known)
    return "".join(bare).encode("cp1252", "replace").decode("cp1252")


def _is_western(words: str) -> bool:
    return words == words.encode("cp1252", "ignore").decode("cp1252")


# --- calendar ---------------------------------------------------------------


def _flight(part: BoardingPass, language: str, *, at: datetime) -> bytes:
    title = f"{part.flight} {part.origin.code}-{part.destination.code}"
    return _calendar(
        uid=f"{part.reference}-{title}",
        title=title,
        starts=part.departs,
        ends=part.arrives or part.departs + FLIGHT_LASTS,
        place=f"{part.origin.city} {part.origin.code}".strip(),
        words=in_words(part, language),
        at=at,
    )


def _date(part: Appointment, *, at: datetime) -> bytes:
    return _calendar(
        uid=f"{part.starts.isoformat()}-{part.title}",
        title=part.title,
        starts=part.starts,
        ends=part.starts + timedelta(minutes=part.minutes or 30),
        place=part.place,
        words="\n".join(filter(None, [part.text, part.url])),
        at=at,
    )


def _calendar(
    *,
    uid: str,
    title: str,
    starts: datetime,
    ends: datetime,
    place: str,
    words: str,
    at: datetime,
) -> bytes:
    from icalendar import Calendar, Event

    event = Event()
    event.add("uid", f"{_named(uid)}@filo")
    event.add("dtstamp", at.astimezone(UTC))
    event.add("summary", title)
    event.add("dtstart", starts.astimezone(UTC))
    event.add("dtend", ends.astimezone(UTC))
    event.add("location", place)
    event.add("description", words)
    calendar = Calendar()
    calendar.add("prodid", "-//Filo//filo//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
