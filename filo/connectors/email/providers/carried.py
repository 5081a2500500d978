"""A provider's call as facts: mails go through the very reading that a mailbox's go through."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec

from filo.channels.contract import Fact, Request, Said
from filo.connectors.email import providers, reading
from filo.connectors.email.head import normal_address
from filo.connectors.email.providers.wire import Letter, Provider

LARGEST = 48 * 1024 * 1024  # a mail of 25 MB, written as base64 in JSON
LOOKED_AT = 64 * 1024
_RECIPIENT = re.compile(
    rb'\\?"(?:recipient|email|Email|Recipient|emailAddress)\\?"\s*:\s*\\?"([^"\\\s]+@[^"\\\s]+)'
)
# A mail begins with a field of its head; JSON and forms do not.
_NO_MAIL = re.compile(rb"\s*[{\[]|--|[\w.%-]+=")


def facts(provider: Provider, request: Request) -> list[Fact]:
    letters = provider.brought(request)
    if not letters:
        return list(provider.told(request))
    return [fact for letter in letters for fact in _read(letter, request)]


def mails(provider: Provider, request: Request) -> list[Request]:
    """The mails in this call, each as a mailbox would have given it."""
    return [_fetched(letter, request) for letter in provider.brought(request)]


def reported(request: Request) -> str:
    """Whom a report is about, by one cheap look."""
    found = _RECIPIENT.search(request.body, 0, LOOKED_AT)
    return normal_address(found[1].decode("utf-8", "replace")) if found else ""


def mail_in(raw: bytes) -> bytes:
    """The mail that a call brought, whoever made it; nothing when `raw` is a mail itself."""
    if not _NO_MAIL.match(raw):
        return b""
    call = Request(body=raw, at=datetime.fromtimestamp(0, UTC))
    brought = (letter for one in providers.PROVIDERS.values() for letter in one.brought(call))
    return next((letter.raw for letter in brought), b"")


def _read(letter: Letter, request: Request) -> list[Fact]:
    return [_with_files(fact, letter) for fact in reading.facts(_fetched(letter, request))]


def _with_files(fact: Fact, letter: Letter) -> Fact:
    if not letter.files or not isinstance(fact, Said):
        return fact
    return msgspec.structs.replace(fact, parts=(*fact.parts, *letter.files))


def _fetched(letter: Letter, request: Request) -> Request:
    marks = {"x-filo-results": letter.results, "x-filo-size": letter.size}
    return msgspec.structs.replace(
        request, body=letter.raw, headers={name: text for name, text in marks.items() if text}
    )
