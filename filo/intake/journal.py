"""The journal: calls exactly as they came, kept before anybody thinks about them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from filo.core.db import Cursor
from filo.core.sql import statements
from filo.intake.types import Entry

sql = statements("filo.intake")
BELL = "filo_journal"
# What lets somebody in must not lie around in a journal.
SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})


def columns(entries: Sequence[Entry]) -> dict[str, object]:
    """The arrays of the one statement that keeps them all."""
    encode = msgspec.json.encode
    return {
        "channels": [entry.channel for entry in entries],
        "lanes": [entry.lane for entry in entries],
        "ats": [entry.at for entry in entries],
        "headers": [encode(entry.headers).decode() for entry in entries],
        "queries": [encode(entry.query).decode() for entry in entries],
        "bodies": [entry.body for entry in entries],
        "openeds": [entry.opened for entry in entries],
        "files": [entry.file for entry in entries],
    }


def keep(cur: Cursor, entries: Sequence[Entry]) -> None:
    """Keep these calls in the caller's transaction, and wake the pipeline at commit."""
    if entries:
        cur.execute(sql("keep"), columns(entries))


def open_headers(headers: dict[str, str]) -> dict[str, str]:
    """The headers that a journal may keep."""
    return {name: text for name, text in headers.items() if name not in SECRET_HEADERS}
