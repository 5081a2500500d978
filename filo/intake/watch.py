"""A watch on one polled channel: fetch, keep with the cursor in one transaction, wait, again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import psycopg

from filo.channels.contract import Failed, HangsUp, Later, Polls, Request, Waits
from filo.channels.operations import mark, move
from filo.channels.queries import one, place
from filo.channels.types import Place
from filo.core import clock
from filo.core.db import Cursor, connect
from filo.core.events import Happening, emit, ring
from filo.intake.directory import Door
from filo.intake.journal import keep, open_headers
from filo.intake.lanes import lane_of
from filo.intake.types import Entry

log = logging.getLogger("filo.poller")
ROUND = 300.0  # seconds: servers lose notifications, so we look all the same
GAP = timedelta(hours=1)  # a silence longer than this is reported
PATIENCE = timedelta(minutes=10)  # how long a mailbox may be away before somebody is told
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 300.0
REFUSED_PAUSE = 600.0
CANNOT = "It cannot be read: "


class Watch(threading.Thread):
    """One channel's thread. `leave` ends it at its next step; what it holds is never half kept."""

    def __init__(self, door: Door) -> None:
        super().__init__(name=f"watch {door.public}", daemon=True)
        self.door = door
        self._polls = door.connector
        self._left = threading.Event()
        self._pause = 0.0
        self._away_since: datetime | None = None
        self._may_be_told = True  # by us, in this life or the one before

    def is_for(self, door: Door) -> bool:
        return self.door.config == door.config and self.door.kind == door.kind

    def leave(self) -> None:
        self._left.set()
        if isinstance(self._polls, HangsUp) and self.ident:
            self._polls.hang_up(self.ident)

    def run(self) -> None:
        try:
            self._work()
        finally:
            if isinstance(self._polls, HangsUp):
                self._polls.hang_up(threading.get_ident())

    def _work(self) -> None:
        while not self._left.is_set():
            try:
                cursor = self.fetch()
                self._recovered()
                self._wait(cursor)
            except Later as later:
                self._away(later)
            except Failed as failed:
                self._refused(failed)
                self._left.wait(REFUSED_PAUSE)
            except psycopg.OperationalError as trouble:
                log.warning("the database is away", extra={"why": type(trouble).__name__})
                self._left.wait(1)

    def fetch(self) -> str:
        """Everything new, slice by slice; each is kept together with the place behind it."""
        with connect(name="filo watch") as connection:
            stood = place(connection.cursor(), self.door.id)
            cursor, count = stood.cursor, 0
            while not self._left.is_set():
                found, cursor, more = self.slice(cursor)
                count += self.weigh(found)
                with connection.transaction():
                    cur = connection.cursor()
                    keep(cur, [self._entry(request) for request in found])
                    if not more:
                        self._end(cur, stood, cursor, count)
                        break
                    move(cur, self.door.id, cursor)
        return cursor

    def slice(self, cursor: str) -> tuple[Sequence[Request], str, bool]:
        """What is new since `cursor`, the place behind it, and whether there may be more."""
        assert isinstance(self._polls, Polls)
        found, cursor = self._polls.poll(self.door.config, cursor)
        return found, cursor, bool(found)

    def weigh(self, found: Sequence[Request]) -> int:
        """How many messages these calls are, for the report of a gap."""
        return len(found)

    def _entry(self, request: Request) -> Entry:
        door = self.door
        return Entry(
            channel=door.id,
            lane=lane_of(door.kind, door.id, door.connector.lane(request)),
            at=request.at,
            headers=open_headers(request.headers),
            query=request.query,
            body=request.body,
        )

    def _end(self, cur: Cursor, stood: Place, cursor: str, count: int) -> None:
        """The mailbox was read to its end; a long silence before that is reported, once."""
        at = clock.now()
        move(cur, self.door.id, cursor, ended_at=at)
        if stood.polled_at is not None and at - stood.polled_at >= GAP:
            self._report(cur, since=stood.polled_at, at=at, count=count)

    def _report(
        self, cur: Cursor, *, since: datetime, at: datetime, count: int, why: str = ""
    ) -> None:
        body = {
            "channel": self.door.public,
            "from": since.isoformat(),
            "to": at.isoformat(),
            "messages": count,
        }
        emit(cur, [Happening("channel_gap", body=body | ({"why": why} if why else {}))])
        ring(cur)
        log.warning("a channel was not read for long", extra={"channel": self.door.public})

    def _wait(self, cursor: str) -> None:
        """Until there may be something new, or the round is over."""
        if self._left.is_set():
            return  # whoever let us go has already woken our line
        if isinstance(self._polls, Waits):
            self._polls.wait(self.door.config, cursor, ROUND)
        else:
            self._left.wait(ROUND)

    def _away(self, later: Later) -> None:
        at = clock.now()
        self._away_since = self._away_since or at
        if at - self._away_since >= PATIENCE:
            self._tell(later.detail)
        self._pause = min(max(self._pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
        self._left.wait(max(self._pause, min(later.after.total_seconds(), LONGEST_PAUSE)))

    def _refused(self, failed: Failed) -> None:
        self._tell(failed.detail)

    def _recovered(self) -> None:
        """Take back what we said of the channel; what others say of it stays."""
        self._pause, self._away_since = 0.0, None
        if not self._may_be_told:
            return
        with connect(name="filo watch") as connection:
            channel = one(connection.cursor(), self.door.id)
            if channel.needs_you and channel.reason.startswith(CANNOT):
                mark(connection.cursor(), self.door.id, state="ok")
        self._may_be_told = False

    def _tell(self, why: str) -> None:
        self._may_be_told = True
        log.warning("a channel cannot be read", extra={"channel": self.door.public})
        # A database that is away now is told at the next try.
        with suppress(psycopg.OperationalError), connect(name="filo watch") as connection:
            mark(connection.cursor(), self.door.id, state="needs_you", reason=CANNOT + why)
