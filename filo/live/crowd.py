"""The browsers that listen, and the queue of each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import msgspec

from filo.live.cursor import Position
from filo.live.told import Sheet, Whisper
from filo.staff.types import Scope

LONGEST_QUEUE = 256
BEAT = 15.0  # seconds of silence after which we say that we are there
SLOWEST = 20.0  # seconds that a browser may take to accept what we send
# A browser's tabs share one stream: only a program gone wrong comes near.
MOST_OF_A_PERSON = 400
MOST_OF_A_VISITOR = 20


class Listener:
    """One open stream: what waits for it, and how far it has been told."""

    def __init__(self, position: Position) -> None:
        self.position = position
        self.waiting: asyncio.Queue[bytes | None] = asyncio.Queue(LONGEST_QUEUE)
        self.overrun = False
        self.left = False
        self.told_at = 0.0  # by the loop's clock; before the first word: nothing is owed
        self.sending_since = 0.0  # while a word is on its way
        self.pouring: asyncio.Task[object] | None = None
        self.too_slow = False

    def offer(self, frame: bytes) -> None:
        """Too slow: better closed, to resume from its cursor, than buffered without end."""
        try:
            self.waiting.put_nowait(frame)
        except asyncio.QueueFull:
            self.overrun = True

    def look_at(self, *, at: float) -> None:
        """Quiet for long: say that we are there. A word that is not taken: give up."""
        if self.sending_since:
            if at - self.sending_since > SLOWEST and self.pouring:
                self.too_slow = True
                self.pouring.cancel()
        elif self.told_at and at - self.told_at > BEAT and self.waiting.empty():
            self.offer(b"")

    def end(self) -> None:
        """Nothing more comes. A full queue ends by its own overrun."""
        try:
            self.waiting.put_nowait(None)
        except asyncio.QueueFull:
            self.overrun = True


class Desk(Listener):
    """A browser of somebody who works here."""

    def __init__(self, position: Position, scope: Scope) -> None:
        super().__init__(position)
        self.scope = scope
        self.language = scope.language

    def tell(self, sheets: Iterable[Sheet]) -> None:
        for sheet in sheets:
            if sheet.position > self.position:
                self.position = sheet.position
                if sheet.audience.lets(self.scope):
                    self.offer(sheet.frames[self.language])


class Visitor(Listener):
    """A customer's browser: it hears its own person's words in its own channels, nothing else.

    The customer is nobody yet when they have not written.
    """

    def __init__(
        self, position: Position, names: tuple[tuple[str, str], ...], customer: int | None
    ) -> None:
        super().__init__(position)
        self.names = names
        self.spaces = frozenset(space for space, _ in names)
        self.customer = customer

    def tell(self, whispers: Iterable[Whisper]) -> None:
        for whisper in whispers:
            if whisper.position > self.position and self.hears(whisper):
                self.offer(whisper.frame)

    def hears(self, whisper: Whisper) -> bool:
        if whisper.space and whisper.space not in self.spaces:
            return False
        if self.customer is None and (whisper.space, whisper.value) in self.names:
            self.customer = whisper.customer
        return whisper.customer == self.customer


class Crowd:
    """Everybody who listens in this process."""

    def __init__(self) -> None:
        self.desks: set[Desk] = set()
        self.visitors: set[Visitor] = set()

    @property
    def languages(self) -> frozenset[str]:
        return frozenset(desk.language for desk in self.desks)

    @property
    def spaces(self) -> frozenset[str]:
        return frozenset().union(*(visitor.spaces for visitor in self.visitors))

    def has_room(self, listener: Listener) -> bool:
        """May one more stream of the same person, or the same visitor, be opened here?"""
        match listener:
            case Desk(scope=scope):
                mine = sum(desk.scope.staff == scope.staff for desk in self.desks)
                return mine < MOST_OF_A_PERSON
            case Visitor(names=names):
                mine = sum(one.names == names for one in self.visitors)
                return mine < MOST_OF_A_VISITOR
        return True

    def join(self, listener: Listener) -> None:
        match listener:
            case Desk():
                self.desks.add(listener)
            case Visitor():
                self.visitors.add(listener)

    def leave(self, listener: Listener) -> None:
        self.desks.discard(listener)
        self.visitors.discard(listener)

    def tell(self, page: Page) -> None:
        for desk in self.desks:
            desk.tell(page.sheets)
        for visitor in self.visitors:
            visitor.tell(page.whispers)
            visitor.position = max(visitor.position, page.upto)

    def hint_desks(self, frame: bytes, lets: Callable[[Scope], bool]) -> None:
        for desk in self.desks:
            if lets(desk.scope):
                desk.offer(frame)

    def hint_visitors(self, frame: bytes, customer: int) -> None:
        for visitor in self.visitors:
            if visitor.customer == customer:
                visitor.offer(frame)

    def look_around(self, *, at: float) -> None:
        """One look at all of them each second costs less than two timers for each word told."""
        for listener in (*self.desks, *self.visitors):
            listener.look_at(at=at)

    def dismiss(self, staff: int) -> None:
        """Their sessions have ended: they must ask again, and are told that it is over."""
        for desk in self.desks:
            if desk.scope.staff == staff:
                desk.end()

    def end(self) -> None:
        for listener in (*self.desks, *self.visitors):
            listener.end()


class Page(msgspec.Struct, frozen=True):
    """Some events, ready for everybody. `more`: others follow at once; `held`: others soon."""

    upto: Position
    sheets: tuple[Sheet, ...] = ()
    whispers: tuple[Whisper, ...] = ()
    more: bool = False
    held: bool = False
