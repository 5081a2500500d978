"""Counts: what was thanked against what is stored, twice over."""

from __future__ import annotations

import time
from collections.abc import Collection

from filo.core.db import connect

STORED = "SELECT provider_id, count(*) FROM conversations_message GROUP BY provider_id"
GAPS = """
SELECT count(*) FROM (
    SELECT identity_id FROM conversations_message WHERE seq IS NOT NULL
    GROUP BY identity_id HAVING max(seq) <> count(*) OR min(seq) <> 1
) AS x
"""
LEFT = (
    "SELECT (SELECT count(*) FROM intake_journal WHERE state = 0)"
    " + (SELECT count(*) FROM intake_parked WHERE NOT dead)"
)


def wait_until_read(*, patience: float = 180) -> float:
    """Until the journal is empty; returns the seconds it took."""
    began = time.monotonic()
    with connect(name="torture") as connection:
        while time.monotonic() - began < patience:
            row = connection.execute(LEFT).fetchone()
            if row and row[0] == 0:
                return time.monotonic() - began
            time.sleep(0.1)
    raise RuntimeError("the journal was not read to its end")


def count(accepted: Collection[str]) -> dict[str, int]:
    """`lost`: thanked but not stored. `doubled`: stored more than once. `gaps`: broken orders."""
    with connect(name="torture") as connection:
        stored = {str(id_): int(many) for id_, many in connection.execute(STORED).fetchall()}
        gaps = connection.execute(GAPS).fetchone()
    assert gaps is not None
    return {
        "accepted": len(accepted),
        "stored": len(stored),
        "lost": len(set(accepted) - set(stored)),
        "doubled": sum(many - 1 for many in stored.values()),
        "gaps": int(gaps[0]),
    }
