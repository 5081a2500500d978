"""The worker's side task that brings the files to which messages only refer."""

from __future__ import annotations

import asyncio
import logging

import psycopg

from filo.conversations import fetcher_loop
from filo.core import db, media

PAUSE = 2.0
log = logging.getLogger("filo.worker")


async def bring_for_ever() -> None:
    while True:
        try:
            await fetcher_loop.main(raw_of)
        except psycopg.OperationalError:
            log.warning("the database is away", extra={"chore": "files"})
        await asyncio.sleep(PAUSE)


def raw_of(journal: int) -> bytes:
    """The body of a journal row as it came, opened where it was sealed."""
    with db.connect(name="filo worker, journal") as connection:
        row = connection.execute(
            "SELECT COALESCE(opened, body), file FROM intake_journal WHERE id = %s", [journal]
        ).fetchone()
    if row is None:
        raise LookupError(f"journal row {journal} is gone")
    body, file = row
    return media.read(file) if file else bytes(body)
