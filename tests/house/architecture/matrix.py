"""The page of what each channel can show: written from the cards by fitting an example of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from filo.channels import registry
from filo.channels.contract import (
    Airport,
    Appointment,
    Bill,
    BoardingPass,
    Bundle,
    Card,
    Carousel,
    Choice,
    Code,
    Contact,
    Field,
    Form,
    Html,
    Item,
    Location,
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
    Window,
)
from filo.channels.fitting import fit
from filo.channels.windows import windows
from tests.house.architecture import tree

PAGE = tree.ROOT / "docs" / "reference" / "parts.md"
HEAD = """\
# What each channel can show

Written by `python -m tests.house.architecture.pages` from the connectors' cards, by fitting an
example of each part; do not edit it. How a part is fitted: [channels](../parts/channels.md).
The same for a program: `filo channels kinds --json`.

*native*: shown as the channel's own. *words*, *file*, *question* and so on: what it becomes there,
and no word is lost. *link*: an address where it can be seen. *no*: not possible.
"""
ACROSS = 7  # connectors in one table
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SEATS = (Option("a", "Aisle"), Option("w", "Window"))
PICTURE = Media("image/png", "https://x.example/p.png", name="p.png", size=1000)
PAPER = Media("application/pdf", "https://x.example/p.pdf", name="p.pdf", size=1000)
PRICE = Price(Decimal("49.00"), "EUR")
ROME = RichCard("Rome", "from 49 EUR", PICTURE, SEATS)
PLACES = (Airport("MXP", "Milan"), Airport("FCO", "Rome"))
CODE = Code("aztec", "M1CONTI/ADA")
EXAMPLES: dict[str, Part] = {
    "text": Text("Good morning"),
    "text, marked": Text("**bold** _italic_ ~~struck~~ `code`", marked=True),
    "picture with caption": Media("image/png", PICTURE.url, "The card", "p.png", size=1000),
    "document": PAPER,
    "voice note": Media(
        "audio/ogg", "https://x.example/v.ogg", name="v.ogg", size=1000, voice=True
    ),
    "location": Location(45.63, 8.72, "Malpensa"),
    "contact": Contact("Ada Conti", ("+393331234567",)),
    "mail in HTML": Html("<p>Good morning</p>", "Good morning"),
    "choice": Choice("Which seat?", SEATS),
    "choice, 9 answers": Choice("Which?", tuple(Option(str(n), f"No. {n}") for n in range(9))),
    "choice with a link": Choice("Which?", (Option("m", "Seat map", url="https://x.example/m"),)),
    "card": ROME,
    "carousel": Carousel((ROME, ROME)),
    "form": Form("f", "Your bag", (Field("tag", "Tag"), Field("note", "What happened?"))),
    "times": Slots("When?", (Slot("s1", NOON), Slot("s2", NOON + timedelta(hours=1)))),
    "survey": Survey("q", "How was it?"),
    "receipt": Bill("R-7", (Item("Bag", PRICE),), PRICE, files=(PAPER,)),
    "boarding pass": BoardingPass(
        "Ada Conti", "FI 123", *PLACES, NOON, "X7K2PQ", code=CODE, files=(PAPER, PICTURE)
    ),
    "shipment": Shipment("S-1", "on its way", "Corriere"),
    "appointment": Appointment("Call back", NOON, files=(PAPER,)),
    "payment": Payment("Bag", PRICE, "P-1", "https://x.example/pay"),
    "template": Template("ready", "en", "Your answer is ready."),
    "native": Native("order", "2 x pizza"),
}
NAMES = {"text": "words", "choice": "question", "media": "file", "card": "card"}


def page() -> str:
    """The whole page."""
    cards = registry.cards()
    groups = [cards[at : at + ACROSS] for at in range(0, len(cards), ACROSS)]
    return f"{HEAD}\n## Parts\n{''.join(map(_parts, groups))}\n## Facts\n\n{_facts(cards)}"


def _parts(cards: tuple[Card, ...]) -> str:
    rows = ([name, *(_becomes(part, card) for card in cards)] for name, part in EXAMPLES.items())
    return f"\n{_table(['part', *(card.kind for card in cards)], rows)}"


def _becomes(part: Part, card: Card) -> str:
    fitted = fit([part], card.can, language="en")
    spoken = [one for each in fitted.parts for one in _apart(each)]
    if not spoken:
        return "no"
    if not fitted.notes:
        return "native"
    return " + ".join(dict.fromkeys(_name(one) for one in spoken))


def _apart(spoken: Spoken) -> tuple[Part, ...]:
    return spoken.parts if isinstance(spoken, Bundle) else (spoken,)


def _name(part: Part) -> str:
    if isinstance(part, Media) and part.mime.startswith("image/"):
        return "picture"
    if isinstance(part, Text) and part.text.partition("\n")[2].startswith("https://x.example/"):
        return "link"
    tag = str(part.__struct_config__.tag)
    return NAMES.get(tag, tag)


def _facts(cards: tuple[Card, ...]) -> str:
    heads = ["connector", "public", "window", "text", "file", "reports", "delivery class"]
    return _table(heads, (_row(card) for card in cards))


def _row(card: Card) -> list[str]:
    can = card.can
    largest = max(can.media.values(), default=0)
    return [
        f"[{card.kind}](../../filo/connectors/{card.kind}/GUIDE.md)",
        "yes" if can.public else "",
        "; ".join(map(_window, windows(can))) or "none: always open",
        f"{can.text:,} {can.unit}",
        f"{largest / 1_000_000:,.1f} MB" if 0 < largest < 1 << 35 else "as a link",
        ", ".join(sorted(can.reports)) or "none",
        card.delivery.value,
    ]


def _window(window: Window) -> str:
    more = (
        f"after a {window.opened_by}" if window.opened_by else "",
        "by hand only" if window.by_hand else "",
        f"at most {window.most}" if window.most else "",
    )
    told = ", ".join(filter(None, more))
    return f"{_lasts(window.lasts)} ({told})" if told else _lasts(window.lasts)


def _lasts(time: timedelta) -> str:
    hours, seconds = divmod(int(time.total_seconds()), 3600)
    if seconds:
        return (
            f"{(hours * 3600 + seconds) // 60} min"
            if time >= timedelta(minutes=1)
            else f"{seconds} s"
        )
    return f"{hours // 24} days" if hours > 72 or (hours % 24 == 0 and hours > 48) else f"{hours} h"


def _table(heads: list[str], rows: Iterator[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
