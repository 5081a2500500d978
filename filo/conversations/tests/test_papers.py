"""A boarding pass, a receipt and a date go on paper too, in the customer's language."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from icalendar import Calendar

from filo.channels.contract import (
    Airport,
    Appointment,
    Bill,
    BoardingPass,
    Code,
    Item,
    Media,
    Price,
    RichCard,
)
from filo.conversations import attachments, operations
from filo.conversations.papers import papers
from filo.conversations.types import CannotSend
from filo.core import codes, media
from tests.world import World

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Europe/Rome"))
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PASS = BoardingPass(
    "Żofia Łęcka",
    "FI 123",
    Airport("MXP", "Milano"),
    Airport("FCO", "Roma"),
    NOON,
    "X7K2PQ",
    code=Code("aztec", "M1LECKA/ZOFIA"),
)


def test_a_boarding_pass_is_a_pdf_its_code_and_a_date() -> None:
    pdf, png, ics = papers(PASS, "it", at=NOW)

    assert (pdf.name, pdf.body[:5]) == ("carta-d-imbarco-fi-123-zofia-ecka.pdf", b"%PDF-")
    assert codes.read(png.body) == ["M1LECKA/ZOFIA"]
    told = event(ics.body)
    assert told["summary"] == "FI 123 MXP-FCO"
    assert told["dtstart"].dt == datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


def event(ics: bytes) -> Any:
    """The one date of a calendar file."""
    calendar: Any = Calendar.from_ical(ics)
    [found] = calendar.walk("VEVENT")
    return found


def test_a_receipt_is_a_pdf_and_an_appointment_a_date() -> None:
    price = Price(Decimal("9.90"), "EUR")
    [bill] = papers(Bill("R 7", (Item("Bag", price),), price), "en", at=NOW)
    [date] = papers(Appointment("Call", NOON, 45, text="Have your booking ready"), "en", at=NOW)

    assert bill.name == "receipt-r-7.pdf"
    told = event(date.body)
    assert (told["dtend"].dt - told["dtstart"].dt).total_seconds() == 45 * 60
    assert "Have your booking ready" in told["description"]


def test_papers_are_attachments_of_the_answer_and_go_where_files_go(world: World) -> None:
    case = world.writes("ada", "Ciao")

    written = world.act(operations.reply, world.dora, case, [PASS], client_id="p1")

    [kept] = written.message.parts
    assert [file.mime for file in kept.files] == ["application/pdf", "image/png", "text/calendar"]
    assert media.read(kept.files[0].sha256)[:5] == b"%PDF-"
    rows = world.rows("SELECT count(*) FROM conversations_attachment WHERE message_id IS NOT NULL")
    assert rows == [(3,)]


def test_papers_of_ones_own_are_left_as_they_are(world: World) -> None:
    case = world.writes("ada", "Ciao")
    own = Media("application/pdf", "https://x.example/pass.pdf", name="pass.pdf")
    given = msgspec.structs.replace(PASS, files=(own,))

    written = world.act(operations.reply, world.dora, case, [given], client_id="p1")

    assert written.message.parts[0].files == (own,)


def test_a_picture_of_a_card_must_be_ones_own_upload(world: World) -> None:
    case = world.writes("ada", "Ciao")
    kept = media.keep(codes.png("qr", "x"), name="q.png", mime="image/png", limit=10**6)
    owner = attachments.of_staff(world.enzo.staff)
    theirs = world.act(attachments.upload, kept, owner=owner)
    card = RichCard("Roma", image=Media("image/png", attachment=theirs.id))

    with pytest.raises(CannotSend):
        world.act(operations.reply, world.dora, case, [card], client_id="p1")


def test_a_code_that_cannot_be_drawn_is_told(world: World) -> None:
    case = world.writes("ada", "Ciao")
    wrong = msgspec.structs.replace(PASS, code=Code("ean", "1"))

    with pytest.raises(CannotSend, match="cannot be drawn"):
        world.act(operations.reply, world.dora, case, [wrong], client_id="p1")
