"""Mails as they are really written, for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime

from filo.channels.contract import Fact, Html, Media, Request, Said, Text
from filo.connectors.email.connector import connector

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HEAD = (
    b"From: Anna Bianchi <Anna@Example.org>\n"
    b"To: support@brezza.example\n"
    b"Subject: Ordine 1234\n"
    b"Date: Sun, 22 Nov 2026 11:59:00 +0000\n"
)


def mail(text: bytes = b"", *, head: bytes = HEAD, id_: bytes = b"<m1@example.org>") -> bytes:
    """A mail from Anna; `text` may begin with more header lines."""
    named = b"Message-ID: %b\n" % id_ if id_ else b""
    more = text if b"\n\n" in text or text.startswith(b"\n") else b"\n" + text
    return (head + named + more).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def facts(raw: bytes, address: str = "support@brezza.example", **headers: str) -> list[Fact]:
    request = Request(body=raw, at=NOON, headers=headers, settings={"address": address})
    return list(connector.parse(request))


def said(raw: bytes, address: str = "support@brezza.example") -> Said:
    (fact,) = facts(raw, address)
    assert isinstance(fact, Said), fact
    return fact


def words(fact: Said) -> str:
    return "\n".join(part.text for part in fact.parts if isinstance(part, Text | Html))


def files(fact: Said) -> list[Media]:
    return [part for part in fact.parts if isinstance(part, Media)]
