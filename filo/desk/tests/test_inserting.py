"""What an agent adds to an answer: read from a small form, shown as it arrives, sent with it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import urlencode

import pytest

from filo.channels.contract import (
    Appointment,
    Carousel,
    Choice,
    Form,
    Location,
    Part,
    Payment,
    Price,
    RichCard,
    Slots,
    Survey,
)
from filo.conversations.checking import faults
from filo.desk.inserting import Unready, part_of
from filo.desk.shown import asks, inserts
from filo.desk.tests.people import Browser, case_path, text_of, words_of
from tests.world import World

QUESTION = {"kind": "choice", "ref": "r", "text": "Which seat?", "answers": "12A\n14C"}
FULL: dict[str, dict[str, str]] = {
    "choice": QUESTION,
    "cards": {"title.1": "Milan", "buttons.1": "Book", "title.2": "Rome", "words.2": "Sunny"},
    "slots": {"text": "When?", "day.1": "2026-12-01", "times.1": "9:30 15"},
    "appointment": {"title": "Visit", "starts": "2026-12-01T09:30", "minutes": "30"},
    "place": {"where": "45.0703, 7.6869", "name": "Shop"},
    "payment": {"title": "Bag", "amount": "1.234,50", "reference": "R7", "due": "2026-12-01"},
    "survey": {"text": "Happy?", "scale": "3", "low": "no", "high": "yes"},
    "form": {"title": "You", "ask.1": "Flight number", "ask.2": "Class", "as.2": "choice"}
    | {"ready.2": "Economy, Business", "free.2": "1"},
}


def made(kind: str, **more: str) -> Part:
    return part_of({"kind": kind, "ref": "r"} | FULL[kind] | more, zone=UTC)


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("choice", Choice),
        ("cards", Carousel),
        ("slots", Slots),
        ("appointment", Appointment),
        ("place", Location),
        ("payment", Payment),
        ("survey", Survey),
        ("form", Form),
    ],
)
def test_each_form_makes_its_part_that_can_be_said(kind: str, part: type) -> None:
    whole = made(kind)

    assert isinstance(whole, part)
    assert faults([whole]) == []


def test_every_kind_of_the_list_has_a_form_whose_fields_are_all_read() -> None:
    assert set(asks.FORMS) == set(inserts.KINDS) == set(FULL)


@pytest.mark.parametrize("kind", inserts.KINDS)
def test_an_empty_form_says_what_is_missing(kind: str) -> None:
    with pytest.raises(Unready, match=r"\w"):
        part_of({"kind": kind}, zone=UTC)


def test_a_line_that_ends_in_an_address_opens_that_page() -> None:
    found = made("choice", answers="Check in https://brezza.example/in\n\nCall me")

    assert isinstance(found, Choice)
    assert [(one.label, one.url) for one in found.options] == [
        ("Check in", "https://brezza.example/in"),
        ("Call me", ""),
    ]


def test_one_card_alone_is_a_card() -> None:
    alone = part_of({"kind": "cards", "title.3": "Milan", "image.3": "att_1"}, zone=UTC)

    assert isinstance(alone, RichCard)
    assert alone.image is not None


def test_days_and_times_become_moments_in_order_and_once() -> None:
    found = made("slots", **{"times.1": "15:00, 9.30 9:30"})

    assert isinstance(found, Slots)
    assert [one.starts for one in found.slots] == [
        datetime(2026, 12, 1, 9, 30, tzinfo=UTC),
        datetime(2026, 12, 1, 15, tzinfo=UTC),
    ]


@pytest.mark.parametrize("typed", ["0002-01-01T09:00", "0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_year_that_is_half_typed_is_no_time_yet(typed: str) -> None:
    with pytest.raises(Unready):
        made("appointment", starts=typed)
    with pytest.raises(Unready):
        made("slots", **{"day.1": typed[:10], "times.1": "9:00"})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12", "12"),
        ("12,5", "12.5"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1.234", "1234"),
        ("1.234.567", "1234567"),
        ("1,23,456.00", "123456"),
        *((wrong, None) for wrong in ("€", "-3", "0", "NaN", "")),
        *((unclear, None) for unclear in ("0,505", "1.23.4", "1.234,567", "1.234.50")),
    ],
)
def test_an_amount_is_read_as_people_write_it(written: str, meant: str | None) -> None:
    if meant is None:
        with pytest.raises(Unready):
            made("payment", amount=written)
        return
    found = made("payment", amount=written)
    assert isinstance(found, Payment)
    assert found.price == Price(Decimal(meant), "EUR")


@pytest.mark.parametrize(
    "where",
    [
        "45.0703, 7.6869",
        "https://www.openstreetmap.org/?mlat=45.0703&mlon=7.6869#map=19",
        "https://www.google.com/maps/@45.0703,7.6869,17z",
    ],
)
def test_a_place_is_found_in_what_was_pasted(where: str) -> None:
    found = made("place", where=where)

    assert isinstance(found, Location)
    assert (found.latitude, found.longitude) == (45.0703, 7.6869)


# --- at the desk -----------------------------------------------------------------


@pytest.fixture
def case(town: World) -> int:
    return town.writes("ada", "Which seats are free?")


def test_the_list_tells_how_each_arrives_on_this_road(dora: Browser, case: int) -> None:
    words = words_of(dora.get(case_path(case, "inserts")))

    assert "Question with ready answers" in words
    assert "How each arrives on" in words


def test_the_form_is_filled_again_with_what_was_added(dora: Browser, case: int) -> None:
    page = text_of(dora.patched(case_path(case, "inserts"), step="open", **QUESTION))

    assert "12A\n14C</textarea>" in page
    assert "Change it" in page


def test_the_preview_is_drawn_as_the_road_fits_it(dora: Browser, case: int) -> None:
    words = words_of(dora.patched(case_path(case, "inserts"), step="look", **QUESTION))

    assert "Which seat?" in words
    assert "12A" in words


def test_what_is_missing_is_said_softly_while_typing_and_stops_the_adding(
    dora: Browser, case: int
) -> None:
    empty = QUESTION | {"answers": ""}

    soft = dora.patched(case_path(case, "inserts"), step="look", **empty)
    hard = dora.patched(case_path(case, "inserts"), step="add", **empty)

    assert (soft.status_code, hard.status_code) == (200, 422)
    assert "Write the ready answers, one a line." in words_of(soft)
    assert 'role="alert"' in text_of(hard)


def test_what_was_added_goes_with_the_words(town: World, dora: Browser, case: int) -> None:
    chip = text_of(dora.patched(case_path(case, "inserts"), step="add", **QUESTION))
    assert 'name="insert"' in chip

    answer = dora.patched(case_path(case, "replies"), text="Two.", insert=urlencode(QUESTION))

    assert answer.status_code == 200
    said = town.rows("SELECT parts::text FROM conversations_message WHERE direction = 'out'")
    assert '"choice"' in str(said[0][0])
    assert "14C" in words_of(answer)


def test_a_spoilt_chip_is_refused_and_sends_nothing(town: World, dora: Browser, case: int) -> None:
    answer = dora.patched(case_path(case, "replies"), text="Two.", insert="kind=choice")

    assert answer.status_code == 409
    assert town.rows("SELECT 1 FROM conversations_message WHERE direction = 'out'") == []
