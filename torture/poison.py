"""Facts that the database refuses: they end as dead letters, harm nobody, can be replayed."""

from __future__ import annotations

import random
import time
from collections.abc import Collection

import msgspec

from filo.core.db import Connection
from filo.intake import operations, queries
from filo.staff.types import Scope

SHARE = 4_000  # one poisoned message among so many
MEND = "DROP TRIGGER torture_poison ON conversations_message"
STORED = """
SELECT count(DISTINCT provider_id) FROM conversations_message WHERE provider_id = ANY(%s)
"""
PATIENCE = 60.0


class Cured(msgspec.Struct, frozen=True):
    """How many there were, died in the end, and were read after the mend."""

    poison: int = 0
    dead: int = 0
    revived: int = 0


def chosen(events: int, seed: int) -> frozenset[int]:
    """Which of the messages are poisoned: at least one."""
    chance = random.Random(f"poison:{seed}")  # noqa: S311 -- a reproducible run
    return frozenset(chance.sample(range(events), max(1, events // SHARE)))


def cure(connection: Connection, admin: Scope, ids: Collection[str]) -> Cured:
    """Once all is quiet: they are dead. Mend what refused them, revive them, wait."""
    dead = queries.dead(connection.cursor(), admin, limit=500)
    early = _stored(connection, ids)
    connection.execute(MEND)
    with connection.transaction():
        operations.revive(connection.cursor(), admin, [int(letter.id) for letter in dead])
    until = time.monotonic() + PATIENCE
    while _stored(connection, ids) < len(ids) and time.monotonic() < until:
        time.sleep(0.2)
    whose = {letter.who for letter in dead}
    return Cured(len(ids), len(whose), _stored(connection, ids) - early)


def _stored(connection: Connection, ids: Collection[str]) -> int:
    row = connection.execute(STORED, [list(ids)]).fetchone()
    return int(row[0]) if row else 0
