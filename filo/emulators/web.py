"""Just enough of a web server for the emulators: routes, JSON in, JSON out, over plain ASGI."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from filo.emulators.world import World

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LARGEST_BODY = 128 * 1024 * 1024
T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """One request as a route sees it. Header names are lower case."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str]
    query: dict[str, str]
    places: dict[str, str] = field(default_factory=dict)  # what stood in the braces of the route

    @property
    def origin(self) -> str:
        return f"http://{self.headers.get('host', 'localhost')}"

    def read(self, kind: type[T]) -> T:
        """The JSON body as a typed value, or a 400 that says what is wrong with it."""
        try:
            return msgspec.json.decode(self.body or b"{}", type=kind)
        except msgspec.DecodeError as why:
            raise Refused(Answer.json({"error": str(why)}, status=400)) from why


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    mime: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False  # break the connection in the middle of the answer

    @classmethod
    def json(cls, value: object, *, status: int = 200, **headers: str) -> Answer:
        return cls(status, msgspec.json.encode(value), headers=headers)


class Refused(Exception):
    """An answer that ends the call at once."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


Route = Callable[[Call, World], Awaitable[Answer]]


class Router:
    """Routes like `GET /play/{number}`, tried in the order in which they were added."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, re.Pattern[str], Route]] = []

    def on(self, method: str, path: str) -> Callable[[Route], Route]:
        pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + r"\Z")

        def add(route: Route) -> Route:
            self._routes.append((method, pattern, route))
            return route

        return add

    def also(self, other: Router) -> None:
        """With the routes of another, after its own."""
        self._routes += other._routes

    def find(self, call: Call) -> tuple[Route, dict[str, str]] | None:
        for method, pattern, route in self._routes:
            if method == call.method and (match := pattern.match(call.path)):
                return route, match.groupdict()
        return None


async def heard(scope: Scope, receive: Receive) -> Call:
    """The whole request."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise Refused(Answer.json({"error": "too big"}, status=413))
        if not message.get("more_body"):
            break
    return Call(
        method=scope["method"],
        path=scope["path"],
        body=bytes(body),
        headers={k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]},
        query=dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
    )


async def tell(send: Send, answer: Answer) -> None:
    length = len(answer.body) + (1 if answer.cut else 0)
    headers = {"content-type": answer.mime, "content-length": str(length), **answer.headers}
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    # One byte less than promised and no end: the server then cuts the connection.
    await send({"type": "http.response.body", "body": answer.body, "more_body": answer.cut})
