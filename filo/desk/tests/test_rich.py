"""Cards, questions and papers in the thread."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from filo.channels.contract import (
    Airport,
    Appointment,
    Bill,
    BoardingPass,
    Carousel,
    Code,
    Field,
    Form,
    Item,
    Media,
    Option,
    Part,
    Payment,
    Price,
    RichCard,
    Shipment,
    Slot,
    Slots,
    Survey,
    Template,
    Text,
)
from filo.conversations.types import MessageView
from filo.desk.rendering import bubble as rendered

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EURO = Price(Decimal("49.90"), "EUR")
ROME = RichCard(
    "Roma",
    "Tre notti",
    Media("image/png", attachment="att_7"),
    (Option("a", "Scegli"), Option("m", "Mappa", url="https://x.example/m")),
)
SHEET = Media("application/pdf", attachment="att_9", name="pass.pdf")
PASS = BoardingPass(
    "Ada <Conti>",
    "FI 123",
    Airport("MXP", "Milano"),
    Airport("FCO", "Roma"),
    NOON,
    "X7K2PQ",
    gate="B4",
    code=Code("aztec", "M1<b>"),
    files=(SHEET,),
)


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"), timezone.override("Europe/Rome"):
        yield


def shown(part: Part, language: str = "en", **more: object) -> str:
    message = MessageView(
        id="msg_1",
        customer="cus_1",
        case="cas_1",
        identity="idn_1",
        channel="chn_1",
        seq=1,
        visibility="private",
        at=NOON,
        **{"direction": "out", "parts": (part,)} | more,  # type: ignore[arg-type]
    )
    return rendered(message, language)


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (ROME, ["Roma", "Tre notti", "Scegli", "Mappa", "https://x.example/m", "att_7?small"]),
        (Carousel((ROME, RichCard("Oslo")), "Where to?"), ["Where to?", "Roma", "Oslo"]),
        (Form("f", "Bag", (Field("t", "Tag"),), "Two words", "Fill"), ["Bag", "Tag", "Fill"]),
        (Slots("When?", (Slot("1", NOON),)), ["When?", "Mon 23 Nov 2026, 12:00"]),
        (Survey("s", "How was it?", 10, "bad", "good"), ["How was it?", "10", "bad", "good"]),
        (Bill("R-7", (Item("Bag", EURO, 2),), EURO), ["R-7", "2 \xd7 Bag", "Total", "49.90 EUR"]),
        (PASS, ["FI 123", "MXP", "FCO", "Ada &lt;Conti&gt;", "Gate", "B4", "att_9", "<svg"]),
        (Shipment("S-8", "on its way", url="https://x.example/t"), ["S-8", "on its way", "Track"]),
        (Appointment("Call", NOON, 15, files=(SHEET,)), ["Call", "15 min", "pass.pdf"]),
        (Payment("Change", EURO, "P-9", "https://x.example/p"), ["Change", "P-9", "Pay"]),
        (Template("ready", "it", "Pronto."), ["ready", "Pronto."]),
        (Text("**now** `x<y`", marked=True), ["<b>now</b>", "<code>x&lt;y</code>"]),
    ],
    ids=lambda one: type(one).__name__ if not isinstance(one, list) else "",
)
def test_all_that_a_part_says_is_seen(part: Part, told: list[str]) -> None:
    html = shown(part)
    assert not [words for words in told if words not in html]


def test_a_code_is_drawn_and_never_spelled() -> None:
    html = shown(PASS)
    assert "<b>" not in html.split('class="code"')[1]
    assert re.search(r'<path d="M[MhvZ0-9. -]{100,}"/>', html)


def test_a_code_of_a_kind_unknown_to_us_spoils_no_thread() -> None:
    html = shown(BoardingPass("A", "F", Airport("A"), Airport("B"), NOON, "R", code=Code("x", "y")))
    assert "crispEdges" not in html


def test_papers_are_labelled_in_the_language_of_the_desk() -> None:
    assert "Passeggero" in shown(PASS, "it")


def test_an_address_that_is_no_page_is_no_link() -> None:
    html = shown(Payment("Change", EURO, "P-9", "javascript:alert(1)"))
    assert "javascript" not in html


def test_what_was_chosen_is_told_the_same_way_tapped_or_typed() -> None:
    tapped = shown(Text("Window"), direction="in", context={"choice": "w"})
    typed = shown(Text("2"), direction="in", context={"choice": "w", "chosen": "Window"})

    assert "chose: Window" in tapped
    assert "chose: Window" in typed
    assert "ha scelto: Window" in shown(
        Text("2"), "it", direction="in", context={"choice": "w", "chosen": "Window"}
    )
