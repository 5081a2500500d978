"""A page of the thread in the order in which it is read: day marks, bubbles, what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

import msgspec

from filo.conversations.types import MessageView
from filo.desk.shown import times
from filo.desk.shown.bubbles import Bubble, bubble
from filo.desk.shown.lines import Line

RUN = timedelta(minutes=5)


class Day(msgspec.Struct, frozen=True):
    name: str
    date: date
    noun: str = "day"


class Said(msgspec.Struct, frozen=True):
    bubble: Bubble
    again: bool  # goes on from the one above: no knot
    noun: str = "message"


class Happened(msgspec.Struct, frozen=True):
    line: Line
    noun: str = "line"


class New(msgspec.Struct, frozen=True):
    """Above the first message that nobody has read."""

    count: int
    noun: str = "new"


Item = Day | Said | Happened | New


def flow(
    messages: Sequence[MessageView], lines: Iterable[Line], *, unread: int, at: datetime
) -> Iterator[Item]:
    first_unread = _first_unread(messages, unread)
    things: list[Bubble | Line] = [bubble(one) for one in messages]
    things = sorted([*things, *lines], key=lambda thing: thing.at)
    today: date | None = None
    last: Bubble | Line | None = None
    for thing in things:
        if times.day(thing.at) != today:
            today, last = times.day(thing.at), None
            yield Day(times.day_name(today, at=at), today)
        if thing.id == first_unread:
            last = None
            yield New(unread)
        yield Happened(thing) if isinstance(thing, Line) else Said(thing, again(thing, last))
        last = thing


def again(this: Bubble, last: Bubble | Line | None) -> bool:
    return isinstance(last, Bubble) and last.run == this.run and this.at - last.at < RUN


def _first_unread(messages: Sequence[MessageView], unread: int) -> str:
    heard = [message.id for message in messages if message.direction == "in"]
    return heard[-unread] if 0 < unread <= len(heard) else ""
