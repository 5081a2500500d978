"""The head of a mail, read without ever raising: values, addresses, ids."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import NamedTuple

from filo.connectors.email.letters import decoded, words

LONGEST = 262_144  # 2,000 references of 130 characters
PEOPLE_LIMIT = 20_000
ID_LIMIT = 250
ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]+@[^\s<>()\[\],;:\"@]+")
BRACKETED = re.compile(r"<([^<>]*)>")


class Person(NamedTuple):
    """An address as one writes it down (normalised), with the name beside it."""

    address: str
    name: str
    written: str


class Head:
    """Header values by lower-case name, unfolded; RFC 2047 words are opened on demand."""

    def __init__(self, message: Message) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in message.raw_items():
            self._values.setdefault(str(name).strip().lower(), []).append(unfolded(str(value)))

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def raw(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    def text(self, name: str) -> str:
        return _shown(words(self.raw(name)))

    def ids(self, name: str) -> list[str]:
        return [id_ for value in self.all(name) for id_ in ids_in(value)]

    def people(self, *names: str) -> list[Person]:
        return [person for name in names for value in self.all(name) for person in people_in(value)]

    def date(self) -> datetime | None:
        try:
            at = parsedate_to_datetime(self.raw("date"))
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        try:
            return at.astimezone(UTC)
        except (OverflowError, ValueError):
            return None


def ids_in(value: str) -> list[str]:
    """Message-IDs in a header, in its own order; empty ones are no ids."""
    found = BRACKETED.findall(value) or value.replace(",", " ").split()
    return [id_ for id_ in map(normal_id, found) if id_]


def normal_id(written: str) -> str:
    """One Message-ID as we compare it: no brackets, no blanks, domain in lower case."""
    bare = "".join(written.split()).strip("<>")
    local, at, domain = bare.rpartition("@")
    whole = f"{local}@{domain.lower()}" if at else bare
    return "".join(c for c in whole if c.isprintable())[:ID_LIMIT]


def people_in(value: str) -> list[Person]:
    """The addresses in a header; where its grammar is broken, whatever looks like one."""
    value = value[:PEOPLE_LIMIT]
    pairs = [(name, address) for name, address in _parsed(value) if ADDRESS.fullmatch(address)]
    pairs = pairs or [("", address) for address in ADDRESS.findall(value)]
    return [
        Person(normal_address(address), _name(name), address)
        for name, address in pairs
        if len(address) <= ID_LIMIT
    ]


def normal_address(address: str) -> str:
    """An address as identity: NFC, lower case, the domain in its ASCII form."""
    local, _, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    domain = domain.lower().rstrip(".")
    with suppress(UnicodeError):
        domain = domain if domain.isascii() else domain.encode("idna").decode()
    return f"{local.lower()}@{domain}" if local else domain


def _parsed(value: str) -> list[tuple[str, str]]:
    try:
        return getaddresses([value])
    except (ValueError, TypeError, IndexError, AttributeError, RecursionError):
        return []


def _name(name: str) -> str:
    shown = _shown(words(name)).strip("\"' ")
    return "" if ADDRESS.fullmatch(shown) else shown[:200]


def unfolded(value: str) -> str:
    """A raw header value on one line, its 8-bit letters read."""
    joined = re.sub(r"\r?\n[ \t]?", " ", value[:LONGEST])
    try:
        return joined.encode("ascii", "strict").decode()
    except UnicodeError:
        return decoded(joined.encode("utf-8", "surrogateescape"))


def _shown(text: str) -> str:
    return "".join(c for c in " ".join(text.split()) if c.isprintable())
