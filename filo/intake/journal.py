"""The journal: calls exactly as they came, kept before anybody thinks about them."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import msgspec

from filo.core import arrays, media
from filo.core.db import Cursor
from filo.core.sql import statements
from filo.intake.types import Entry

log = logging.getLogger("filo.intake")
sql = statements("filo.intake")
BELL = "filo_journal"
LARGE = 256 * 1024  # bytes: more would only weigh on the database
# What lets somebody in must not lie around in a journal.
SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})


def columns(entries: Sequence[Entry]) -> dict[str, object]:
    """The arrays of the one statement that keeps them all."""
    encode = msgspec.json.encode
    return {
        "channels": arrays.bigints([entry.channel for entry in entries]),
        "lanes": arrays.smallints([entry.lane for entry in entries]),
        "ats": arrays.moments([entry.at for entry in entries]),
        "headers": arrays.octets([encode(entry.headers) for entry in entries], arrays.TEXT),
        "queries": arrays.octets([encode(entry.query) for entry in entries], arrays.TEXT),
        "bodies": arrays.octets([entry.body for entry in entries]),
        "openeds": arrays.octets([entry.opened for entry in entries]),
        "files": arrays.texts([entry.file for entry in entries]),
    }


def shelved(entry: Entry) -> Entry:
    """A large body rests in the media store, and its row says under which key."""
    if len(entry.body) <= LARGE or entry.opened is not None or entry.file:
        return entry
    return msgspec.structs.replace(entry, body=b"", file=media.keep_raw(entry.body))


def body_of(body: bytes, file: str) -> bytes:
    """The bytes of a row, wherever they rest; none when the file was lost."""
    try:
        return media.read(file) if file else bytes(body)
    except media.NotKept:
        log.exception("a body is not in the media store any more")
        return b""


def keep(cur: Cursor, entries: Sequence[Entry]) -> None:
    """Keep these calls in the caller's transaction, and wake the pipeline at commit."""
    if entries:
        cur.execute(sql("keep"), columns([shelved(entry) for entry in entries]))


def open_headers(headers: dict[str, str]) -> dict[str, str]:
    """The headers that a journal may keep."""
    if SECRET_HEADERS.isdisjoint(headers):
        return headers
    return {name: text for name, text in headers.items() if name not in SECRET_HEADERS}
