"""The one road to addresses that other people wrote: no connection to a non-public machine.

The name is resolved once, every answer is judged, and the connection goes to a judged address
with the original name for TLS. The check sits below httpx's pool, in the network backend, so
no redirect, retry or second resolution can get round it.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, NoReturn

import httpcore
import httpx

from filo.core import home
from filo.core.addresses import is_private, is_public

WEB_PORTS = frozenset({80, 443})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5
MOST_TRIES = 4  # addresses of one name that we try before giving up
RESOLVE_SECONDS = 5.0
TIMEOUT = httpx.Timeout(15.0, connect=5.0)
REPLY_LIMIT = 32 * 1024 * 1024

Resolve = Callable[[str, int], Awaitable[list[str]]]


class NotFetched(Exception):
    """The file could not be had; the text says why, in words fit for an administrator."""


class ForbiddenAddress(httpx.ConnectError, NotFetched):
    """We do not connect there. Nothing was sent."""


class TooLarge(httpx.ReadError, NotFetched):
    """The answer is longer than we agreed to read."""


@dataclass(frozen=True)
class Fetched:
    """A file from the web; `mime` is what its server claims, `url` where it was in the end."""

    mime: str
    body: bytes
    url: str


async def fetch(
    url: str,
    *,
    limit: int,
    allow_private: bool | None = None,
    seconds: float = 30.0,
    network: SafeNetwork | None = None,
) -> Fetched:
    """Get a public file of at most `limit` bytes, or raise `NotFetched`."""
    client = safe_client(allow_private, limit=limit, network=network)
    try:
        async with asyncio.timeout(seconds), client:
            return await _follow(client, httpx.URL(url), limit=limit)
    except NotFetched:
        raise
    except TimeoutError:
        raise NotFetched(f"No whole answer within {seconds:g} seconds.") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotFetched(str(error) or type(error).__name__) from error


def safe_client(
    allow_private: bool | None = None,
    *,
    limit: int = REPLY_LIMIT,
    ports: frozenset[int] = WEB_PORTS,
    network: SafeNetwork | None = None,
) -> httpx.AsyncClient:
    """A client on the safe transport; it reads no proxy or netrc from the environment.

    Answers are asked for uncompressed: a small body must not unpack into a large one.
    """
    transport = safe_transport(allow_private, limit=limit, ports=ports, network=network)
    return httpx.AsyncClient(
        transport=transport,
        timeout=TIMEOUT,
        follow_redirects=False,
        trust_env=False,
        headers={"accept-encoding": "identity", "user-agent": "Filo"},
    )


def safe_transport(
    allow_private: bool | None = None,
    *,
    limit: int = REPLY_LIMIT,
    ports: frozenset[int] = WEB_PORTS,
    network: SafeNetwork | None = None,
    http2: bool = False,
) -> SafeTransport:
    """A pooled transport that never connects to a forbidden address (`None`: as installed)."""
    if network is None:
        network = SafeNetwork(home.allow_private() if allow_private is None else allow_private)
    return SafeTransport(network, ports=ports, limit=limit, http2=http2)


class SafeTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport, with our network below and our limits above."""

    def __init__(
        self, network: SafeNetwork, *, ports: frozenset[int], limit: int, http2: bool = False
    ) -> None:
        super().__init__(verify=_tls(), trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_tls(),
            http2=http2,
            max_connections=200,
            max_keepalive_connections=50,
            keepalive_expiry=30.0,
            network_backend=network,
        )
        self._network = network
        self._ports = ports
        self._limit = limit

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._judge(request.url)
        response = await super().handle_async_request(request)
        if int(response.headers.get("content-length", "0") or 0) > self._limit:
            await response.aclose()
            raise TooLarge(f"Longer than {self._limit} bytes.")
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Capped(response.stream, self._limit)
        return response

    def _judge(self, url: httpx.URL) -> None:
        if url.scheme not in ("http", "https"):
            raise ForbiddenAddress(f"Only http and https, not {url.scheme or 'nothing'}.")
        if url.userinfo:
            raise ForbiddenAddress("An address with a user name in it is refused.")
        port = url.port or (443 if url.scheme == "https" else 80)
        if port not in self._ports and not self._network.allow_private:
            raise ForbiddenAddress(f"Port {port} is not a port of the web.")


class SafeNetwork(httpcore.AsyncNetworkBackend):
    """Connects only to addresses that were judged, and judges every address of a name."""

    def __init__(
        self,
        allow_private: bool,
        *,
        resolve: Resolve | None = None,
        inner: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self.allow_private = allow_private
        self._resolve = resolve or resolve_once
        self._inner = inner or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception | None = None
        for address in (await self._judged(host, port))[:MOST_TRIES]:
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} has no address.")

    async def connect_unix_socket(self, *_: Any, **__: Any) -> NoReturn:
        raise ForbiddenAddress("Sockets of this machine are out of reach.")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _judged(self, host: str, port: int) -> list[str]:
        addresses = await self._resolve(host, port)
        # one bad answer condemns the name: a mixed answer is how rebinding begins
        for address in addresses:
            if not self._may_reach(address):
                raise ForbiddenAddress(f"{host} is not a public address.")
        return addresses

    def _may_reach(self, address: str) -> bool:
        return is_public(address) or (self.allow_private and is_private(address))


class _Capped(httpx.AsyncByteStream):
    """A body that refuses to be longer than agreed, whatever its header said."""

    def __init__(self, stream: httpx.AsyncByteStream, limit: int) -> None:
        self._stream = stream
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for chunk in self._stream:
            read += len(chunk)
            if read > self._limit:
                raise TooLarge(f"Longer than {self._limit} bytes.")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _follow(client: httpx.AsyncClient, url: httpx.URL, *, limit: int) -> Fetched:
    for _ in range(MOST_REDIRECTS + 1):
        async with client.stream("GET", url) as response:
            if response.status_code in REDIRECTS:
                url = _next(url, response)
                continue
            if response.status_code != 200:
                raise NotFetched(f"The server answered {response.status_code}.")
            return await _read(response, limit=limit)
    raise NotFetched(f"More than {MOST_REDIRECTS} redirects.")


def _next(url: httpx.URL, response: httpx.Response) -> httpx.URL:
    target = url.join(response.headers.get("location", ""))
    if url.scheme == "https" and target.scheme != "https":
        raise ForbiddenAddress("A redirect away from https is refused.")
    return target


async def _read(response: httpx.Response, *, limit: int) -> Fetched:
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise NotFetched("The server sent a compressed answer that nobody asked for.")
    body = b"".join([chunk async for chunk in response.aiter_raw()])
    mime = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Fetched(mime=mime, body=body, url=str(response.url))


async def resolve_once(host: str, port: int) -> list[str]:
    """Every address of a name, as this machine sees it; number spellings are read as it would."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except TimeoutError:
        raise httpcore.ConnectTimeout(f"{host} could not be resolved in time.") from None
    except (OSError, UnicodeError):
        raise httpcore.ConnectError(f"{host} has no address.") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # reading the authorities takes 10 ms: once a process
