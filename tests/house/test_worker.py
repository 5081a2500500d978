"""Late work: what a killed worker had in hand is done by another within seconds."""

from __future__ import annotations

import asyncio

import procrastinate
import psycopg

from filo.project import worker
from filo.project.wiring import Chore

SILENT = "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '11 seconds'"
DOING = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"


def app_with_task(done: list[int]) -> procrastinate.App:
    app = worker.application()

    @app.task(name="count")
    def count(number: int) -> None:
        done.append(number)

    return app


def test_the_job_of_a_worker_that_fell_silent_is_done_by_another(committed_db: str) -> None:
    """Regression 14: heartbeat 3 s, stalled 10 s, reaper 5 s."""
    done: list[int] = []
    app = app_with_task(done)

    async def story() -> int:
        async with app.open_async():
            await app.configure_task("count").defer_async(number=7)
            dead = await app.job_manager.register_worker()
            await app.job_manager.fetch_job(queues=None, worker_id=dead)
            with psycopg.connect(committed_db, autocommit=True) as beside:
                assert beside.execute(DOING).fetchone() == (1,)
                assert await worker.reap(app) == 0
                beside.execute(SILENT)
            reaped = await worker.reap(app)
            await app.run_worker_async(wait=False, install_signal_handlers=False)
            return reaped

    assert asyncio.run(story()) == 1
    assert done == [7]
    assert (worker.HEARTBEAT, worker.STALLED, worker.REAP) == (3, 10, 5)


def test_a_chore_is_done_by_one_worker_at_a_time(committed_db: str) -> None:
    done: list[int] = []

    def act(cur: object) -> int:
        done.append(worker.once(chore))  # a second worker comes while the first is at it
        return 1

    chore = Chore("count", every=1, act=act)

    assert worker.once(chore) == 1
    assert done == [0]
