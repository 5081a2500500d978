"""The raw door of all webhooks: is it really them, keep it, and only then say thanks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl

from filo.channels.contract import Forged, Greets, NoProof, Request, TooBig
from filo.core import clock
from filo.intake.directory import Directory, Door
from filo.intake.group import Full, Keeper, Unfit
from filo.intake.journal import LARGE, open_headers, shelved
from filo.intake.lanes import lane_of
from filo.intake.pace import Pace
from filo.intake.types import Entry

log = logging.getLogger("filo.intake")
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
RETRY_AFTER = "2"
CHALLENGE = (("www-authenticate", 'Basic realm="Filo"'),)
VISITED = "chat"  # the family whose callers are visitors themselves, not a provider


class Answer(Exception):
    """An answer that ends the call at once."""

    def __init__(self, status: int, text: str = "", headers: tuple[tuple[str, str], ...] = ()):
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = headers


class Receiver:
    """One a process: knows the channels, keeps calls in groups."""

    def __init__(self) -> None:
        self.directory = Directory()
        self.keeper = Keeper()
        self.pace = Pace()

    async def startup(self) -> None:
        await self.keeper.start()
        await self.directory.start()

    async def shutdown(self) -> None:
        await self.directory.stop()
        await self.keeper.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body, mime = await self.answer(scope, receive)
            await reply(send, 200, body, mime)
        except Answer as answer:
            await reply(send, answer.status, answer.text.encode(), "text/plain", answer.headers)

    async def answer(self, scope: Scope, receive: Receive) -> tuple[bytes, str]:
        door = await self._door(scope)
        if scope["method"] in {"GET", "HEAD"}:
            return self._greet(door, _request(scope, door, b"")), "text/plain"
        if scope["method"] != "POST":
            raise Answer(405, "Send a POST.", (("allow", "GET, POST"),))
        body = await _body(scope, receive, door.card.body_limit)
        return await self._take(door, _request(scope, door, body))

    async def _door(self, scope: Scope) -> Door:
        # What stands behind the channel is a path of the provider's own (Apple adds `/message`).
        name = scope["path"].removeprefix("/hooks/").strip("/").partition("/")[0]
        door = await self.directory.find(name)
        if door is None:
            if not self.directory.ready:
                raise _later()
            raise Answer(404, "There is no such channel.")
        return door

    def _greet(self, door: Door, request: Request) -> bytes:
        if not isinstance(door.connector, Greets):
            raise Answer(405, "Send a POST.", (("allow", "POST"),))
        try:
            return door.connector.greet(request, door.config)
        except Forged as forged:
            self.keeper.forged(door.id)
            raise Answer(403, "The verify token does not match.") from forged

    async def _take(self, door: Door, request: Request) -> tuple[bytes, str]:
        opened = self._unseal(door, request)
        sender = door.connector.lane(opened)
        if door.card.family == VISITED and not self.pace.may(sender, at=monotonic()):
            raise Answer(429, "Too many messages at once. Wait a moment.", (("retry-after", "5"),))
        entry = Entry(
            channel=door.id,
            lane=lane_of(door.kind, door.id, sender),
            at=request.at,
            headers=open_headers(opened.headers),
            query=opened.query,
            body=request.body,
            opened=opened.body if opened.body is not request.body else None,
        )
        if len(entry.body) > LARGE:
            entry = await asyncio.to_thread(shelved, entry)
        try:
            await self.keeper.keep(entry)
        except (Full, OSError) as trouble:
            raise _later() from trouble
        except Unfit as unfit:
            raise Answer(400, "There is something in this call that cannot be kept.") from unfit
        if door.thank:
            return door.thank(opened), door.card.thanks_type
        return door.card.thanks, door.card.thanks_type

    def _unseal(self, door: Door, request: Request) -> Request:
        try:
            return door.connector.unseal(request, door.config)
        except NoProof as bare:
            raise Answer(401, "Show who you are.", CHALLENGE) from bare
        except Forged as forged:
            self.keeper.forged(door.id)
            log.warning("forged call refused", extra={"channel": door.public})
            raise Answer(401, "The signature does not match.") from forged
        except TooBig as big:
            raise Answer(413, "That is more than one call may carry.") from big


def _request(scope: Scope, door: Door, body: bytes) -> Request:
    headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
    query = scope.get("query_string", b"").decode("latin-1")
    host = headers.get("host", "localhost")
    path = scope["path"] + (f"?{query}" if query else "")
    return Request(
        body=body,
        at=clock.now(),
        headers=headers,
        query=dict(parse_qsl(query, keep_blank_values=True)) if query else {},
        method=scope["method"],
        url=f"{scope.get('scheme', 'http')}://{host}{path}",
        channel=door.public,
        settings=door.settings,
    )


async def _body(scope: Scope, receive: Receive, limit: int) -> bytes:
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Answer(400, "The call was cut short.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise Answer(413, "That is more than one call may carry.", (("connection", "close"),))
        chunks.append(chunk)
        if not message.get("more_body"):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _later() -> Answer:
    return Answer(503, "We cannot keep it just now. Try again.", (("retry-after", RETRY_AFTER),))


async def reply(
    send: Send, status: int, body: bytes, mime: str, headers: tuple[tuple[str, str], ...] = ()
) -> None:
    letters = "; charset=utf-8" if mime.startswith("text/") else ""
    lines = [
        (b"content-type", f"{mime}{letters}".encode()),
        (b"content-length", b"%d" % len(body)),
        (b"x-content-type-options", b"nosniff"),
    ]
    if headers:
        lines += [(name.encode(), text.encode()) for name, text in headers]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})


receiver = Receiver()
app = receiver
startup = receiver.startup
shutdown = receiver.shutdown
