"""Channels that are asked over HTTP: reviews every few minutes, others after an outage alone.

A channel with `card.feeds_every` is read that often. Without it, calls reach us by themselves and
the feed fills gaps: every minute we write down that we were here, and after a longer silence (we
were down, or the channel was) what happened meanwhile is asked for. What came twice is known by
its key.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from filo.channels.carrier import Carrier
from filo.channels.contract import Failed, Fed, Feeds, Later, Reason, Request, Said, Scope
from filo.channels.operations import move
from filo.channels.queries import one, place
from filo.channels.types import Place
from filo.core import clock, home
from filo.core.db import connect
from filo.intake.directory import Door
from filo.intake.reading import read
from filo.intake.types import Kept
from filo.intake.watch import Watch

log = logging.getLogger("filo.poller")
BEAT = timedelta(minutes=1)
SILENCE = timedelta(minutes=5)  # a silence longer than this may have swallowed something
REFRESH = timedelta(hours=1)  # how old the place may be from which a gap would be filled
MOST_PAGES = 500  # of one feed at one go: a provider that always says "more" must not hold us


class Feeding(Watch):
    """One channel that is asked. The same keeping, pauses and reports as for a mailbox."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        assert isinstance(door.connector, Feeds)
        self._feeds: Feeds = door.connector
        self._every = door.card.feeds_every
        self._fresh_at: datetime | None = None
        self._pages = 0

    def fetch(self) -> str:
        """Read on, if it is time; for a channel that calls us, only after a silence."""
        self._pages = 0
        if self._every is not None:
            return super().fetch()
        with connect(name="filo watch") as connection:
            stood = place(connection.cursor(), self.door.id)
            needs_you = one(connection.cursor(), self.door.id).needs_you
        if needs_you:  # nothing reaches us now: the gap grows until somebody mends it
            return stood.cursor
        if _silent(stood, at=clock.now()):
            log.info("asking for what we missed", extra={"channel": self.door.public})
            return super().fetch()
        return self._beat(stood)

    def slice(self, cursor: str) -> tuple[Sequence[Request], str, bool]:
        fed = self._ask(cursor)
        self._pages += 1
        if fed.more and self._pages >= MOST_PAGES:
            raise Later(timedelta(minutes=5), "there is more and more of it", scope=Scope.CHANNEL)
        return fed.requests, fed.cursor, fed.more

    def weigh(self, found: Sequence[Request]) -> int:
        """A page may hold many messages: what the connector reads counts."""
        pages = [Kept(at, self.door.id, request) for at, request in enumerate(found)]
        reads = read(pages, {self.door.id: self.door}).reads
        return sum(isinstance(one.fact, Said) for one in reads)

    def _ask(self, cursor: str) -> Fed:
        return asyncio.run(self._asked(cursor))

    async def _asked(self, cursor: str) -> Fed:
        door = self.door
        async with Carrier(allow_private=home.allow_private()) as carrier:
            return await carrier.ask(
                self._feeds.feed(door.config, cursor, at=clock.now()),
                config=door.config,
                channel=door.public,
                connector=door.connector,
            )

    def _beat(self, stood: Place) -> str:
        """We are here; now and then the place is renewed, that no gap begins too far back."""
        at, cursor = clock.now(), stood.cursor
        if stood.polled_at is None or self._fresh_at is None or at - self._fresh_at >= REFRESH:
            cursor = self._renewed(cursor)
            self._fresh_at = at
        with connect(name="filo watch") as connection, connection.transaction():
            move(connection.cursor(), self.door.id, cursor, ended_at=at)
        return cursor

    def _renewed(self, cursor: str) -> str:
        """Where a feed would begin now. What it holds came to us by itself already."""
        try:
            fed = self._ask("")
        except Failed as failed:
            if failed.reason is not Reason.REFUSED:
                raise
            log.info("no feed for this channel", extra={"channel": self.door.public})
            return cursor
        return cursor if fed.more else fed.cursor

    def _wait(self, cursor: str) -> None:
        self._left.wait((self._every or BEAT).total_seconds())

    def _refused(self, failed: Failed) -> None:
        """A feed that only fills gaps is no reason to call a channel dead; the gap is told."""
        if self._every is not None:
            super()._refused(failed)
            return
        at = clock.now()
        with connect(name="filo watch") as connection, connection.transaction():
            cur = connection.cursor()
            stood = place(cur, self.door.id)
            if stood.polled_at is not None and _silent(stood, at=at):
                self._report(cur, since=stood.polled_at, at=at, count=0, why=failed.detail)
            move(cur, self.door.id, stood.cursor, ended_at=at)


def _silent(stood: Place, *, at: datetime) -> bool:
    return stood.polled_at is not None and at - stood.polled_at >= SILENCE
