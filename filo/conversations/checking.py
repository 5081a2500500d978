"""Is this a part that can be said at all? The schema knows its form, this page its sense.

Pure: the words of a refusal are for whoever wrote the part, a program's author most often.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from filo.channels.contract import (
    Carousel,
    Choice,
    Form,
    Option,
    Part,
    Price,
    RichCard,
    Slots,
    Survey,
)

MOST = 100  # options, cards, fields, times or lines in one part
HIGHEST = 11  # scores of a survey: 0 to 10 and no more
PAGES = ("https://", "http://")


def faults(parts: Sequence[Part]) -> list[str]:
    """What is wrong, each with its place: `parts[0]: two answers have the id a`."""
    return [f"parts[{n}]: {fault}" for n, part in enumerate(parts) for fault in _faults(part)]


def _faults(part: Part) -> Iterator[str]:
    match part:
        case Choice():
            yield from _some(part.options, "answers")
            yield from _options(part.options)
        case RichCard():
            yield from _card(part)
        case Carousel():
            yield from _some(part.cards, "cards")
            for card in part.cards:
                yield from _card(card)
        case Form():
            yield from _some(part.fields, "fields")
            yield from _once([field.name for field in part.fields], "fields have the name")
        case Slots():
            yield from _some(part.slots, "times")
            yield from _once([slot.id for slot in part.slots], "times have the id")
        case Survey() if not 2 <= part.scale <= HIGHEST:
            yield f"a survey has 2 to {HIGHEST} scores"
        case _:
            pass
    yield from _values(part)


def _card(card: RichCard) -> Iterator[str]:
    if not card.title.strip():
        yield "a card needs a title"
    yield from _options(card.options)


def _options(options: Sequence[Option]) -> Iterator[str]:
    if any(not option.label.strip() for option in options):
        yield "an answer needs a label"
    if any(not option.id and not option.url for option in options):
        yield "an answer needs an id"
    yield from _once([option.id for option in options if not option.url], "answers have the id")


def _once(names: Sequence[str], said: str) -> Iterator[str]:
    twice = {name for name in names if names.count(name) > 1}
    yield from (f"two {said} {name}" for name in sorted(twice))


def _some(listed: Sequence[object], said: str) -> Iterator[str]:
    if not listed:
        yield f"there are no {said}"
    if len(listed) > MOST:
        yield f"there are more than {MOST} {said}"


def _values(value: object) -> Iterator[str]:
    """Times have a zone, prices are numbers with a currency, addresses are pages."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            yield "a time needs its zone: 2026-11-23T12:00:00+01:00"
    elif isinstance(value, Price) and not _is_price(value):
        yield "a price needs a number and a currency such as EUR"
    elif isinstance(value, tuple):
        for one in value:
            yield from _values(one)
    elif isinstance(value, msgspec.Struct):
        yield from _fields(value)


def _fields(value: msgspec.Struct) -> Iterable[str]:
    url = getattr(value, "url", "")
    if url and not str(url).lower().startswith(PAGES):
        yield "an address begins with https://"
    for name in value.__struct_fields__:
        yield from _values(getattr(value, name))


def _is_price(price: Price) -> bool:
    letters = price.currency.isascii() and price.currency.isalpha() and len(price.currency) == 3
    return price.amount.is_finite() and letters
