"""Arrays that are packed by us are what the server reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest

from filo.core import arrays
from filo.core.db import raw_cursor

pytestmark = pytest.mark.usefixtures("db")
ROME = timezone(timedelta(hours=1))
CASES = [
    ("text[]", arrays.texts(["", "città 🙂", "{,\"NULL\\'}"]), ["", "città 🙂", "{,\"NULL\\'}"]),
    ("text[]", arrays.octets(["perché".encode()], arrays.TEXT), ["perché"]),
    ("bytea[]", arrays.octets([b"\x00\xff", None, b""]), [b"\x00\xff", None, b""]),
    ("bigint[]", arrays.bigints([0, -1, 2**63 - 1, -(2**63)]), [0, -1, 2**63 - 1, -(2**63)]),
    ("smallint[]", arrays.smallints([0, -32_768, 32_767]), [0, -32_768, 32_767]),
]


@pytest.mark.parametrize(("type_", "packed", "meant"), CASES)
def test_the_server_reads_what_was_packed(
    type_: str, packed: arrays.Packed, meant: list[object]
) -> None:
    row = raw_cursor().execute(f"SELECT %s::{type_}", [packed]).fetchone()

    assert row is not None
    assert row[0] == meant


def test_moments_keep_their_microseconds_wherever_their_clock_stands() -> None:
    moments = [
        datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 11, 22, 10, 0, 0, 1, tzinfo=ROME),
    ]

    row = raw_cursor().execute("SELECT %s::timestamptz[]", [arrays.moments(moments)]).fetchone()

    assert row is not None
    assert row[0] == moments


@pytest.mark.parametrize(
    ("type_", "empty"),
    [
        ("text[]", arrays.texts([])),
        ("bigint[]", arrays.bigints([])),
        ("bytea[]", arrays.octets([])),
    ],
)
def test_nothing_is_an_empty_array(type_: str, empty: arrays.Packed) -> None:
    row = raw_cursor().execute(f"SELECT %s::{type_}", [empty]).fetchone()

    assert row == ([],)


def test_a_nul_in_a_text_is_refused_and_not_cut() -> None:
    with pytest.raises(psycopg.DataError):
        raw_cursor().execute("SELECT %s::text[]", [arrays.texts(["a\x00b"])])
