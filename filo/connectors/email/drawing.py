"""Cards, questions and papers as HTML that mail programs show: tables and inline colours.

No script, no outside style sheet, no background picture: what Outlook and the rest agree on.
"""

from __future__ import annotations

import html as markup
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from filo.channels.contract import (
    Appointment,
    Bill,
    BoardingPass,
    Carousel,
    Choice,
    Media,
    Option,
    Part,
    Payment,
    RichCard,
    Shipment,
    Text,
)
from filo.channels.kit import day, how_many, label, moment, money, numbered, runs

_BOX = (
    '<table role="presentation" cellpadding="0" cellspacing="0" style="max-width:480px;width:100%;'
    'border:1px solid #d3cec2;border-radius:12px;margin:0 0 12px"><tr><td style="padding:16px">'
)
_END = "</td></tr></table>"
_SIGNS = {"bold": "b", "italic": "i", "struck": "s", "code": "code"}


def drawn(part: Part, language: str) -> str:
    """The part as HTML, or nothing where words say all there is."""
    match part:
        case Text(marked=True):
            return _paragraphs(_marked(part.text))
        case RichCard():
            return _card(part)
        case Carousel():
            return _paragraphs(_text(part.text)) + _cards(part)
        case Choice():
            return _paragraphs(_text(part.text)) + _answers(part.options)
        case _:
            return _paper(part, language)


def _paper(part: Part, language: str) -> str:
    rows: tuple[tuple[str, str], ...]
    match part:
        case BoardingPass():
            return _pass(part, language)
        case Bill():
            return _bill(part, language)
        case Shipment():
            expected = day(part.expected, language) if part.expected else ""
            rows = (("status", part.status), ("carrier", part.carrier), ("expected", expected))
            title = f"{label('shipment', language)} {part.number}"
            return _sheet(title, part.text, rows, language, (part.url, "track"))
        case Appointment():
            lasts = f", {part.minutes} min" if part.minutes else ""
            when = f"{moment(part.starts, language)}{lasts}"
            rows = (("appointment", when), ("place", part.place))
            return _sheet(part.title, part.text, rows, language, (part.url, "open"))
        case Payment():
            due = day(part.due, language) if part.due else ""
            rows = (("reference", part.reference), ("due", due), ("", ""))
            price = money(part.price, language)
            return _sheet(part.title, price, rows, language, (part.url, "pay"))
        case _:
            return ""


# --- cards --------------------------------------------------------------------


def _cards(part: Carousel) -> str:
    """One below the other; their answers are numbered through, as they are understood."""
    told, first = "", 1
    for card in part.cards:
        told += _card(card, first)
        first += how_many(card)
    return told


def _card(card: RichCard, first: int = 1) -> str:
    picture = _picture(card.image) if card.image else ""
    told = f"{picture}{_title(card.title)}{_paragraphs(_text(card.text))}"
    return f"{_BOX}{told}{_answers(card.options, first)}{_END}"


def _picture(image: Media) -> str:
    if not image.url.startswith(("https://", "http://")):
        return ""
    return (
        f'<img src="{_text(image.url)}" alt="{_text(image.caption)}" width="446"'
        ' style="max-width:100%;border-radius:8px;display:block;margin:0 0 10px">'
    )


def _answers(options: Sequence[Option], first: int = 1) -> str:
    """What opens a page is a button; what answers is numbered, to be written back."""
    told = numbered([option for option in options if not option.url], first)
    rows = "<br>".join(map(_text, told))
    pages = "".join(_button(option.url, option.label) for option in options if option.url)
    return (f"<p>{rows}</p>" if rows else "") + pages


# --- papers -------------------------------------------------------------------


def _pass(part: BoardingPass, language: str) -> str:
    rows = (
        ("passenger", part.passenger),
        ("departs", moment(part.departs, language)),
        ("boards", moment(part.boards, language) if part.boards else ""),
        ("arrives", moment(part.arrives, language) if part.arrives else ""),
        ("terminal", part.terminal),
        ("gate", part.gate),
        ("seat", part.seat),
        ("group", part.group),
        ("cabin", part.cabin),
        ("booking", part.reference),
    )
    way = " \N{RIGHTWARDS ARROW} ".join(
        f'<b style="font-size:26px">{_text(end.code)}</b> {_text(end.city)}'
        for end in (part.origin, part.destination)
    )
    title = _title(f"{label('flight', language)} {part.flight}")
    opens = _button(part.url, label("open", language)) if part.url else ""
    return f"{_BOX}{title}<p>{way}</p>{_rows(rows, language)}{opens}{_END}"


def _bill(part: Bill, language: str) -> str:
    items = [(f"{i.quantity} \N{MULTIPLICATION SIGN} {i.title}", i.price) for i in part.items]
    if part.tax:
        items.append((label("tax", language), part.tax))
    cells = "".join(_cells(_text(name), money(price, language)) for name, price in items)
    total = _cells(f"<b>{label('total', language)}</b>", money(part.total, language))
    when = moment(part.at, language) if part.at else ""
    about = " \N{MIDDLE DOT} ".join(filter(None, [when, part.paid_with]))
    title = _title(f"{label('receipt', language)} {part.number}")
    opens = _button(part.url, label("open", language)) if part.url else ""
    return f"{_BOX}{title}{_paragraphs(_text(about))}{_table(cells + total)}{opens}{_END}"


def _sheet(
    title: str,
    words: str,
    rows: Iterable[tuple[str, str]],
    language: str,
    opens: tuple[str, str],
) -> str:
    url, name = opens
    button = _button(url, label(name, language)) if url else ""
    told = f"{_title(title)}{_paragraphs(_text(words))}{_rows(rows, language)}"
    return f"{_BOX}{told}{button}{_END}"


# --- what they are made of ----------------------------------------------------


def _rows(rows: Iterable[tuple[str, str]], language: str) -> str:
    return _table(
        "".join(_cells(label(name, language), _text(value)) for name, value in rows if value)
    )


def _table(cells: str) -> str:
    return f'<table cellpadding="0" cellspacing="0" style="width:100%">{cells}</table>'


def _cells(name: str, value: str) -> str:
    return (
        f'<tr><td style="padding:3px 12px 3px 0;color:#6b675e">{name}</td>'
        f'<td style="padding:3px 0;text-align:right"><b>{value}</b></td></tr>'
    )


def _title(words: str) -> str:
    return f'<p style="margin:0 0 6px;font-size:16px"><b>{_text(words)}</b></p>'


def _button(url: str, words: str) -> str:
    return (
        f'<p><a href="{_address(url)}" style="display:inline-block;padding:9px 18px;'
        'border-radius:18px;background:#0b6466;color:#ffffff;text-decoration:none">'
        f"{_text(words)}</a></p>"
    )


def _address(url: str) -> str:
    """A page and nothing else: no mail program is handed a script."""
    return _text(url) if url.startswith(("https://", "http://")) else f"#{quote(url)}"


def _marked(text: str) -> str:
    told = ""
    for run in runs(text):
        words = _text(run.text)
        for mark in sorted(run.marks):
            words = f"<{_SIGNS[mark]}>{words}</{_SIGNS[mark]}>"
        told += words
    return told


def _paragraphs(told: str) -> str:
    blocks = (block.replace("\n", "<br>\n") for block in told.split("\n\n"))
    return "\n".join(f"<p>{block}</p>" for block in blocks if block.strip())


def _text(words: str) -> str:
    return markup.escape(words)
