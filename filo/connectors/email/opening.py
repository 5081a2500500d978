"""Bytes to a mail taken apart; or its head alone, where taking it apart could harm us."""

from __future__ import annotations

from email.message import Message
from email.parser import BytesHeaderParser, BytesParser

from filo.connectors.email import body

LARGEST = 25 * 1024 * 1024
HEAD_LIMIT = 512 * 1024
MOST_BOUNDARIES = 60  # every open multipart is asked about every line: time is lines x depth
MOST_LINES = 600_000


def opened(raw: bytes) -> tuple[Message, bool]:
    """The mail taken apart, or its head alone when taking it apart could harm us."""
    harmless = (
        len(raw) <= LARGEST
        and raw.count(b"boundary=") <= MOST_BOUNDARIES
        and raw.count(b"\n") <= MOST_LINES
    )
    if harmless:
        try:
            return BytesParser().parsebytes(raw), True
        except body.BROKEN:
            pass
    return opened_head(raw), False


def opened_head(raw: bytes) -> Message:
    top = raw[:HEAD_LIMIT].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    try:
        return BytesHeaderParser().parsebytes(top + b"\n\n")
    except body.BROKEN:
        return Message()
