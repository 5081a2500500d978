"""The customer's side of the stream: one visitor's own words in one channel, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from filo.channels.queries import one
from filo.channels.types import ChannelConfig, NoSuchChannel
from filo.core import passes
from filo.core.clock import now
from filo.core.db import Cursor
from filo.core.ids import BadId, number
from filo.live import queries
from filo.live.crowd import Visitor
from filo.live.cursor import Log, Position
from filo.live.door import Asked, Receive, Send, answer
from filo.live.lines import whose
from filo.live.pouring import Ends, cursor_of, pour
from filo.live.tail import Tail


async def stream(asked: Asked, channel: str, receive: Receive, send: Send, tail: Tail) -> None:
    """`GET /live/w/{channel}`: the pass in its cookie, or as a bearer where cookies fail."""
    try:
        config = await tail.books.ask(lambda cur: one(cur, number("chn", channel)))
    except (BadId, NoSuchChannel):
        return await answer(send, 404)
    origin = asked.headers.get("origin", "")
    if not asked.comes_from_us and origin not in config.settings.get("origins", "").split():
        return await answer(send, 403)
    try:
        found = pass_of(asked, config)
    except passes.Spoiled:
        return await answer(send, 401)
    return await _listen(asked, found, receive, send, tail)


def pass_of(asked: Asked, config: ChannelConfig) -> passes.Pass:
    key = config.settings.get("visitor_secret", "")
    bearer = asked.headers.get("authorization", "").removeprefix("Bearer ")
    word = bearer or passes.find(asked.headers.get("cookie", ""), channel=config.public, key=key)
    return passes.read(word, key=key, channel=config.public, at=now())


async def _listen(
    asked: Asked, found: passes.Pass, receive: Receive, send: Send, tail: Tail
) -> None:
    names = found.names
    customer = await tail.books.ask(lambda cur: whose(cur, names))
    visitor = Visitor(Position(0, 0), names, customer)
    spaces = sorted(visitor.spaces)

    def missed(cur: Cursor, log: Log, since: Position, upto: Position) -> Sequence[bytes]:
        visitor.customer = visitor.customer or whose(cur, names)
        if visitor.customer is None:
            return []
        return queries.missed_by(cur, log, visitor.customer, spaces, since=since, upto=upto)

    async def still() -> bool:
        return found.until > now().timestamp()

    await pour(tail, visitor, cursor_of(asked), Ends(missed, still, receive, send, _cors(asked)))


def _cors(asked: Asked) -> list[tuple[bytes, bytes]]:
    """The origin was checked: it is ours, or one of the channel's own."""
    if asked.comes_from_us:
        return []
    origin = asked.headers["origin"].encode("latin-1")
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"origin"),
    ]
