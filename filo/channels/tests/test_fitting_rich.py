from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filo.channels import registry
from filo.channels.contract import (
    Airport,
    Appointment,
    Bill,
    BoardingPass,
    Bundle,
    Capabilities,
    Carousel,
    Choice,
    Code,
    Field,
    Form,
    Item,
    Media,
    Native,
    Option,
    Part,
    Payment,
    Price,
    RichCard,
    Shipment,
    Slot,
    Slots,
    Spoken,
    Survey,
    Template,
    Text,
)
from filo.channels.cutting import size
from filo.channels.fitting import Change, Note, fit
from filo.channels.fitting_cards import takes_card
from filo.channels.fitting_plain import takes_caption, takes_choice, takes_file
from filo.channels.marks import CANONICAL

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SMS = Capabilities(text=300)
CHAT = Capabilities(
    text=200,
    parts=frozenset({Text, Media, Choice, RichCard, Carousel}),
    caption=60,
    options=3,
    media={"image/*": 1000, "application/pdf": 1000},
    cards=3,
    card_title=20,
    card_text=30,
    card_options=2,
)
PICTURES = msgspec.structs.replace(CHAT, parts=frozenset({Text, Media, Choice}), cards=0)
AISLE, WINDOW = Option("a", "Aisle"), Option("w", "Window")
SHOT = Media("image/png", "https://x/p.png", size=10)

# --- everything, for every channel ------------------------------------------

names = st.text(string.ascii_letters, min_size=1, max_size=12)
texts = st.text(string.ascii_letters + " \né漢", min_size=1, max_size=120)
marked = st.lists(
    st.one_of(names, names.map("**{}**".format), names.map("_{}_".format)), min_size=1, max_size=9
).map(" ".join)
options = st.lists(
    st.builds(Option, names, names, st.just("") | names, st.sampled_from(["", "", "https://x/o"])),
    max_size=5,
).map(tuple)
files = st.builds(
    Media,
    st.sampled_from(["image/png", "application/pdf"]),
    names.map("https://x/{}".format),
    size=st.integers(0, 2000),
)
cards = st.builds(RichCard, texts, texts | st.just(""), files | st.none(), options)
prices = st.builds(Price, st.decimals(0, 10_000, places=2), st.just("EUR"))
parts: st.SearchStrategy[Part] = st.one_of(
    st.builds(Text, marked, st.just(True)),
    st.builds(Choice, texts, options),
    cards,
    st.builds(Carousel, st.lists(cards, min_size=1, max_size=5).map(tuple), texts | st.just("")),
    st.builds(Form, names, texts, st.tuples(st.builds(Field, names, names, options=options))),
    st.builds(Slots, texts, st.lists(st.builds(Slot, names, st.just(NOON)), max_size=3).map(tuple)),
    st.builds(Survey, names, texts, low=names, high=names),
    st.builds(
        Bill, names, st.tuples(st.builds(Item, texts, prices)), prices, files=st.tuples(files)
    ),
    st.builds(Shipment, names, names, names, texts, st.just(NOON)),
    st.builds(Appointment, texts, st.just(NOON), place=names, files=st.tuples(files)),
    st.builds(Payment, texts, prices, names, st.just("https://x/pay")),
    st.builds(Template, names, st.just("it"), texts),
)
drawn = st.builds(
    Capabilities,
    text=st.integers(20, 200),
    parts=st.sets(st.sampled_from([Media, Choice, RichCard, Carousel, Form, Slots])).map(
        lambda taken: frozenset(taken | {Text})
    ),
    caption=st.integers(0, 100),
    options=st.integers(0, 6),
    label=st.integers(3, 20),
    hint=st.integers(0, 20),
    media=st.sampled_from([{}, {"image/png": 1000}, {"*/*": 500}]),
    unit=st.sampled_from(["characters", "utf16", "bytes"]),
    cards=st.integers(0, 4),
    card_title=st.integers(1, 60),
    card_text=st.integers(0, 60),
    card_options=st.integers(0, 4),
    carousel_text=st.sampled_from([0, 50]),
    links=st.booleans(),
    marks=st.sampled_from([{}, {"bold": "*{}*"}, CANONICAL]),
)
known = st.sampled_from([card.can for card in registry.cards()])
THOROUGH = settings(max_examples=40, deadline=None)


@THOROUGH
@given(st.lists(parts, max_size=3), drawn | known)
def test_everything_fits_every_channel(message: list[Part], can: Capabilities) -> None:
    for part in spoken(fit(message, can).parts):
        assert type(part) in can.parts
        assert fits(part, can), part


@THOROUGH
@given(st.lists(parts, max_size=3), drawn | known)
def test_no_word_is_lost_and_every_change_is_told(message: list[Part], can: Capabilities) -> None:
    fitted = fit(message, can)
    told = letters(fitted.parts)

    assert not {letter: n for letter, n in letters(message).items() if told.get(letter, 0) < n}
    assert fitted.notes or unmarked(spoken(fitted.parts)) == unmarked(message)


def fits(part: Part, can: Capabilities) -> bool:
    match part:
        case Text():
            return 0 < size(part.text, can.unit) <= can.text
        case Media():
            return takes_file(part, can) and (
                not part.caption or takes_caption(part.mime, part.caption, can)
            )
        case Choice():
            return takes_choice(part, can)
        case RichCard():
            return takes_card(part, can)
        case Carousel():
            inside = msgspec.structs.replace(can, parts=can.parts | {RichCard})
            few = len(part.cards) <= can.cards and size(part.text, can.unit) <= can.carousel_text
            return few and all(takes_card(card, inside) for card in part.cards)
        case _:
            return True


def spoken(message: Sequence[Spoken]) -> list[Part]:
    return [part for one in message for part in (one.parts if isinstance(one, Bundle) else (one,))]


def unmarked(message: Sequence[Part]) -> list[Part]:
    """Marks in the channel's own writing are no change."""
    return [
        Text(re.sub(r"[*_]", "", part.text)) if isinstance(part, Text) else part for part in message
    ]


def letters(message: Sequence[Spoken]) -> dict[str, int]:
    """How often each letter of the words of people is said; labels of ours only add to it."""
    counted: dict[str, int] = {}
    for letter in (c for part in spoken(message) for words in _words(part) for c in words):
        if letter.isalpha():
            counted[letter] = counted.get(letter, 0) + 1
    return counted


def _words(part: object) -> Iterator[str]:
    skipped = {"id", "mime", "url", "name", "language", "kind", "currency", "values"}
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for one in part:
            yield from _words(one)
    elif isinstance(part, msgspec.Struct):
        for field in msgspec.structs.fields(part):
            if field.name not in skipped and field.name != "files":
                yield from _words(getattr(part, field.name))


# --- words -------------------------------------------------------------------


def test_marks_are_written_as_the_channel_writes_them() -> None:
    can = msgspec.structs.replace(SMS, marks={"bold": "*{}*", "struck": "~{}~"})

    fitted = fit([Text("**Gate _B4_** and ~~B2~~ snake_case_word `x`", marked=True)], can)

    assert fitted.parts == (Text("*Gate B4* and ~B2~ snake_case_word x", marked=True),)
    assert fitted.notes == (Note(Change.PLAIN),)


def test_without_marks_the_signs_are_left_out_and_typed_stars_stay() -> None:
    told = fit([Text("**Now** at _Gate 4_", marked=True), Text("2 ** 3 **")], SMS).parts
    assert told == (Text("Now at Gate 4"), Text("2 ** 3 **"))


def test_a_mark_that_is_cut_is_closed_and_opened_again() -> None:
    can = Capabilities(text=24, marks={"bold": "*{}*"})

    fitted = fit([Text("**one two three four five six**", marked=True)], can)

    assert [part.text for part in fitted.parts if isinstance(part, Text)] == [
        "*one two three four*",
        "*five six*",
    ]


@pytest.mark.parametrize(
    ("unit", "pieces"),
    [("characters", ["aé漢😀b"]), ("utf16", ["aé漢😀b"]), ("bytes", ["aé漢", "😀b"])],
)
def test_a_limit_counts_in_the_units_of_the_provider(unit: str, pieces: list[str]) -> None:
    can = Capabilities(text={"characters": 5, "utf16": 6, "bytes": 9}[unit], unit=unit)
    assert fit([Text("aé漢😀b")], can).parts == tuple(map(Text, pieces))


# --- questions ----------------------------------------------------------------


def test_an_answer_that_opens_a_page_is_an_address_where_no_button_can_open_one() -> None:
    asked = Choice("Seat?", (AISLE, WINDOW, Option("m", "Seat map", url="https://x/map")))

    fitted = fit([asked], CHAT)

    assert fitted.parts == (Choice("Seat?\nSeat map: https://x/map", (AISLE, WINDOW)),)
    assert fitted.notes == (Note(Change.LINKS_IN_WORDS),)


def test_a_question_that_is_too_long_is_asked_last() -> None:
    can = msgspec.structs.replace(CHAT, question=20)

    fitted = fit([Choice("Your flight is late. Which seat?", (AISLE, WINDOW))], can)

    assert fitted.parts == (Text("Your flight is late."), Choice("Which seat?", (AISLE, WINDOW)))


def test_numbers_run_on_through_a_message() -> None:
    fitted = fit([Choice("Seat?", (AISLE, WINDOW)), Choice("Meal?", (Option("v", "Vegan"),))], SMS)
    assert fitted.parts == (Text("Seat?\n1. Aisle\n2. Window"), Text("Meal?\n3. Vegan"))


def test_times_become_ready_answers_or_a_numbered_list() -> None:
    asked = Slots("When?", (Slot("s1", NOON), Slot("s2", NOON.replace(hour=15))))

    assert fit([asked], CHAT, language="it").parts == (
        Choice("When?", (Option("s1", "23 nov 12:00"), Option("s2", "23 nov 15:00"))),
    )
    assert fit([asked], SMS, language="it").parts == (
        Text("When?\n1. lun 23 nov 2026, 12:00\n2. lun 23 nov 2026, 15:00"),
    )


def test_a_survey_becomes_scores_or_words() -> None:
    asked = Survey("q1", "How was it?", 3, "bad", "good")

    assert fit([asked], CHAT).parts == (
        Choice(
            "How was it?\n1 (bad) - 3 (good)",
            tuple(Option(f"csat:q1:{n}", str(n)) for n in (1, 2, 3)),
        ),
    )
    assert fit([asked], SMS).parts == (Text("How was it?\n1 (bad) - 3 (good)"),)


def test_a_form_in_words_says_what_is_wanted_and_what_is_not() -> None:
    asked = Form(
        "f1",
        "Your bag",
        (Field("tag", "Tag"), Field("c", "Colour", options=(AISLE,), required=False)),
    )
    assert fit([asked], SMS, language="it").parts == (
        Text("Your bag\n1) Tag\n2) Colour: Aisle (facoltativo)"),
    )


# --- cards ---------------------------------------------------------------------


def test_a_card_of_the_channel_is_left_alone() -> None:
    card = RichCard("Rome", "from 49", SHOT, (AISLE,))
    assert fit([card], CHAT).parts == (card,)


def test_a_card_with_too_many_words_is_shortened_below_all_its_words() -> None:
    card = RichCard("Rome", "Three nights near the river, with breakfast", SHOT, (AISLE,))

    fitted = fit([card], CHAT)

    assert fitted.parts == (
        Text("Rome\nThree nights near the river, with breakfast"),
        RichCard("Rome", "Three nights near the river,…", SHOT, (AISLE,)),
    )
    assert fitted.notes == (Note(Change.CARD_SHORTENED),)


def test_answers_that_a_card_has_no_room_for_are_asked_after_it() -> None:
    fitted = fit([RichCard("Rome", "", SHOT, (AISLE, WINDOW, Option("m", "Middle")))], CHAT)

    assert fitted.parts == (
        RichCard("Rome", "", SHOT),
        Choice("Rome", (AISLE, WINDOW, Option("m", "Middle"))),
    )
    assert fitted.notes == (Note(Change.OPTIONS_APART),)


def test_where_there_are_no_cards_there_is_a_picture_and_a_question() -> None:
    fitted = fit([RichCard("Rome", "from 49", SHOT, (AISLE,))], PICTURES)

    assert fitted.parts == (SHOT, Choice("Rome\nfrom 49", (AISLE,)))
    assert fitted.notes == (Note(Change.CARD_APART),)


def test_a_picture_without_questions_has_the_words_below_it() -> None:
    mms = Capabilities(text=300, parts=frozenset({Text, Media}), media={"image/*": 1000})

    fitted = fit([RichCard("Rome", "from 49", SHOT, (AISLE, WINDOW))], mms)

    assert fitted.parts == (
        Media("image/png", "https://x/p.png", "Rome\nfrom 49\n1. Aisle\n2. Window", size=10),
    )


def test_too_many_cards_go_in_rows_of_nearly_one_length_below_their_words() -> None:
    cards = tuple(RichCard(f"City {n}", "", SHOT) for n in range(4))

    fitted = fit([Carousel(cards, "Where to?")], CHAT)

    assert fitted.parts == (Text("Where to?"), Carousel(cards[:2]), Carousel(cards[2:]))
    assert fitted.notes == (Note(Change.WORDS_AHEAD), Note(Change.CARDS_SPLIT, {"pieces": 2}))


def test_a_carousel_in_words_numbers_all_its_answers() -> None:
    cards = (RichCard("Rome", "", None, (AISLE,)), RichCard("Oslo", "", None, (WINDOW,)))

    fitted = fit([Carousel(cards, "Where to?")], SMS)

    assert fitted.parts == (Text("Where to?\n\nRome\n1. Aisle\n\nOslo\n2. Window"),)
    assert fitted.notes == (Note(Change.IN_WORDS, {"part": "carousel"}),)


# --- business --------------------------------------------------------------------

PASS = BoardingPass(
    "Ada Conti",
    "FI 123",
    Airport("MXP", "Milano"),
    Airport("FCO", "Roma"),
    NOON,
    "X7K2PQ",
    gate="B4",
    seat="12A",
    code=Code("aztec", "M1CONTI/ADA"),
    files=(
        Media("application/pdf", "https://x/pass.pdf", name="pass.pdf", size=2000),
        Media("image/png", "https://x/pass.png", name="pass.png", size=10),
    ),
)
TOLD = (
    "Volo: FI 123 · Milano MXP → Roma FCO\nPasseggero: Ada Conti\n"
    "Partenza: lun 23 nov 2026, 12:00\nGate: B4 · Posto: 12A\nPrenotazione: X7K2PQ"
)


def test_a_boarding_pass_goes_in_words_with_the_best_file_that_the_channel_takes() -> None:
    fitted = fit([PASS], CHAT, language="it-IT")

    assert fitted.parts == (Text(TOLD), PASS.files[1])
    assert fitted.notes == (
        Note(Change.IN_WORDS, {"part": "boarding_pass"}),
        Note(Change.WITH_FILE, {"name": "pass.png"}),
    )


def test_without_files_it_says_where_the_best_one_is() -> None:
    assert fit([PASS], SMS, language="it").parts == (Text(f"{TOLD}\nhttps://x/pass.pdf"),)


def test_a_code_that_goes_nowhere_is_told() -> None:
    alone = msgspec.structs.replace(PASS, files=())
    assert Note(Change.CODE_LEFT_OUT) in fit([alone], SMS).notes


def test_a_receipt_and_a_payment_read_as_their_customer_reads_prices() -> None:
    euros = Price(Decimal("1234.50"), "EUR")
    bill = Bill("R-7", (Item("Bag", euros, 2),), euros, paid_with="Visa 1111")

    assert fit([bill], SMS, language="it").parts == (
        Text("Ricevuta: R-7\n2 x Bag: 1.234,50 EUR\nTotale: 1.234,50 EUR\nPagato con: Visa 1111"),
    )
    [told] = fit([Payment("Bag", euros, "P-1", "https://x/p")], SMS).parts
    assert told == Text("Bag: 1,234.50 EUR\nReference: P-1\nhttps://x/p")


def test_every_label_is_in_both_languages() -> None:
    texts = [fit([PASS], SMS, language=language).parts for language in ("en", "it", "de")]
    assert texts[0] == texts[2] != texts[1]
    assert re.search("Passenger", str(texts[0]))


def test_answers_that_stand_in_the_question_leave_it_less_room() -> None:
    can = Capabilities(
        text=1000, parts=frozenset({Text, Choice}), options=9, label=20, hint=300, inline=5
    )
    plain = (Option("a", "Uno"), Option("b", "Due"))
    hinted = (Option("a", "Uno", "u" * 250), Option("b", "Due", "d" * 250))
    heavy = tuple(Option(str(n), f"N{n}", "x" * 300) for n in range(4))

    assert fit([Choice("q" * 900, plain)], can).parts == (Choice("q" * 900, plain),)
    *ahead, asked = fit([Choice("q " * 450, hinted)], can).parts
    assert isinstance(asked, Choice) and len(asked.text) + 516 <= 1000 and ahead
    assert all(isinstance(part, Text) for part in fit([Choice("Quale?", heavy)], can).parts)


def test_a_picker_with_too_many_words_has_them_ahead() -> None:
    can = Capabilities(text=50, parts=frozenset({Text, Slots, Native}))
    slots = Slots("parola " * 20, (Slot("s", NOON),))

    *ahead, last = fit([slots], can).parts

    assert ahead and all(isinstance(part, Text) for part in ahead)
    assert isinstance(last, Slots) and len(last.text) <= 50 and last.slots == slots.slots
    *_, told = fit([Native("x", "parola " * 20)], can).parts
    assert isinstance(told, Native) and len(told.text) <= 50
