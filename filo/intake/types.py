"""Values of the door: a call as the journal keeps it, and what was read from it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from filo.channels.contract import Fact, Request


class Entry(msgspec.Struct, frozen=True):
    """A call on its way into the journal."""

    channel: int
    lane: int
    at: datetime
    headers: dict[str, str]
    query: dict[str, str]
    body: bytes
    opened: bytes | None = None
    file: str = ""


class Kept(msgspec.Struct, frozen=True):
    """A journal row, ready to be read."""

    id: int
    channel: int
    request: Request


class Read(msgspec.Struct, frozen=True):
    """One fact of a journal row; `ordinal` is its place there."""

    journal: int
    ordinal: int
    channel: int  # the channel it belongs to, which may be a sibling of the one it came by
    at: datetime
    fact: Fact


class UnreadView(msgspec.Struct, frozen=True):
    """A call that could not be read, for the administrator."""

    id: str
    channel: str
    at: datetime
    reason: str
    size: int


class DeadView(msgspec.Struct, frozen=True):
    """A fact that failed five times, for the administrator."""

    id: str
    journal: str
    channel: str
    who: str
    error: str
    tries: int
    at: datetime


class ConflictView(msgspec.Struct, frozen=True):
    """The same key with another body, for the administrator."""

    scope: str
    key: str
    journal: str
    at: datetime
