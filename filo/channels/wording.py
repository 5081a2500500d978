"""How a structured part reads in plain words, where a channel cannot show it as it is.

No word of the part is lost. Pure: the customer's language picks the labels, nothing else does.
Ready answers have numbers that run on through the message; `answers` tells what each one means,
so that a number typed back is understood.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

import msgspec

from filo.channels.contract import (
    Appointment,
    Bill,
    BoardingPass,
    Business,
    Carousel,
    Choice,
    Field,
    Form,
    Native,
    Option,
    Part,
    Payment,
    Rich,
    RichCard,
    Shipment,
    Slots,
    Survey,
    Template,
)
from filo.channels.labels import day, label, moment, money


class Answer(msgspec.Struct, frozen=True):
    """A ready answer with the number that stands before it."""

    number: int
    id: str
    label: str


def answers(parts: Iterable[Part], language: str = "") -> tuple[Answer, ...]:
    """The ready answers of a message as they are numbered in words.

    A survey's numbers are its scores, so beside another question it is answered by a tap alone.
    """
    found: list[Answer] = []
    count = 0
    for part in parts:
        ready = _ready(part, language)
        if not (isinstance(part, Survey) and count):
            found += (Answer(count + n, *one) for n, one in enumerate(ready, start=1))
        count += len(ready)
    return tuple(found)


def how_many(part: Part) -> int:
    """How many numbers a part takes."""
    return len(_ready(part, ""))


def _ready(part: Part, language: str) -> list[tuple[str, str]]:
    match part:
        case Choice() | RichCard():
            return [(one.id, one.label) for one in part.options if not one.url]
        case Carousel():
            return [one for card in part.cards for one in _ready(card, language)]
        case Slots():
            return [(slot.id, moment(slot.starts, language)) for slot in part.slots]
        case Survey():
            return [(score_id(part, n), str(n)) for n in range(1, part.scale + 1)]
        case _:
            return []


def score_id(survey: Survey, score: int) -> str:
    """What comes back as the choice when this score is given."""
    return f"csat:{survey.id}:{score}"


# --- in words ---------------------------------------------------------------


def in_words(part: Choice | Native | Rich | Business, language: str = "", *, first: int = 1) -> str:
    """The part as a text of several lines; its ready answers are numbered from `first`."""
    match part:
        case Choice():
            return lines([part.text, *numbered(part.options, first)])
        case Native():
            return part.text
        case RichCard() | Carousel() | Form() | Slots() | Survey():
            return _rich(part, language, first)
        case Template():
            return part.text
        case Bill() | BoardingPass() | Shipment() | Appointment() | Payment():
            return _business(part, language)
        case _ as never:
            assert_never(never)


def _rich(part: Rich, language: str, first: int) -> str:
    match part:
        case RichCard():
            picture = (part.image.caption, part.image.url) if part.image else ()
            return lines([part.title, part.text, *picture, *numbered(part.options, first)])
        case Carousel():
            return "\n\n".join(filter(None, [part.text, *_cards(part, language, first)]))
        case Form():
            asked = (_field(n, field, language) for n, field in enumerate(part.fields, start=1))
            return lines([part.title, part.text, *asked])
        case Slots():
            times = enumerate((moment(slot.starts, language) for slot in part.slots), start=first)
            return lines([part.text, *(f"{n}. {time}" for n, time in times)])
        case Survey():
            return lines([part.text, scale(part)])
        case _ as never:
            assert_never(never)


def _cards(part: Carousel, language: str, first: int) -> Iterator[str]:
    for card in part.cards:
        yield in_words(card, language, first=first)
        first += how_many(card)


def _field(n: int, field: Field, language: str) -> str:
    ready = " / ".join(
        f"{option.label} ({option.hint})" if option.hint else option.label
        for option in field.options
    )
    asked = f"{field.label}: {ready}" if ready else field.label
    return f"{n}) {asked}" + ("" if field.required else f" ({label('optional', language)})")


def scale(survey: Survey) -> str:
    """`1 (bad) - 5 (good)`"""
    low, high = (f" ({words})" if words else "" for words in (survey.low, survey.high))
    return f"1{low} - {survey.scale}{high}"


def _business(part: Bill | BoardingPass | Shipment | Appointment | Payment, language: str) -> str:
    match part:
        case Bill():
            return _bill(part, language)
        case BoardingPass():
            return _boarding(part, language)
        case Shipment():
            when = day(part.expected, language) if part.expected else ""
            return lines(
                [
                    _told("shipment", part.number, language),
                    _told("carrier", part.carrier, language),
                    _told("status", part.status, language),
                    _told("expected", when, language),
                    part.text,
                    part.url,
                ]
            )
        case Appointment():
            lasts = f"{part.minutes} min" if part.minutes else ""
            return lines(
                [
                    part.title,
                    " · ".join(filter(None, [moment(part.starts, language), lasts])),
                    _told("place", part.place, language),
                    part.text,
                    part.url,
                ]
            )
        case Payment():
            due = day(part.due, language) if part.due else ""
            return lines(
                [
                    f"{part.title}: {money(part.price, language)}",
                    _told("due", due, language),
                    _told("reference", part.reference, language),
                    part.url,
                ]
            )
        case _ as never:
            assert_never(never)


def _bill(part: Bill, language: str) -> str:
    rows = (f"{i.quantity} x {i.title}: {money(i.price, language)}" for i in part.items)
    return lines(
        [
            _told("receipt", part.number, language),
            moment(part.at, language) if part.at else "",
            *rows,
            _told("tax", money(part.tax, language) if part.tax else "", language),
            _told("total", money(part.total, language), language),
            _told("paid_with", part.paid_with, language),
            part.url,
        ]
    )


def _boarding(part: BoardingPass, language: str) -> str:
    places = (part.origin, part.destination)
    way = " → ".join(f"{place.city} {place.code}".strip() for place in places)
    facts = (("terminal", part.terminal), ("gate", part.gate), ("seat", part.seat))
    more = (("group", part.group), ("cabin", part.cabin))
    return lines(
        [
            f"{_told('flight', part.flight, language)} · {way}",
            _told("passenger", part.passenger, language),
            _told("boards", moment(part.boards, language) if part.boards else "", language),
            _told("departs", moment(part.departs, language), language),
            _told("arrives", moment(part.arrives, language) if part.arrives else "", language),
            " · ".join(_told(name, value, language) for name, value in (*facts, *more) if value),
            _told("booking", part.reference, language),
            part.url,
        ]
    )


# --- lines ------------------------------------------------------------------


def numbered(options: Sequence[Option], first: int = 1) -> Iterator[str]:
    """A line for each; what opens a page is no answer, so it has an address and no number."""
    for option in options:
        told = f"{option.label}: {option.hint}" if option.hint else option.label
        if option.url:
            yield f"{told}: {option.url}"
            continue
        yield f"{first}. {told}"
        first += 1


def lines(told: Iterable[str]) -> str:
    return "\n".join(line for line in told if line)


def _told(name: str, value: str, language: str) -> str:
    return f"{label(name, language)}: {value}" if value else ""
