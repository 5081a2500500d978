"""The worker that brings files: takes what is due, a few at a time, and settles each by itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from filo.channels import queries as channels
from filo.channels.carrier import Carrier
from filo.channels.contract import Later
from filo.channels.registry import NoSuchKind
from filo.channels.types import NoSuchChannel
from filo.conversations import late_files
from filo.conversations.late_files import Gone, RawOf, Wanted
from filo.core import clock, db, home, media
from filo.core.events import BELL

log = logging.getLogger("filo.files")
MOST_AT_ONCE = 6
MOST_TRIES = 2 * len(late_files.PAUSES)
SOON = timedelta(seconds=30)
LONGEST_WAIT = 2.0  # seconds, when the bell is not heard


Outcome = media.Kept | Gone | media.Refused | Later


class Fetcher:
    """One per process, with a session of its own: its locks say which files are ours."""

    def __init__(
        self,
        connection: db.Connection,
        carrier: Carrier,
        raw_of: RawOf,
        *,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._connection = connection
        self._carrier = carrier
        self._raw_of = raw_of
        self._now = now
        self._running: dict[asyncio.Task[None], int] = {}

    async def run(self) -> None:
        """Until cancelled. A lost database ends it; the supervisor starts it again."""
        self._connection.execute(f"LISTEN {BELL}")
        while True:
            self.begin()
            if self._running:
                await self._some()
            else:
                await asyncio.to_thread(self._hear)

    async def run_once(self) -> int:
        """Bring all that is due, and say how many were tried."""
        tried = 0
        while begun := self.begin():
            tried += begun
            while self._running:
                await self._some()
        return tried

    def begin(self) -> int:
        """Start on what is due while there are hands for it; returns how many were begun."""
        hands = MOST_AT_ONCE - len(self._running)
        if hands < 1:
            return 0
        with self._connection.cursor() as cur:
            taken = late_files.take(cur, most=hands, at=self._now(), held=self._running.values())
        for wanted in taken:
            self._running[asyncio.create_task(self._bring(wanted))] = wanted.id
        return len(taken)

    async def _some(self) -> None:
        done, _ = await asyncio.wait(
            self._running, timeout=LONGEST_WAIT, return_when=asyncio.FIRST_COMPLETED
        )
        for task in done:
            del self._running[task]
            task.result()

    def _hear(self) -> None:
        for _ in self._connection.notifies(timeout=LONGEST_WAIT, stop_after=1):
            pass

    async def _bring(self, wanted: Wanted) -> None:
        try:
            outcome = await self._outcome(wanted)
        except (Gone, media.Refused, Later) as verdict:
            outcome = verdict
        except (NoSuchChannel, NoSuchKind):
            outcome = Gone("gone")
        except Exception as surprise:
            # the outer door of this work: one strange file must not stop all others
            log.exception("file not understood", extra={"attachment": wanted.id})
            outcome = Later(SOON, type(surprise).__name__)
        self._settle(wanted, outcome)

    async def _outcome(self, wanted: Wanted) -> Outcome:
        if wanted.tries > MOST_TRIES:
            raise Gone("gone")  # it ended its worker again and again
        with self._connection.cursor() as cur:
            channel = channels.one(cur, wanted.channel)
        return await late_files.bring(
            wanted, channel=channel, carrier=self._carrier, raw_of=self._raw_of
        )

    def _settle(self, wanted: Wanted, outcome: Outcome) -> None:
        with self._connection.transaction(), self._connection.cursor() as cur:
            match outcome:
                case media.Kept():
                    late_files.settle(cur, wanted, outcome)
                case Later():
                    late_files.put_off(
                        cur, wanted, at=self._now(), after=outcome.after, why=outcome.detail
                    )
                case _:
                    late_files.refuse(cur, wanted, code=outcome.code)
        with self._connection.cursor() as cur:
            late_files.release(cur, wanted)
        log.info("file settled", extra={"attachment": wanted.id, "tries": wanted.tries})


async def main(raw_of: RawOf) -> None:
    """Bring files until the process ends."""
    with db.connect(name="filo worker") as connection:
        async with Carrier(allow_private=home.allow_private()) as carrier:
            await Fetcher(connection, carrier, raw_of).run()
