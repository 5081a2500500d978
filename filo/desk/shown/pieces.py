"""One part of a message, ready for its template."""

from __future__ import annotations

import msgspec
from django.utils.safestring import SafeString

from filo.core.codes import Drawn


class Link(msgspec.Struct, frozen=True):
    """Where something opens, and what it is called."""

    href: str
    words: str


class Piece(msgspec.Struct, frozen=True):
    """One part, ready for `desk/pieces/_<noun>.html`."""

    noun: str
    html: SafeString = SafeString()
    title: str = ""
    detail: str = ""
    href: str = ""
    caption: SafeString = SafeString()
    width: int | None = None
    height: int | None = None
    labels: tuple[str, ...] = ()
    state: str = ""
    icon: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    total: tuple[str, str] | None = None
    ends: tuple[tuple[str, str], ...] = ()  # from and to: a code and a city
    code: Drawn | None = None
    image: str = ""
    links: tuple[Link, ...] = ()
    cards: tuple[Piece, ...] = ()

    @property
    def template(self) -> str:
        return f"desk/pieces/_{self.noun}.html"


def link(attachment: str) -> str:
    """Our own address: it checks who asks, then sends on to a short-lived one."""
    return f"/desk/attachments/{attachment}"
