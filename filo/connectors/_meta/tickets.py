"""A boarding pass, shipment, appointment or payment as cards of Meta's: there are no others.

The airline templates are gone from the list of what may be sent (Message Templates, Meta, May
2026): a title, lines of 80 letters and a button must do, on as many cards as the words need.
"""

from __future__ import annotations

import textwrap

from filo.channels.contract import (
    Appointment,
    BoardingPass,
    Media,
    Option,
    Payment,
    RichCard,
    Shipment,
)
from filo.channels.kit import in_words
from filo.connectors._meta import send

Ticket = BoardingPass | Shipment | Appointment | Payment
LINE = 80
MOST_CARDS = 10
OPEN = {"it": "Apri", "en": "Open"}


def ticket(part: Ticket, language: str) -> send.Message:
    """Cards with all its words; plain words where they would not fit."""
    url = part.url or next((file.url for file in _files(part) if file.url), "")
    words = in_words(part, language)
    first, *rest = [line for line in words.split("\n") if line and line != part.url]
    pages = _packed(rest) or [""]
    if len(first) > LINE or len(pages) > MOST_CARDS or any(len(page) > LINE for page in pages):
        return {"text": words}
    image = next((file for file in _files(part) if _is_picture(file)), None)
    open_ = OPEN.get(language.partition("-")[0], OPEN["en"])
    options = (Option("open", open_, url=url),) if url else ()
    # A code that is cut to the shape of a landscape cannot be scanned.
    square = image is not None and isinstance(part, BoardingPass)
    return send.cards(
        [
            RichCard(first, page, image if n == 0 else None, options if n == 0 else ())
            for n, page in enumerate(pages)
        ],
        square=square,
    )


def _files(part: Ticket) -> tuple[Media, ...]:
    return part.files if isinstance(part, BoardingPass | Appointment) else ()


def _is_picture(file: Media) -> bool:
    return bool(file.url) and file.mime in {"image/png", "image/jpeg", "image/gif"}


def _packed(lines: list[str]) -> list[str]:
    """As many lines as fit beside one another, in their order."""
    pages: list[str] = []
    for line in (piece for each in lines for piece in textwrap.wrap(each, LINE)):
        joined = f"{pages[-1]} · {line}" if pages else line
        if pages and len(joined) <= LINE:
            pages[-1] = joined
        else:
            pages.append(line)
    return pages
