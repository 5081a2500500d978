"""Late work: jobs, a reaper for those whose worker died, and the chores of the house.

Nothing here stands between a customer and an answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from importlib import import_module
from zlib import crc32

import procrastinate
import psycopg
from psycopg_pool import PoolTimeout

from filo.core import clock, db, home
from filo.project.bringing import bring_for_ever
from filo.project.listing import list_for_ever
from filo.project.tending import tend_for_ever
from filo.project.waking import wake_for_ever
from filo.project.wiring import CHORES, TASKS, Chore

# A worker silent for STALLED seconds is dead: within REAP more its jobs are given to others.
HEARTBEAT, STALLED, REAP = 3.0, 10.0, 5.0
PATIENCE = 5.0

log = logging.getLogger("filo.worker")


def main() -> None:
    asyncio.run(work(application()))


def application() -> procrastinate.App:
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(
            conninfo=home.database_url(), min_size=1, max_size=4
        )
    )
    for part, module in TASKS.items():
        app.add_tasks_from(import_module(module).tasks, namespace=part)
    return app


async def work(app: procrastinate.App) -> None:
    """Until a signal says stop: procrastinate hears it, the side tasks end with it."""
    async with app.open_async():
        side = (
            reap_for_ever(app),
            keep_house(),
            bring_for_ever(),
            tend_for_ever(),
            list_for_ever(),
            wake_for_ever(),
        )
        beside = [asyncio.create_task(task) for task in side]
        try:
            await app.run_worker_async(
                concurrency=4,
                name="filo",
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=STALLED,
                delete_jobs="successful",
                fetch_job_polling_interval=PATIENCE,
                install_signal_handlers=True,
            )
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)


# --- the reaper -------------------------------------------------------------------


async def reap_for_ever(app: procrastinate.App) -> None:
    while True:
        with contextlib.suppress(
            psycopg.Error, PoolTimeout, procrastinate.exceptions.ConnectorException
        ):
            if count := await reap(app):
                log.warning("jobs of a dead worker are given to others", extra={"jobs": count})
        await asyncio.sleep(REAP)


async def reap(app: procrastinate.App) -> int:
    """Give the jobs of silent workers back; a task may run twice and must change the world once."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED))
    for job in stalled:
        await app.job_manager.retry_job(job, retry_at=clock.now())
    return len(stalled)


# --- the chores --------------------------------------------------------------------


async def keep_house() -> None:
    await asyncio.gather(*[again_and_again(chore) for chore in CHORES])


async def again_and_again(chore: Chore) -> None:
    while True:
        try:
            await asyncio.to_thread(once, chore)
        except psycopg.OperationalError:
            log.warning("the database is away", extra={"chore": chore.name})
        except Exception:  # the outer door of chores: one that fails must not stop the others
            log.exception("a chore failed", extra={"chore": chore.name})
        await asyncio.sleep(chore.every)


def once(chore: Chore) -> int:
    """One worker at a time: the others pass by."""
    with db.connect(name=f"filo {chore.name}") as connection, connection.transaction():
        cur = connection.cursor()
        number = crc32(f"chore:{chore.name}".encode())
        cur.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return chore.act(cur) if (cur.fetchone() or (False,))[0] else 0
