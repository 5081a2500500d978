"""The worker's side task that looks after the channels' keys."""

from __future__ import annotations

import asyncio
import logging
from zlib import crc32

import psycopg

from filo.channels.carrier import Carrier
from filo.channels.tending import tend
from filo.core import db, home

PAUSE = 60.0
log = logging.getLogger("filo.worker")


async def tend_for_ever() -> None:
    async with Carrier(allow_private=home.allow_private()) as carrier:
        while True:
            try:
                await once(carrier)
            except psycopg.OperationalError:
                log.warning("the database is away", extra={"chore": "keys"})
            except (ValueError, LookupError, TypeError):  # of one connector: the others go on
                log.exception("a chore failed", extra={"chore": "keys"})
            await asyncio.sleep(PAUSE)


async def once(carrier: Carrier) -> int:
    """One worker at a time: two would exchange one key twice."""
    with db.connect(name="filo worker, keys lock") as lock:
        row = lock.execute("SELECT pg_try_advisory_lock(%s)", [crc32(b"chore:keys")]).fetchone()
        return await tend(carrier) if row and row[0] else 0
