"""What can be added to an answer: the list, the chip, and how it will arrive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from filo.channels.contract import (
    Appointment,
    Bundle,
    Capabilities,
    Carousel,
    Choice,
    Field,
    Form,
    Location,
    Option,
    Part,
    Payment,
    Price,
    RichCard,
    Slot,
    Slots,
    Survey,
)
from filo.channels.fitting import Fitted, fit
from filo.channels.kit import moment, money
from filo.desk.shown.bubbles import drawn
from filo.desk.shown.fits import sentences
from filo.desk.shown.pieces import Piece

_SOON, _LATER = datetime(2030, 1, 7, 9, tzinfo=UTC), datetime(2030, 1, 7, 15, tzinfo=UTC)
_ANSWERS = (Option("1", "A"), Option("2", "B"))
_CARD = RichCard("A", "B", None, _ANSWERS[:1])
# One of each kind: what fitting does to it tells how the kind arrives on a channel.
_SAMPLES: dict[str, Part] = {
    "choice": Choice("A?", _ANSWERS),
    "cards": Carousel((_CARD, _CARD)),
    "slots": Slots("A?", (Slot("1", _SOON), Slot("2", _LATER))),
    "appointment": Appointment("A", _SOON),
    "place": Location(45, 7, "A"),
    "payment": Payment("A", Price(Decimal(1), "EUR"), "1"),
    "survey": Survey("1", "A?"),
    "form": Form("1", "A", (Field("a", "A"),)),
}
_NAMES: dict[str, tuple[Promise, str]] = {
    "choice": (gettext_lazy("Question with ready answers"), "list-checks"),
    "cards": (gettext_lazy("Card, or several side by side"), "gallery-horizontal"),
    "slots": (gettext_lazy("Times to choose from"), "calendar-clock"),
    "appointment": (pgettext_lazy("to add", "Appointment"), "calendar"),
    "place": (pgettext_lazy("to add", "Place"), "map-pin"),
    "payment": (gettext_lazy("Payment request"), "credit-card"),
    "survey": (gettext_lazy("How satisfied they are"), "smile"),
    "form": (pgettext_lazy("to add", "Form"), "clipboard-list"),
}
KINDS = tuple(_NAMES)


class Kind(msgspec.Struct, frozen=True):
    """One line of the list. `why_not` says why this channel cannot have it."""

    noun: str
    words: str
    icon: str
    arrives: str = ""
    why_not: str = ""


class Arrival(msgspec.Struct, frozen=True):
    """How it will arrive: its pieces, and what had to change."""

    pieces: tuple[Piece, ...] = ()
    sentences: tuple[str, ...] = ()


class Chip(msgspec.Struct, frozen=True):
    """What stands in the composer: its fields travel with it, so that it can be opened again."""

    ref: str
    icon: str
    words: str
    fields: str


def kinds(can: Capabilities) -> list[Kind]:
    return [_kind(noun, can) for noun in KINDS]


def name_of(noun: str) -> str:
    return str(_NAMES[noun][0])


def icon_of(noun: str) -> str:
    return _NAMES[noun][1]


def _kind(noun: str, can: Capabilities) -> Kind:
    words, icon = _NAMES[noun]
    if noun == "form" and Form not in can.parts:
        return Kind(noun, str(words), icon, why_not=_("This channel has no forms."))
    changed = sentences(fit([_SAMPLES[noun]], can).notes)
    return Kind(noun, str(words), icon, changed[0] if changed else _("As the channel's own."))


def arrival(part: Part, can: Capabilities, *, language: str) -> Arrival:
    """As it will arrive there, in the customer's language."""
    fitted: Fitted = fit([part], can, language=language)
    flat: list[Part] = []
    for one in fitted.parts:
        flat += one.parts if isinstance(one, Bundle) else [one]
    return Arrival(tuple(drawn(flat)), tuple(sentences(fitted.notes)))


def chip(said: Mapping[str, str], part: Part, fields: str) -> Chip:
    noun = said["kind"]
    return Chip(
        said.get("ref", ""), _NAMES[noun][1], _summary(part) or str(_NAMES[noun][0]), fields
    )


def _summary(part: Part) -> str:
    match part:
        case Choice() | Slots() | Survey():
            found = part.text
        case RichCard() | Form():
            found = part.title
        case Carousel(cards=cards):
            found = " · ".join(card.title for card in cards)
        case Appointment():
            found = f"{part.title}, {moment(part.starts)}"
        case Payment():
            found = f"{part.title}, {money(part.price)}"
        case Location():
            found = part.name or part.address
        case _:
            found = ""
    return found
