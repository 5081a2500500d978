"""Just enough HTTP/1 over asyncio for a provider that misbehaves on purpose."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import msgspec

GONE = (ConnectionError, asyncio.IncompleteReadError, TimeoutError, OSError)
LONGEST_HEAD = 64 * 1024


class Asked(msgspec.Struct, frozen=True):
    """One request, read."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Answer(msgspec.Struct, frozen=True):
    """What goes back; an answer of status 0 is a cut connection."""

    status: int
    told: object = None
    headers: dict[str, str] = {}


CUT = Answer(0)
Respond = Callable[[Asked], Awaitable[Answer]]


async def serve(respond: Respond, *, port: int = 0) -> asyncio.Server:
    """On a port of its own, or the one given; connections are kept alive."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(*GONE, asyncio.CancelledError):  # the end of the run
            while asked := await read(reader):
                answer = await respond(asked)
                if not answer.status:
                    break
                writer.write(written(answer))
                await writer.drain()
        with contextlib.suppress(*GONE):
            writer.close()

    return await asyncio.start_server(one, "127.0.0.1", port, limit=LONGEST_HEAD)


def port_of(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port


async def read(reader: asyncio.StreamReader) -> Asked | None:
    """The next request of a connection; None at its end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").rstrip().split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): text.strip() for name, _, text in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    method, path, _ = first.split(" ", 2)
    return Asked(method, path, headers, body)


def written(answer: Answer) -> bytes:
    body = b"" if answer.told is None else msgspec.json.encode(answer.told)
    headers = {"content-type": "application/json", **answer.headers}
    headers["content-length"] = str(len(body))
    lines = "".join(f"{name}: {text}\r\n" for name, text in headers.items())
    return f"HTTP/1.1 {answer.status} X\r\n{lines}\r\n".encode() + body
