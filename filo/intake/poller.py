"""The poller: fetches from channels that do not call us (mailboxes, feeds) into the journal.

Started without Django: `python -m filo.intake.poller`. One process of an installation polls, the
one with the lock; in it one thread a channel, for mailboxes are waited on (IMAP IDLE) for minutes.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from types import FrameType

import psycopg

from filo.channels.contract import Feeds, Polls
from filo.channels.queries import load
from filo.core.db import Connection, connect
from filo.intake.directory import Door, doors
from filo.intake.watch import Watch

log = logging.getLogger("filo.poller")
LOCK_SPACE = 0xF112
LOOK = 5.0  # seconds without a bell after which we look all the same
AGAIN = 5.0  # seconds until a watch that fell is set up again


class Poller:
    """Keeps one watch on every active channel that polls."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.watches: dict[int, Watch] = {}
        self._fell: dict[int, float] = {}

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        self.stopping.set()

    def run(self) -> None:
        """Work until told to stop; a lost database is waited for."""
        while not self.stopping.is_set():
            try:
                with connect(name="filo poller") as connection:
                    self._lead(connection)
            except psycopg.OperationalError as trouble:
                log.warning("the database is away", extra={"why": type(trouble).__name__})
                self.stopping.wait(0.5)
        self._leave()

    def _lead(self, connection: Connection) -> None:
        """Two pollers would fetch everything twice: the lock says which of them works."""
        connection.execute("LISTEN filo_channels")
        try:
            while not self.stopping.is_set():
                if self._has_lock(connection):
                    self.look(connection)
                for _ in connection.notifies(timeout=LOOK, stop_after=1):
                    pass
        finally:
            self._leave()

    def _has_lock(self, connection: Connection) -> bool:
        sql = (
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = %(s)s "
            "AND pid = pg_backend_pid()) OR pg_try_advisory_lock(%(s)s, 0)"
        )
        found = connection.execute(sql, {"s": LOCK_SPACE}).fetchone()
        return bool(found and found[0])

    def look(self, connection: Connection) -> None:
        """Set up what is missing, let go what changed."""
        wanted = {
            door.id: door
            for door in doors(load(connection.cursor())).values()
            # Without settings: they cannot be opened here, and the channel says so itself.
            if door.active
            and door.config
            and door.card.polls
            and isinstance(door.connector, (Polls, Feeds))
        }
        for id_, watch in list(self.watches.items()):
            if id_ not in wanted or not watch.is_for(wanted[id_]) or not watch.is_alive():
                self._fell[id_] = time.monotonic() if not watch.is_alive() else 0.0
                watch.leave()
                del self.watches[id_]
        for id_, door in wanted.items():
            if id_ not in self.watches and time.monotonic() - self._fell.get(id_, -AGAIN) >= AGAIN:
                self._set_up(door)

    def _set_up(self, door: Door) -> None:
        log.info("watching a channel", extra={"channel": door.public})
        self.watches[door.id] = watch_of(door)
        self.watches[door.id].start()

    def _leave(self) -> None:
        for watch in self.watches.values():
            watch.leave()
        self.watches.clear()


def watch_of(door: Door) -> Watch:
    """What keeps this channel read: a line of its own, or questions over HTTP."""
    if isinstance(door.connector, Polls):
        return Watch(door)
    # Who has mailboxes alone needs no HTTP client in memory.
    from filo.intake.feeding import Feeding

    return Feeding(door)


def main() -> None:
    poller = Poller()
    signal.signal(signal.SIGTERM, poller.stop)
    signal.signal(signal.SIGINT, poller.stop)
    poller.run()


if __name__ == "__main__":
    main()
