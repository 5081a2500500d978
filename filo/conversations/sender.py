"""The sender: owns deliveries by a session lock, says them, and writes down what became of them.

Started without Django: `python -m filo.conversations.sender`. A delivery is taken over only when
its sender's session is gone and its attempt is older than any call can last; what happens then
depends on the channel's delivery class.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import signal
from collections import Counter
from datetime import timedelta
from functools import partial

import psycopg
import uvloop

from filo.channels.carrier import Carrier
from filo.conversations.ledger import Ledger, Lost
from filo.conversations.moderating import moderate_for_ever
from filo.conversations.mouth import SETTLE, Mouth
from filo.conversations.nodding import follow
from filo.conversations.sending import Due
from filo.core import home
from filo.core.db import AsyncConnection

log = logging.getLogger("filo.sender")
LOCK_SPACE = 0xF11E
AT_ONCE = 64
ROOM = 8  # free places that are worth a question for more
LOOK = 0.5  # seconds without a bell after which we look all the same
MARGIN = 5.0  # seconds added to the longest call before a delivery may be taken over


class Sender:
    """One process. `stop` lets running calls end; a kill loses nothing either."""

    def __init__(
        self,
        *,
        older: float | None = None,
        settle: float = SETTLE,
        at_once: int = AT_ONCE,
        look: float = LOOK,
    ) -> None:
        self.owner = secrets.randbelow(2**31 - 1) + 1
        self.longest = home.send_timeout()
        self.settle = settle
        self.older = timedelta(seconds=self.longest + MARGIN if older is None else older)
        self.at_once = at_once
        self.look = look
        self._stopping = asyncio.Event()
        self._stirred = asyncio.Event()  # something may be sent: the bell rang, or a call ended
        self._running: dict[int, asyncio.Task[None]] = {}
        self._fallen = False  # what a call led to could not be written down

    def stop(self) -> None:
        self._stopping.set()
        self._stirred.set()

    async def run(self) -> None:
        """Send until told to stop; a lost database is waited for, under a new name."""
        while not self._stopping.is_set():
            try:
                await self._session()
            except (psycopg.OperationalError, Lost, OSError) as trouble:
                log.warning("the database is away", extra={"why": type(trouble).__name__})
                await self._forget()
                await asyncio.sleep(0.5)

    async def _session(self) -> None:
        """As long as the lock's connection lives, what we own is ours."""
        async with (
            await _connect("filo sender lock") as lock,
            await _connect("filo sender bell") as bell,
            await _connect("filo sender hints") as hints,
            await _connect("filo sender nods") as asking,
            Ledger.open(home.database_url()) as ledger,
            Carrier(allow_private=home.allow_private(), send_timeout=self.longest) as carrier,
        ):
            await lock.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_SPACE, self.owner])
            await bell.execute("LISTEN filo_outbox")
            mouth = Mouth(ledger, carrier, self.owner, settle=self.settle)
            await asyncio.gather(
                self._keep(lock),
                self._hear(bell),
                self._send(ledger, mouth),
                self._sweep(ledger, mouth),
                follow(carrier, hints, asking, self._stopping),
                moderate_for_ever(ledger, carrier, self._stopping),
            )

    async def _keep(self, lock: AsyncConnection) -> None:
        """Notice within a second when the lock's session is gone."""
        while not self._stopping.is_set():
            await lock.execute("SELECT 1")
            if self._fallen:
                raise Lost
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 1)

    async def _hear(self, bell: AsyncConnection) -> None:
        """The bell, or a moment without one."""
        while not self._stopping.is_set():
            async for _ in bell.notifies(timeout=self.look, stop_after=1):
                pass
            self._stirred.set()

    async def _send(self, ledger: Ledger, mouth: Mouth) -> None:
        """Whatever is due, whenever there is room for some more of it."""
        while not self._stopping.is_set():
            self._stirred.clear()
            free = self.at_once - len(self._running)
            due = (
                await ledger.take_turns(self.owner, free) if free >= min(ROOM, self.at_once) else []
            )
            for one in due:
                self._start(mouth, one)
            if not due:
                await self._stirred.wait()
        if self._running:
            await asyncio.wait(self._running.values(), timeout=self.longest)

    def _start(self, mouth: Mouth, due: Due) -> None:
        task = asyncio.create_task(mouth.say(due))
        self._running[due.id] = task
        task.add_done_callback(partial(self._ended, due.id))

    def _ended(self, delivery: int, task: asyncio.Task[None]) -> None:
        """An outcome that was not written down leaves a delivery owned: only our end frees it."""
        self._running.pop(delivery, None)
        self._stirred.set()
        if not task.cancelled() and (trouble := task.exception()):
            log.error("an outcome was not written", exc_info=trouble)
            self._fallen = True

    async def _sweep(self, ledger: Ledger, mouth: Mouth) -> None:
        """What dead senders left, what reports came early, who is to be woken."""
        while not self._stopping.is_set():
            for orphan in await ledger.orphans(self.owner, self.older, LOCK_SPACE):
                await mouth.recover(orphan)
            await ledger.catch_up()
            counted, mouth.counted = mouth.counted, Counter()
            await ledger.count(counted)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 1)

    async def _forget(self) -> None:
        """Calls of a lost session may end, but nobody hears them: the fence is the attempt."""
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        self._running.clear()
        self._fallen = False
        self.owner = secrets.randbelow(2**31 - 1) + 1


async def _connect(name: str) -> AsyncConnection:
    return await psycopg.AsyncConnection.connect(
        home.database_url(), autocommit=True, application_name=name
    )


async def serve() -> None:
    sender = Sender()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, sender.stop)
    await sender.run()


def main() -> None:
    uvloop.run(serve())


if __name__ == "__main__":
    main()
