"""Arrays in PostgreSQL's own binary form, packed in one go.

psycopg looks at every element to find out what a list holds; a statement that runs a thousand
times a second and knows its types packs them itself, at a tenth of the cost. The layout is that of
PostgreSQL's `array_recv`: dimensions, null mark, element type, length, lower bound, elements.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from psycopg import adapters
from psycopg.adapt import Dumper
from psycopg.pq import Format

BYTEA, INT8, INT2, TEXT, TIMESTAMPTZ = 17, 20, 21, 25, 1184
_EMPTY = struct.Struct("!iiI")
_HEAD = struct.Struct("!iiIii")
_LENGTH = struct.Struct("!i")
_BIGINT = struct.Struct("!iq")
_SMALLINT = struct.Struct("!ih")
_NULL = _LENGTH.pack(-1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Packed:
    """One parameter, ready for the wire. The statement must cast it to its array type."""

    __slots__ = ("octets",)

    def __init__(self, octets: bytes) -> None:
        self.octets = octets


class _PackedDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Packed) -> bytes:
        return obj.octets


adapters.register_dumper(Packed, _PackedDumper)


def texts(items: Sequence[str | None]) -> Packed:
    """`text[]`. PostgreSQL refuses a NUL inside, as it does anywhere in a text."""
    return _variable(TEXT, [None if item is None else item.encode() for item in items])


def octets(items: Sequence[bytes | None], type_: int = BYTEA) -> Packed:
    """`bytea[]`; or `text[]`, for words that are encoded already."""
    return _variable(type_, items)


def smallints(items: Sequence[int]) -> Packed:
    """`smallint[]`."""
    return _fixed(INT2, _SMALLINT, items)


def bigints(items: Sequence[int]) -> Packed:
    """`bigint[]`."""
    return _fixed(INT8, _BIGINT, items)


def moments(items: Iterable[datetime]) -> Packed:
    """`timestamptz[]`: microseconds since 2000, as the server counts."""
    return _fixed(TIMESTAMPTZ, _BIGINT, [(item - _EPOCH) // _MICROSECOND for item in items])


def _fixed(type_: int, element: struct.Struct, items: Sequence[int]) -> Packed:
    if not items:
        return Packed(_EMPTY.pack(0, 0, type_))
    pack, size = element.pack, element.size - _LENGTH.size
    elements = b"".join([pack(size, item) for item in items])
    return Packed(_HEAD.pack(1, 0, type_, len(items), 1) + elements)


def _variable(type_: int, items: Sequence[bytes | None]) -> Packed:
    if not items:
        return Packed(_EMPTY.pack(0, 0, type_))
    length = _LENGTH.pack
    pieces = [_HEAD.pack(1, None in items, type_, len(items), 1)]
    for item in items:
        pieces += (_NULL,) if item is None else (length(len(item)), item)
    return Packed(b"".join(pieces))
