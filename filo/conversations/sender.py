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
from datetime import timedelta

import psycopg

from filo.channels.carrier import Carrier
from filo.conversations.ledger import Ledger, Lost
from filo.conversations.mouth import Mouth
from filo.conversations.nodding import follow
from filo.conversations.sending import Due
from filo.core import home
from filo.core.db import AsyncConnection

log = logging.getLogger("filo.sender")
LOCK_SPACE = 0xF11E
AT_ONCE = 64
LOOK = 0.5  # seconds without a bell after which we look all the same
MARGIN = 5.0  # seconds added to the longest call before a delivery may be taken over


class Sender:
    """One process. `stop` lets running calls end; a kill loses nothing either."""

    def __init__(self, *, older: float | None = None) -> None:
        self.owner = secrets.randbelow(2**31 - 1) + 1
        self.longest = home.send_timeout()
        self.older = timedelta(seconds=self.longest + MARGIN if older is None else older)
        self._stopping = asyncio.Event()
        self._running: dict[int, asyncio.Task[None]] = {}

    def stop(self) -> None:
        self._stopping.set()

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
            mouth = Mouth(ledger, carrier, self.owner)
            await asyncio.gather(
                self._keep(lock),
                self._send(ledger, mouth, bell),
                self._sweep(ledger, mouth),
                follow(carrier, hints, asking, self._stopping),
            )

    async def _keep(self, lock: AsyncConnection) -> None:
        """Notice within a second when the lock's session is gone."""
        while not self._stopping.is_set():
            await lock.execute("SELECT 1")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 1)

    async def _send(self, ledger: Ledger, mouth: Mouth, bell: AsyncConnection) -> None:
        while not self._stopping.is_set():
            free = AT_ONCE - len(self._running)
            due = await ledger.take_turns(self.owner, free) if free else []
            for one in due:
                self._start(mouth, one)
            if not due:
                await self._wait(bell)
        if self._running:
            await asyncio.wait(self._running.values(), timeout=self.longest)

    def _start(self, mouth: Mouth, due: Due) -> None:
        task = asyncio.create_task(mouth.say(due))
        self._running[due.id] = task
        task.add_done_callback(lambda _: self._running.pop(due.id, None))

    async def _wait(self, bell: AsyncConnection) -> None:
        """Until the bell rings, a call ends, or a moment has passed."""
        rung = asyncio.create_task(_first(bell))
        stop = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait(
                {rung, stop, *self._running.values()},
                timeout=LOOK,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            stop.cancel()
            await asyncio.gather(rung, return_exceptions=False)

    async def _sweep(self, ledger: Ledger, mouth: Mouth) -> None:
        """What dead senders left, what reports came early, who is to be woken."""
        while not self._stopping.is_set():
            for orphan in await ledger.orphans(self.owner, self.older, LOCK_SPACE):
                await mouth.recover(orphan)
            await ledger.catch_up()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 1)

    async def _forget(self) -> None:
        """Calls of a lost session may end, but nobody hears them: the fence is the attempt."""
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        self._running.clear()
        self.owner = secrets.randbelow(2**31 - 1) + 1


async def _first(bell: AsyncConnection) -> None:
    async for _ in bell.notifies(timeout=LOOK, stop_after=1):
        return


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
    asyncio.run(serve())


if __name__ == "__main__":
    main()
