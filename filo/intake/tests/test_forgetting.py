"""The journal keeps what came in for its retention period, and what still waits for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from filo.intake.operations import forget

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OLD, NEW = NOW - timedelta(days=91), NOW - timedelta(days=89)
TO_DO, DONE, UNREAD = 0, 1, 2


def kept(cur: psycopg.Cursor[Any]) -> list[int]:
    return [row[0] for row in cur.execute("SELECT id FROM intake_journal ORDER BY id").fetchall()]


def call(cur: psycopg.Cursor[Any], *, at: datetime, state: int) -> int:
    row = cur.execute(
        "INSERT INTO intake_journal (channel, lane, body, at, state) VALUES (1, 1, 'x', %s, %s)"
        " RETURNING id",
        [at, state],
    ).fetchone()
    assert row
    return int(row[0])


def test_old_calls_are_forgotten_and_young_ones_are_not(committed_db: str) -> None:
    with psycopg.connect(committed_db) as connection, connection.cursor() as cur:
        for state in (DONE, UNREAD):
            call(cur, at=OLD, state=state)
        young = call(cur, at=NEW, state=DONE)

        assert forget(cur, before=NOW - timedelta(days=90)) == 2
        assert kept(cur) == [young]


def test_what_still_waits_is_kept_whatever_its_age(committed_db: str) -> None:
    with psycopg.connect(committed_db) as connection, connection.cursor() as cur:
        waiting = call(cur, at=OLD, state=TO_DO)
        letter = call(cur, at=OLD, state=DONE)
        cur.execute(
            "INSERT INTO intake_parked (journal, ordinal, who, dead) VALUES (%s, 0, 'a:b', true)",
            [letter],
        )

        assert forget(cur, before=NOW - timedelta(days=90)) == 0
        assert kept(cur) == [waiting, letter]
