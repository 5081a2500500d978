"""The one reader of the log in this process: reads each event once, for everybody.

The bell (NOTIFY) only makes it look sooner; polling finds what a lost bell did not say.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial

import msgspec
import psycopg

from filo.core import home
from filo.core.clock import now
from filo.core.db import Cursor
from filo.core.events import BELL, HINTS
from filo.core.ids import BadId, number
from filo.core.text import UNREADABLE
from filo.live import cursor as reading
from filo.live.audience import Audience, teams_of
from filo.live.books import Away, Books
from filo.live.crowd import Crowd, Listener, Page
from filo.live.cursor import Log, Position
from filo.live.presence import Beat, Hint, Presence, Typed
from filo.live.told import frame, sheets, whispers
from filo.staff.types import ENDED, Scope

logger = logging.getLogger(__name__)
POLL = 2.0
SOON = 0.03  # something older than what we may show still runs: it ends in a moment
REST = 0.02  # at most: who rests as long as he read finds more in one page
RETRY = 1.0
START_WITHIN = 5.0
SILENCE = 4.0  # the database has said nothing for so long: streams end, and come back when it does


class Tail:
    def __init__(self, books: Books) -> None:
        self.books = books
        self.crowd = Crowd()
        self.presence = Presence()
        self.turn = asyncio.Lock()  # whoever joins, joins between two pages
        self.ready = asyncio.Event()
        self.log = Log("")
        self.position = Position(0, 0)
        self.read_at = 0.0

    async def run(self) -> None:
        """Follow the log for as long as the process lives."""
        looking = asyncio.create_task(self._look_around())
        try:
            await self._follow_on()
        finally:
            looking.cancel()

    async def _look_around(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(1)
            self.crowd.look_around(at=loop.time())

    async def _follow_on(self) -> None:
        while True:
            try:
                await self._follow()
            except (Away, psycopg.OperationalError) as problem:
                logger.warning("The log cannot be read: %s", type(problem).__name__)
            except Exception:  # an outer door: one bad page must not end all streams for good
                logger.exception("The stream stumbled.")
            if _clock() - self.read_at > SILENCE:
                self.crowd.end()  # who would be told nothing must not believe that nothing happens
            await asyncio.sleep(RETRY)

    async def join(self, listener: Listener, after: str) -> tuple[Position, Position]:
        """Add somebody who knows all up to a cursor; they have missed what is between the two.

        All that comes after the second is told to them. No cursor: they have missed nothing.
        """
        async with asyncio.timeout(START_WITHIN):
            await self.ready.wait()
        async with self.turn:
            since = self.log.place(after) if after else self.position
            listener.position = max(since, self.position)
            self.crowd.join(listener)
            return since, self.position

    def presence_for(self, scope: Scope) -> list[bytes]:
        """Who is where, for somebody who has just come."""
        return [
            frame(words, event="hint")
            for beat, words in self.presence.all(at=_clock())
            if beat.audience.lets(scope)
        ]

    async def _follow(self) -> None:
        connected = psycopg.AsyncConnection.connect(
            home.database_url(),
            autocommit=True,
            application_name="filo-live-bell",
            connect_timeout=int(SILENCE),
        )
        async with await connected as bell:
            await bell.execute(f"LISTEN {BELL}")
            await bell.execute(f"LISTEN {HINTS}")
            await bell.execute(f"LISTEN {ENDED}")
            await self._begin()
            pause = 0.0
            while True:
                await self._hear(bell, pause)
                began = _clock()
                pause = SOON if await self._read_on() else POLL
                await asyncio.sleep(min(_clock() - began, REST))
                self._tell_presence()

    async def _begin(self) -> None:
        log, place = await self.books.ask(reading.head)
        if log.epoch != self.log.epoch:
            self.crowd.end()  # another life of the database: all cursors are void
            self.log, self.position = log, place
        self.ready.set()

    async def _hear(self, bell: psycopg.AsyncConnection[object], pause: float) -> None:
        async for rung in bell.notifies(timeout=pause, stop_after=1):
            if rung.channel == ENDED:
                self.crowd.dismiss(int(rung.payload))
            if rung.channel == HINTS:
                await self._take(rung.payload)

    async def _read_on(self) -> bool:
        """Tell all that may be told; true when something is held back."""
        async with self.turn:
            while True:
                page = await self._page()
                self.crowd.tell(page)
                self.position = page.upto
                self.read_at = _clock()
                if not page.more:
                    return page.held

    async def _page(self) -> Page:
        asked = partial(
            read_page,
            log=self.log,
            after=self.position,
            languages=self.crowd.languages,
            spaces=self.crowd.spaces,
        )
        try:
            return await self.books.ask(asked)
        except Away:
            raise
        except Exception:  # an outer door: one event that cannot be told must not end all streams
            logger.exception("A page of the log could not be told: one by one now.")
            return await self.books.ask(partial(read_carefully, asked))

    async def _take(self, payload: str) -> None:
        try:
            hint = msgspec.json.decode(payload, type=Hint)
        except UNREADABLE:
            return  # from a newer version of us
        match hint:
            case Beat():
                self._beat(hint)
            case Typed():
                await self._typed(hint)

    def _beat(self, beat: Beat) -> None:
        self.presence.note(beat, at=_clock())
        if not beat.note:
            told = {"type": "typing", "on": beat.typing, "by": beat.name}
            if beat.typing or not beat.looking:
                self.crowd.hint_visitors(frame(told, event="hint"), beat.customer)

    def _tell_presence(self) -> None:
        for beat, words in self.presence.changed(at=_clock()):
            self.crowd.hint_desks(frame(words, event="hint"), beat.audience.lets)

    async def _typed(self, typed: Typed) -> None:
        try:
            teams = await self.books.ask(partial(teams_of, customer=number("cus", typed.customer)))
        except BadId:
            return
        told = {"type": "typed", "customer": typed.customer, "on": typed.on}
        self.crowd.hint_desks(frame(told, event="hint"), Audience(teams).lets)


def read_page(
    cur: Cursor,
    *,
    log: Log,
    after: Position,
    languages: frozenset[str],
    spaces: frozenset[str],
    limit: int = reading.PAGE,
) -> Page:
    """The next page, rendered for who listens now."""
    entries, held = reading.read_on(cur, after, limit=limit)
    if not entries:
        return Page(after, held=held)
    return Page(
        entries[-1].position,
        tuple(sheets(cur, log, entries, languages)) if languages else (),
        tuple(whispers(cur, log, entries, spaces)) if spaces else (),
        more=len(entries) == limit,
        held=held,
    )


def read_carefully(asked: partial[Page], cur: Cursor) -> Page:
    """One event, or none told: whoever needs it reads it from the page itself."""
    try:
        return asked(cur, limit=1)
    except psycopg.OperationalError:
        raise
    except Exception:
        entries = reading.read(cur, asked.keywords["after"], limit=1)
        logger.exception("An event could not be told.", extra={"events": len(entries)})
        return Page(entries[-1].position, more=True) if entries else Page(asked.keywords["after"])


def _clock() -> float:
    return now().timestamp()
