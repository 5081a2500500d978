"""The files door: shows what a signed link names, takes what a ticket allows; knows no session.

It answers on the files origin alone, so that nothing a customer sent can ever run beside a login.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import IO, Any
from urllib.parse import quote, urlsplit

import msgspec
import psycopg
from psycopg_pool import ConnectionPool

from filo.conversations import operations, queries
from filo.conversations.types import AttachmentView
from filo.core import clock, home, media, vault
from filo.core.filetypes import BINARY, PICTURES

log = logging.getLogger("filo.files")
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = dict[str, str]

CHUNK = 256 * 1024
BODY_SECONDS = 120.0
MOST_UPLOADS = 8
PATIENCE = 5.0  # seconds for a connection to the database
# Pictures we drew ourselves, and what a player plays. All else is only ever a download.
PLAYED = frozenset(
    ("audio/mpeg", "audio/mp4", "audio/aac", "audio/amr", "audio/ogg", "audio/wav", "audio/webm")
) | {"audio/flac", "video/mp4", "video/webm", "video/3gpp", "video/quicktime"}
NAMED = PICTURES | PLAYED | {"application/pdf", "text/plain", "text/csv", "application/zip"}
ALWAYS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; img-src 'self'; media-src 'self'; "
    "style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}
# The link or ticket is the authority, not the page that uses it: any shop may carry the widget.
OPEN = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD, POST",
    "access-control-allow-headers": "content-type, range",
    "access-control-max-age": "600",
}
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Refusal(Exception):
    """An answer that ends the call."""

    def __init__(self, status: int, code: str, text: str, headers: Headers | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.headers = headers or {}


NOT_FOUND = "There is no such file, or its link is too old. Load the page again."


class Files:
    """One per process."""

    def __init__(self) -> None:
        self._pool = ConnectionPool(
            home.database_url(), min_size=0, max_size=4, timeout=PATIENCE, open=False
        )
        self._uploads = asyncio.Semaphore(MOST_UPLOADS)

    async def startup(self) -> None:
        self._pool.open()

    async def shutdown(self) -> None:
        await asyncio.to_thread(self._pool.close)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._answer(scope, receive, send)
        except psycopg.OperationalError:
            await _refuse(send, Refusal(503, "later", "Not now. Try again.", {"retry-after": "2"}))
        except Refusal as refusal:
            await _refuse(send, refusal)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        _must_be_the_files_origin(scope)
        token, _, name = scope["path"].removeprefix("/files/").partition("/")
        match scope["method"]:
            case "GET" | "HEAD":
                await self._show(scope, send, token)
            case "POST":
                await self._take(scope, receive, send, token=token, name=name)
            case "OPTIONS":
                await _say(send, 204, {}, b"")
            case _:
                raise Refusal(405, "method", "Files are shown or uploaded, nothing else.")

    # --- showing -----------------------------------------------------------

    async def _show(self, scope: Scope, send: Send, token: str) -> None:
        found = await asyncio.to_thread(self._shown, token)
        try:
            file = await asyncio.to_thread(media.shelf().open, found.key)
        except media.NotKept:
            log.error("file not in the store", extra={"key": found.key[:12]})
            raise Refusal(404, "not_found", NOT_FOUND) from None
        with file:
            size = media.shelf().size(found.key)
            start, end, status = _range(_header(scope, "range"), size)
            headers = _headers_of(found)
            headers["content-length"] = str(end - start)
            if status == 206:
                headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
            await _start(send, status, headers)
            if scope["method"] == "HEAD":
                start = end
            await _pour(file, send, start=start, end=end)

    def _shown(self, token: str) -> queries.Shown:
        try:
            with self._pool.connection() as connection, connection.cursor() as cur:
                found = queries.shown(cur, token, at=clock.now())
        except vault.Tampered:
            found = None
        if found is None:
            raise Refusal(404, "not_found", NOT_FOUND)
        return found

    # --- taking ------------------------------------------------------------

    async def _take(
        self, scope: Scope, receive: Receive, send: Send, *, token: str, name: str
    ) -> None:
        try:
            ticket = queries.ticket_of(token, at=clock.now())
        except vault.Tampered:
            raise Refusal(
                404, "not_found", "This upload link is over. Load the page again."
            ) from None
        if int(_header(scope, "content-length") or 0) > ticket.limit:
            raise Refusal(413, "too_big", f"The file is larger than {ticket.limit // 10**6} MB.")
        if self._uploads.locked():
            raise Refusal(503, "busy", "Too many uploads at once.", {"retry-after": "2"})
        await asyncio.to_thread(self._must_have_room, ticket.owner)
        async with self._uploads:
            kept = await _kept(scope, receive, name=name, limit=ticket.limit)
        view = await asyncio.to_thread(self._note, kept, ticket.owner)
        url = queries.link(view.id, name=view.name, reader=ticket.owner, at=clock.now())
        body = {**msgspec.to_builtins(view), "url": url}
        await _say(send, 201, {"content-type": "application/json"}, msgspec.json.encode(body))

    def _must_have_room(self, owner: str) -> None:
        try:
            with self._pool.connection() as connection, connection.cursor() as cur:
                queries.must_have_room(cur, owner=owner)
        except media.Refused as refused:
            raise Refusal(429, refused.code, str(refused), {"retry-after": "60"}) from None

    def _note(self, kept: media.Kept, owner: str) -> AttachmentView:
        with self._pool.connection() as connection, connection.cursor() as cur:
            return operations.upload(cur, kept, owner=owner)


async def _kept(scope: Scope, receive: Receive, *, name: str, limit: int) -> media.Kept:
    mime = _header(scope, "content-type")
    try:
        with media.incoming(limit=limit) as file:
            async with asyncio.timeout(BODY_SECONDS):
                async for chunk in _body(receive):
                    await asyncio.to_thread(file.write, chunk)
            return await asyncio.to_thread(file.keep, name=name, mime=mime)
    except TimeoutError:
        raise Refusal(408, "slow", "The upload took too long.") from None
    except media.Refused as refused:
        status = 413 if refused.code == "too_big" else 415
        raise Refusal(status, refused.code, str(refused)) from None


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "cut", "The upload was cut off.")
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


def _headers_of(found: queries.Shown) -> Headers:
    inline = found.mime in PICTURES | PLAYED
    plain = re.sub(r'[^ -~]|["\\]', "_", found.name)
    named = f"filename=\"{plain}\"; filename*=UTF-8''{quote(found.name, safe='')}"
    return {
        "content-type": found.mime if found.mime in NAMED else BINARY,
        "content-disposition": f"{'inline' if inline else 'attachment'}; {named}",
        "cache-control": "private, max-age=300, immutable",
        "accept-ranges": "bytes",
    }


def _range(asked: str, size: int) -> tuple[int, int, int]:
    """What of the file is wanted: from, to, and the status. Lists of ranges get the whole."""
    parts = RANGE.fullmatch(asked)
    if not parts or parts.groups() == ("", ""):
        return 0, size, 200
    first, last = parts.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    if start >= end:
        raise Refusal(
            416, "range", "The file is not that long.", {"content-range": f"bytes */{size}"}
        )
    return start, end, 206


async def _pour(file: IO[bytes], send: Send, *, start: int, end: int) -> None:
    await asyncio.to_thread(file.seek, start)
    while start < end:
        chunk = await asyncio.to_thread(file.read, min(CHUNK, end - start))
        if not chunk:
            break
        start += len(chunk)
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _must_be_the_files_origin(scope: Scope) -> None:
    if _header(scope, "host").lower() != urlsplit(home.files_origin()).netloc.lower():
        raise Refusal(404, "not_found", "Files have an origin of their own.")


def _header(scope: Scope, name: str) -> str:
    wanted = name.encode()
    return next((text.decode("latin-1") for key, text in scope["headers"] if key == wanted), "")


async def _refuse(send: Send, refusal: Refusal) -> None:
    body = msgspec.json.encode({"code": refusal.code, "text": str(refusal)})
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    await _say(send, refusal.status, {**headers, **refusal.headers}, body)


async def _start(send: Send, status: int, headers: Headers) -> None:
    lines = {**ALWAYS, **OPEN, **headers}
    pairs = [(name.encode(), text.encode("latin-1")) for name, text in lines.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})


async def _say(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await _start(send, status, {"content-length": str(len(body)), **headers})
    await send({"type": "http.response.body", "body": body})
