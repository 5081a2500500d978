"""Carries what connectors say to the providers: pooled HTTP, a verdict for every way to fail.

A connector describes its calls; here they are made. What matters is whether a message may have
gone out: when no byte of it left, `Later`; when an answer was lost on the way back, `Doubtful`.
"""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Self, TypeVar

import httpx
import msgspec

from filo.channels.breaker import Breaker
from filo.channels.contract import (
    Blob,
    Call,
    Carries,
    Config,
    Connector,
    Doubtful,
    Failed,
    Fetches,
    Handle,
    Later,
    LooksUp,
    Media,
    Nods,
    Reason,
    Receipt,
    Reply,
    Scope,
    Speech,
)
from filo.core import clock as the_clock
from filo.core.fetcher import ForbiddenAddress, safe_transport

SEND_TIMEOUT = 30.0  # seconds for a whole speech; a delivery older than this may be taken over
FETCH_TIMEOUT = 120.0
CONNECT_TIMEOUT = 5.0
MOST_AT_ONCE = 16  # calls of one channel at the same time
LARGEST_REPLY = 1024 * 1024
LARGEST_PAGE = 16 * 1024 * 1024  # of a feed
LARGEST_FILE = 110 * 1024 * 1024
PROVIDER_PORTS = frozenset({80, 443, 8000, 8080, 8443})
HTTP = ("http://", "https://")  # these are our road, whatever else a connector carries itself
AGENT = "Filo"
SOON = timedelta(seconds=3)

T = TypeVar("T")


class Resting(Later):
    """Nobody was called: the provider is left in peace. It is no attempt."""


@dataclass(slots=True)
class _Road:
    """What is kept for one channel."""

    free: asyncio.Semaphore
    breaker: Breaker = field(default_factory=Breaker)


@dataclass(slots=True)
class _Stage:
    """How far the present call has come; it decides between `Later` and `Doubtful`."""

    left: bool = False  # part of a call that may not be made twice is on the wire

    async def trace(self, event: str, _: object) -> None:
        if event.endswith("send_request_headers.started"):
            self.left = True


class Carrier:
    """One per process, for all channels: `async with Carrier() as carrier`."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        most_at_once: int = MOST_AT_ONCE,
        send_timeout: float = SEND_TIMEOUT,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._most_at_once = most_at_once
        self._send_timeout = send_timeout
        self._clock = clock
        self._roads: dict[str, _Road] = {}
        self._road_of = functools.partial(
            safe_transport, allow_private, limit=LARGEST_FILE, ports=PROVIDER_PORTS
        )
        self._client = self._dialled(transport or self._road_of())
        self._newer: httpx.AsyncClient | None = None  # for the few who speak HTTP/2 alone
        self._transport = transport

    def _dialled(self, transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=transport,
            timeout=httpx.Timeout(self._send_timeout, connect=CONNECT_TIMEOUT),
            follow_redirects=False,
            trust_env=False,
            headers={"user-agent": AGENT, "accept-encoding": "identity"},
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.__aexit__(kind, error, trace)
        if self._newer is not None:
            await self._newer.aclose()

    # --- what can be carried ----------------------------------------------

    async def converse(
        self, speech: Speech, *, config: Config, channel: str, connector: Connector
    ) -> Receipt:
        """The receipt of what was said; else `Failed`, `Later` or `Doubtful`."""
        return await self._drive(
            speech, _Conversation(connector, config, self._send_timeout), channel=channel
        )

    async def fetch(
        self, media: Media, *, config: Config, channel: str, connector: Connector
    ) -> Blob:
        """The bytes of a file that the provider keeps."""
        if not isinstance(connector, Fetches):
            raise Failed(Reason.OTHER, f"{connector.card.kind} has no files to fetch")
        asking = _Conversation(connector, config, FETCH_TIMEOUT, LARGEST_FILE, asks=True)
        return await self._drive(connector.fetch(media, config), asking, channel=channel)

    async def look_up(
        self, ref: str, *, config: Config, channel: str, connector: Connector
    ) -> Receipt | None:
        """Was the delivery of this reference taken? `Later` when nobody can say now."""
        if not isinstance(connector, LooksUp):
            raise Failed(Reason.OTHER, f"{connector.card.kind} cannot look up a delivery")
        asking = _Conversation(connector, config, self._send_timeout, asks=True)
        question = connector.look_up(ref, config, at=the_clock.now())
        return await self._drive(question, asking, channel=channel)

    async def nod(
        self,
        to: Handle,
        message: str,
        *,
        typing: bool,
        config: Config,
        channel: str,
        connector: Connector,
    ) -> None:
        """Tell the customer that we have read, or are writing; nothing where that is unknown."""
        if not isinstance(connector, Nods):
            return
        asking = _Conversation(connector, config, self._send_timeout, asks=True)
        await self._drive(
            connector.nod(to, message, config, typing=typing), asking, channel=channel
        )

    async def ask(
        self,
        question: Generator[Call, Reply, T],
        *,
        config: Config,
        channel: str,
        connector: Connector,
        seconds: float = FETCH_TIMEOUT,
    ) -> T:
        """Any other question that says nothing to a customer: a feed, a check, a renewal."""
        asking = _Conversation(connector, config, seconds, LARGEST_PAGE, asks=True)
        return await self._drive(question, asking, channel=channel)

    # --- how it is carried ------------------------------------------------

    async def _drive(
        self, speech: Generator[Call, Reply, T], about: _Conversation, *, channel: str
    ) -> T:
        road = self._road(channel)
        self._let_through(road)
        try:
            outcome = await self._within_time(speech, about, road)
        except (Failed, Later) as verdict:
            self._judge(road, channel_wide=verdict.scope is Scope.CHANNEL)
            raise
        except Doubtful:
            self._judge(road, channel_wide=True)
            raise
        finally:
            speech.close()
        road.breaker.succeeded()
        return outcome

    def _road(self, channel: str) -> _Road:
        if channel not in self._roads:
            self._roads[channel] = _Road(asyncio.Semaphore(self._most_at_once))
        return self._roads[channel]

    def _let_through(self, road: _Road) -> None:
        pause = road.breaker.wait(at=self._clock())
        if pause:
            why = "the provider fails again and again: resting"
            raise Resting(timedelta(seconds=pause), why, scope=Scope.CHANNEL)

    def _judge(self, road: _Road, *, channel_wide: bool) -> None:
        if channel_wide:
            road.breaker.failed(at=self._clock())
        else:
            road.breaker.succeeded()

    async def _within_time(
        self, speech: Generator[Call, Reply, T], about: _Conversation, road: _Road
    ) -> T:
        stage = _Stage()
        try:
            async with asyncio.timeout(about.seconds), road.free:
                return await self._run(speech, about, stage)
        except (ForbiddenAddress, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise Failed(Reason.REFUSED, str(error), scope=Scope.CHANNEL) from error
        except (TimeoutError, httpx.TransportError) as error:
            raise _verdict(error, stage) from error

    async def _run(
        self, speech: Generator[Call, Reply, T], about: _Conversation, stage: _Stage
    ) -> T:
        try:
            call = next(speech)
            while True:
                call = speech.send(await self._make(call, about, stage))
        except StopIteration as end:
            outcome: T = end.value
            return outcome

    async def _make(self, call: Call, about: _Conversation, stage: _Stage) -> Reply:
        if call.after:
            await asyncio.sleep(call.after)
        harmless = about.asks or call.repeatable or call.method in ("GET", "HEAD")
        stage = _Stage() if harmless else stage
        if isinstance(about.connector, Carries) and not call.address.startswith(HTTP):
            stage.left = True  # we cannot see how far it came: being cut short leaves doubt
            reply = await about.connector.carry(call, about.config)
        else:
            reply = await self._over_http(call, about, stage)
        stage.left = False  # answered: from here on nothing is in doubt
        return reply

    def _client_of(self, call: Call) -> httpx.AsyncClient:
        if not call.http2:
            return self._client
        if self._newer is None:
            self._newer = self._dialled(self._transport or self._road_of(http2=True))
        return self._newer

    async def _over_http(self, call: Call, about: _Conversation, stage: _Stage) -> Reply:
        client = self._client_of(call)
        request = client.build_request(
            call.method,
            call.address,
            content=_content(call),
            data=call.form,
            files=call.files,
            headers=_headers(call),
            extensions={"trace": stage.trace},
        )
        response = await client.send(request, stream=True)
        try:
            body = await _read(response, about.largest)
        finally:
            await response.aclose()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, body, headers)


@dataclass(slots=True, frozen=True)
class _Conversation:
    connector: Connector
    config: Config = field(repr=False)
    seconds: float
    largest: int = LARGEST_REPLY
    asks: bool = False  # changes nothing at the provider's: a lost answer leaves no doubt


def _content(call: Call) -> bytes | None:
    return call.body if call.json is None else msgspec.json.encode(call.json)


def _headers(call: Call) -> dict[str, str]:
    if call.json is None:
        return call.headers
    return {"content-type": "application/json", **call.headers}


async def _read(response: httpx.Response, largest: int) -> bytes:
    """The body, cut at the limit: who says something needs the beginning of the answer only."""
    pieces = bytearray()
    async for piece in response.aiter_bytes():
        pieces += piece
        if len(pieces) >= largest:
            break
    return bytes(pieces[:largest])


def _verdict(error: Exception, stage: _Stage) -> Later | Doubtful:
    what = type(error).__name__
    if stage.left:
        return Doubtful(f"no answer came: {what}")
    return Later(SOON, f"the provider was not reached: {what}", scope=Scope.CHANNEL)
