"""Cards, questions and papers as pieces: what a customer was shown, as they saw it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from filo.channels.contract import (
    Appointment,
    Bill,
    BoardingPass,
    Business,
    Carousel,
    Code,
    Form,
    Media,
    Option,
    Part,
    Payment,
    Rich,
    RichCard,
    Shipment,
    Slots,
    Survey,
    Template,
    Text,
)
from filo.channels.kit import day, label, moment, money
from filo.core import codes
from filo.desk.shown import words
from filo.desk.shown.pieces import Link, Piece, link

FACES = tuple("\U0001f620\U0001f61e\U0001f610\U0001f60a\U0001f603")  # from bad to good


def chosen(context: Mapping[str, str], parts: Sequence[Part]) -> Piece:
    """What they chose, tapped or typed: its label, where one is known."""
    tapped = [part.text for part in parts if isinstance(part, Text)]
    known = context.get("chosen") or (tapped[0] if tapped else context["choice"])
    return Piece("chosen", title=known)


def piece(part: Rich | Business) -> Piece:
    """A part that most channels have no form of their own for."""
    match part:
        case RichCard():
            return Piece("cards", cards=(_card(part),))
        case Carousel():
            return Piece("cards", words.linked(part.text), cards=tuple(map(_card, part.cards)))
        case Form() | Slots() | Survey():
            return _asked(part)
        case _:
            return _business(part)


# --- cards and questions -------------------------------------------------------


def _card(card: RichCard) -> Piece:
    image = card.image
    return Piece(
        "card",
        words.linked(card.text),
        title=card.title,
        image=link(image.attachment) if image and image.attachment else "",
        labels=tuple(option.label for option in card.options if not option.url),
        links=(*_pages(card.options), *_files([image] if image and image.url else [])),
    )


def _asked(part: Form | Slots | Survey) -> Piece:
    match part:
        case Form():
            rows = tuple((field.label, _wanted(field.options)) for field in part.fields)
            text = words.linked(part.text)
            return Piece("form", text, title=part.title, rows=rows, detail=part.button)
        case Slots():
            times = tuple(moment(slot.starts, _tongue()) for slot in part.slots)
            return Piece("choice", words.linked(part.text), labels=times)
        case Survey():
            numbers = tuple(map(str, range(1, part.scale + 1)))
            faces = FACES if part.scale == len(FACES) else numbers
            return Piece(
                "survey",
                words.linked(part.text),
                labels=faces,
                title=part.low,
                detail=part.high,
            )
        case _ as never:
            assert_never(never)


def _wanted(options: Iterable[Option]) -> str:
    return " / ".join(option.label for option in options)


# --- papers ----------------------------------------------------------------------


def _business(part: Business) -> Piece:
    match part:
        case Template():
            name = f"{part.name} \N{MIDDLE DOT} {part.language}"
            return Piece("template", words.linked(part.text), title=name)
        case BoardingPass():
            return _pass(part)
        case Bill():
            return _bill(part)
        case Shipment():
            return _shipment(part)
        case Appointment():
            return _appointment(part)
        case Payment():
            return _payment(part)
        case _ as never:
            assert_never(never)


def _pass(part: BoardingPass) -> Piece:
    tongue = _tongue()
    rows = (
        ("passenger", part.passenger),
        ("departs", moment(part.departs, tongue)),
        ("boards", moment(part.boards, tongue) if part.boards else ""),
        ("arrives", moment(part.arrives, tongue) if part.arrives else ""),
        ("terminal", part.terminal),
        ("gate", part.gate),
        ("seat", part.seat),
        ("group", part.group),
        ("cabin", part.cabin),
        ("booking", part.reference),
    )
    return Piece(
        "pass",
        title=part.flight,
        ends=tuple((end.code, end.city) for end in (part.origin, part.destination)),
        rows=_named(rows),
        code=_code(part.code),
        links=(*_page(part.url, _("Open")), *_files(part.files)),
    )


def _bill(part: Bill) -> Piece:
    tongue = _tongue()
    items = tuple(
        (f"{item.quantity} \N{MULTIPLICATION SIGN} {item.title}", money(item.price, tongue))
        for item in part.items
    )
    more = _named([("tax", money(part.tax, tongue) if part.tax else "")])
    when = moment(part.at, tongue) if part.at else ""
    return Piece(
        "bill",
        title=f"{label('receipt', tongue)} {part.number}",
        detail=" \N{MIDDLE DOT} ".join(filter(None, [when, part.paid_with])),
        rows=items + more,
        total=(label("total", tongue), money(part.total, tongue)),
        links=(*_page(part.url, _("Open")), *_files(part.files)),
    )


def _shipment(part: Shipment) -> Piece:
    expected = day(part.expected, _tongue()) if part.expected else ""
    return Piece(
        "paper",
        words.linked(part.text),
        title=f"{label('shipment', _tongue())} {part.number}",
        icon="package",
        state=part.status,
        rows=_named([("carrier", part.carrier), ("expected", expected)]),
        links=_page(part.url, label("track", _tongue())),
    )


def _appointment(part: Appointment) -> Piece:
    lasts = f"{part.minutes} min" if part.minutes else ""
    when = ", ".join(filter(None, [moment(part.starts, _tongue()), lasts]))
    return Piece(
        "paper",
        words.linked(part.text),
        title=part.title,
        icon="calendar",
        rows=_named([("appointment", when), ("place", part.place)]),
        links=(*_page(part.url, _("Open")), *_files(part.files)),
    )


def _payment(part: Payment) -> Piece:
    due = day(part.due, _tongue()) if part.due else ""
    return Piece(
        "paper",
        title=part.title,
        icon="credit-card",
        state=money(part.price, _tongue()),
        rows=_named([("reference", part.reference), ("due", due)]),
        links=_page(part.url, label("pay", _tongue())),
    )


def _named(rows: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    tongue = _tongue()
    return tuple((label(name, tongue), value) for name, value in rows if value)


def _tongue() -> str:
    return get_language() or ""


def _code(code: Code | None) -> codes.Drawn | None:
    """Our own drawing: nothing of what it says stands in it as text."""
    if code is None:
        return None
    try:
        return codes.drawn(code.kind, code.payload)
    except codes.CodeRefused:
        return None


def _page(url: str, said: str) -> tuple[Link, ...]:
    return (Link(url, said),) if url.startswith(("https://", "http://")) else ()


def _pages(options: Iterable[Option]) -> list[Link]:
    return [one for option in options for one in _page(option.url, option.label)]


def _files(files: Iterable[Media]) -> list[Link]:
    """Ours by our own address, others where they are."""
    found: list[Link] = []
    for file in files:
        name = file.name or file.mime
        found += [Link(link(file.attachment), name)] if file.attachment else _page(file.url, name)
    return found
