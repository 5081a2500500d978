"""How a structured part reads in plain words, where a channel cannot show it as it is.

No word of the part is lost. Pure: the customer's language picks the labels, nothing else does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import assert_never

from filo.channels.contract import (
    Appointment,
    Bill,
    BoardingPass,
    Business,
    Carousel,
    Form,
    Option,
    Payment,
    Price,
    Rich,
    RichCard,
    Shipment,
    Slots,
    Survey,
    Template,
)


def in_words(part: Rich | Business) -> str:  # noqa: PLR0911 -- one line for each type of part
    match part:
        case RichCard():
            return _lines([part.title, part.text, *_numbered(part.options)])
        case Carousel():
            return _lines([part.text, *(in_words(card) for card in part.cards)])
        case Form():
            return _lines([part.title, part.text, *(field.label for field in part.fields)])
        case Slots():
            times = (f"{n}. {_moment(slot.starts)}" for n, slot in enumerate(part.slots, start=1))
            return _lines([part.text, *times])
        case Survey():
            return _lines([part.text, f"1 {part.low} … {part.scale} {part.high}"])
        case Template():
            return part.text
        case Bill() | BoardingPass() | Shipment() | Appointment() | Payment():
            return _business(part)
        case _ as never:
            assert_never(never)


def _business(part: Bill | BoardingPass | Shipment | Appointment | Payment) -> str:
    match part:
        case Bill():
            rows = [f"{item.quantity} x {item.title}: {_price(item.price)}" for item in part.items]
            return _lines([part.number, *rows, _price(part.total), part.paid_with, part.url])
        case BoardingPass():
            return _boarding(part)
        case Shipment():
            return _lines([part.number, part.carrier, part.status, part.text, part.url])
        case Appointment():
            when = _moment(part.starts)
            return _lines([part.title, when, part.place, part.text, part.url])
        case Payment():
            return _lines([part.title, _price(part.price), part.reference, part.url])
        case _ as never:
            assert_never(never)


def _boarding(part: BoardingPass) -> str:
    way = (f"{place.city} {place.code}".strip() for place in (part.origin, part.destination))
    seat = " ".join(filter(None, [part.terminal, part.gate, part.seat, part.group, part.cabin]))
    return _lines(
        [
            f"{part.flight} {' - '.join(way)}",
            part.passenger,
            _moment(part.departs),
            seat,
            part.reference,
            part.url,
        ]
    )


def numbered(labels: Sequence[str]) -> list[str]:
    return [f"{n}. {label}" for n, label in enumerate(labels, start=1)]


def _numbered(options: Iterable[Option]) -> Iterator[str]:
    for n, option in enumerate(options, start=1):
        yield f"{n}. {option.label}" + "".join(
            f": {more}" for more in (option.hint, option.url) if more
        )


def _price(price: Price) -> str:
    return f"{price.amount} {price.currency}"


def _moment(at: datetime) -> str:
    return at.strftime("%d.%m.%Y %H:%M")


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line)
