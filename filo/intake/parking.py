"""Facts that fail wait, five tries long, and hold back their own identity only."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import psycopg

from filo.core import clock
from filo.core.db import Connection, Cursor
from filo.core.events import ring
from filo.core.sql import statements
from filo.intake.reading import Doors, read, whose
from filo.intake.rows import kept
from filo.intake.types import Read
from filo.intake.understanding import understand

log = logging.getLogger("filo.intake")
sql = statements("filo.intake")
WAITS = (1, 5, 15, 30, 60)  # seconds before each of the five tries


def name_of(fact_read: Read) -> str:
    """Who waits: the identity that speaks, else the fact itself."""
    for space, value in whose(fact_read.fact):
        return f"{space}:{value}"
    return f"journal:{fact_read.journal}"


def hold_back(cur: Cursor, reads: Sequence[Read]) -> list[Read]:
    """Park the facts of identities that already wait; returns the others."""
    names = {name_of(one) for one in reads}
    rows = cur.execute(sql("waiting_for"), {"whose": sorted(names)}).fetchall()
    waiting = {who for (who,) in rows}
    if not waiting:
        return list(reads)
    park(cur, [one for one in reads if name_of(one) in waiting], error="", tries=0)
    return [one for one in reads if name_of(one) not in waiting]


def park(cur: Cursor, reads: Sequence[Read], *, error: str, tries: int) -> None:
    due = clock.now() + timedelta(seconds=WAITS[0])
    cur.execute(
        sql("park"),
        {
            "journals": [one.journal for one in reads],
            "ordinals": [one.ordinal for one in reads],
            "whose": [name_of(one) for one in reads],
            "tries": [tries for _ in reads],
            "dues": [due for _ in reads],
            "errors": [error for _ in reads],
        },
    )


def retry_parked(connection: Connection, doors: Doors, *, at: datetime) -> int:
    """Try the heads whose turn has come; returns how many went through or died."""
    moved = 0
    with connection.transaction():
        cur = connection.cursor()
        for id_, journal, ordinal, tries in cur.execute(sql("heads"), {"at": at}).fetchall():
            moved += _retry(connection, cur, doors, (id_, journal, ordinal, tries), at)
    return moved


def _retry(
    connection: Connection, cur: Cursor, doors: Doors, row: tuple[int, int, int, int], at: datetime
) -> int:
    id_, journal, ordinal, tries = row
    try:
        with connection.transaction():
            understand(cur, _again(cur, doors, journal, ordinal), doors)
            ring(cur)
    except psycopg.OperationalError:
        raise
    except Exception as problem:  # the outer door of the pipeline: kept for replay
        log.exception("a fact failed again", extra={"journal": journal, "tries": tries + 1})
        return _failed_again(cur, id_, tries + 1, problem, at)
    cur.execute("DELETE FROM intake_parked WHERE id = %s", [id_])
    return 1


def _again(cur: Cursor, doors: Doors, journal: int, ordinal: int) -> list[Read]:
    rows = kept(cur.execute(sql("row"), {"id": journal}).fetchall(), doors)
    return [one for one in read(rows, doors).reads if one.ordinal == ordinal]


def _failed_again(cur: Cursor, id_: int, tries: int, problem: Exception, at: datetime) -> int:
    dead = tries >= len(WAITS)
    wait = timedelta(seconds=WAITS[min(tries, len(WAITS) - 1)])
    cur.execute(
        "UPDATE intake_parked SET tries = %s, dead = %s, due_at = %s, error = %s WHERE id = %s",
        [tries, dead, at + wait, words_of(problem), id_],
    )
    return int(dead)


def words_of(problem: Exception) -> str:
    """What went wrong, without the customer's words: the class and PostgreSQL's short message."""
    if isinstance(problem, psycopg.Error) and problem.diag.message_primary:
        return f"{type(problem).__name__}: {problem.diag.message_primary}"[:300]
    return type(problem).__name__
