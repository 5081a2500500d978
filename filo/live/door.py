"""Raw ASGI in a few words: what was asked, and how it is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl

import msgspec

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]
NO_STORE = (b"cache-control", b"no-store")
NOSNIFF = (b"x-content-type-options", b"nosniff")
LARGEST = 4096


class Asked(msgspec.Struct, frozen=True):
    """One request, read. Header names are lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    secure: bool = False

    @property
    def cookies(self) -> dict[str, str]:
        try:
            jar = SimpleCookie(self.headers.get("cookie", ""))
        except CookieError:
            return {}
        return {name: morsel.value for name, morsel in jar.items()}

    @property
    def comes_from_us(self) -> bool:
        """No other site's page made the browser send it."""
        origin = self.headers.get("origin", "")
        return origin.partition("://")[2] == self.headers.get("host", "-") if origin else True


def read(scope: Message) -> Asked:
    return Asked(
        method=scope["method"],
        path=scope["path"],
        query=dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"))),
        headers={k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]},
        secure=scope.get("scheme") == "https",
    )


async def body(receive: Receive) -> bytes | None:
    """The small body of a request; nothing when it is too large or its sender left."""
    got = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        got += message.get("body", b"")
        if len(got) > LARGEST:
            return None
        if not message.get("more_body"):
            return bytes(got)


async def answer(send: Send, status: int, told: object = None, *, headers: Headers = ()) -> None:
    """A whole answer at once; JSON when there is something to tell."""
    content = b"" if told is None else msgspec.json.encode(told)
    kind = [(b"content-type", b"application/json")] if told is not None else []
    length = (b"content-length", str(len(content)).encode())
    head = [*kind, length, NO_STORE, NOSNIFF, *headers]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": content})


async def away(send: Send) -> None:
    """The database does not answer: come back."""
    told = {"title": "The database does not answer.", "status": 503}
    await answer(send, 503, told, headers=[(b"retry-after", b"2")])
