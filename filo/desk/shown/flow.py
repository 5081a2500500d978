"""A page of the thread in the order in which it is read: day marks, bubbles, what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

import msgspec

from filo.conversations.types import MessageView, PostView
from filo.desk.shown import times
from filo.desk.shown.bubbles import Bubble, bubble
from filo.desk.shown.lines import Line
from filo.desk.shown.openly import branches

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


class Leaf(msgspec.Struct, frozen=True):
    bubble: Bubble
    depth: int
    elsewhere: bool  # said by somebody else: it is in another thread


class Tree(msgspec.Struct, frozen=True):
    """A public conversation, where this customer first joined it."""

    post: PostView
    reach: str
    leaves: tuple[Leaf, ...]
    noun: str = "tree"


Item = Day | Said | Happened | New | Tree


def flow(
    messages: Sequence[MessageView],
    lines: Iterable[Line],
    *,
    unread: int,
    at: datetime,
    openly: Sequence[MessageView] = (),
) -> Iterator[Item]:
    """`openly` is all that was said below the posts that these messages stand below."""
    first_unread = _first_unread(messages, unread)
    trees = _trees(messages, openly)
    shown = {leaf.bubble.id for tree in trees.values() for leaf in tree.leaves}
    messages = [one for one in messages if one.id in trees or one.id not in shown]
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
        if thing.id in trees:
            last = None
            yield trees[thing.id]
            continue
        yield Happened(thing) if isinstance(thing, Line) else Said(thing, again(thing, last))
        last = thing


def _trees(messages: Sequence[MessageView], openly: Sequence[MessageView]) -> dict[str, Tree]:
    """By the first message of this customer below each post."""
    first: dict[str, MessageView] = {}
    for one in messages:
        if one.public and one.public.post:
            first.setdefault(one.public.post.id, one)
    found = {}
    for post, message in first.items():
        said = [
            one for one in openly if one.public and one.public.post and one.public.post.id == post
        ]
        if any(one.id == message.id for one in said):
            found[message.id] = _tree(message, said)
    return found


def _tree(message: MessageView, said: Sequence[MessageView]) -> Tree:
    leaves = [
        Leaf(bubble(one.message), one.depth, one.message.customer != message.customer)
        for one in branches(said)
    ]
    first = next(leaf.bubble.openly for leaf in leaves if leaf.bubble.id == message.id)
    assert first is not None
    assert first.post is not None
    return Tree(first.post, first.post_reach, tuple(leaves))


def again(this: Bubble, last: Bubble | Line | None) -> bool:
    return isinstance(last, Bubble) and last.run == this.run and this.at - last.at < RUN


def _first_unread(messages: Sequence[MessageView], unread: int) -> str:
    heard = [message.id for message in messages if message.direction == "in"]
    return heard[-unread] if 0 < unread <= len(heard) else ""
