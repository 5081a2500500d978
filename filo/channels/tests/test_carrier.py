"""Over real sockets: what the carrier makes of every way in which a provider can fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from filo.channels import registry
from filo.channels.breaker import Breaker
from filo.channels.carrier import Carrier
from filo.channels.contract import (
    Call,
    Config,
    Doubtful,
    Envelope,
    Failed,
    Handle,
    Later,
    Receipt,
    Reply,
    Scope,
    Speech,
    Text,
)

http = registry.connector("http")
NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def peer(answer: Peer) -> AsyncIterator[str]:
    """A provider that we can make misbehave at the level of the wire."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/filo"


async def heard(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
    return head + await reader.readexactly(length)


def answering(*lines: bytes) -> Peer:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await heard(reader)
        writer.write(b"\r\n".join(lines))
        await writer.drain()

    return answer


TAKEN = answering(
    b"HTTP/1.1 200 OK", b"content-length: 11", b"connection: close", b'\r\n{"id":"x9"}'
)
MOVED = answering(
    b"HTTP/1.1 302 Found", b"location: http://127.0.0.1:1/", b"content-length: 0\r\n\r\n"
)
BUSY = answering(b"HTTP/1.1 429 Slow", b"Retry-After: 7", b"content-length: 0\r\n\r\n")


async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await heard(reader)


async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await heard(reader)
    await reader.read()  # until the other side gives up


async def say(carrier: Carrier, where: str) -> Receipt:
    config = {"secret": "s", "deliver_to": where}
    speech = http.say(Handle("s", "ada"), Text("ciao"), config, Envelope("dlv_1", NOON))
    return await carrier.converse(speech, config=config, channel="chn_1", connector=http)


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


def test_a_receipt_comes_back() -> None:
    async def test() -> None:
        async with peer(TAKEN) as where, Carrier(allow_private=True) as carrier:
            assert await say(carrier, where) == Receipt("x9")

    run(test())


@pytest.mark.parametrize("behaviour", [cut, mute])
def test_a_lost_answer_leaves_doubt(behaviour: Peer) -> None:
    async def test() -> None:
        async with (
            peer(behaviour) as where,
            Carrier(allow_private=True, send_timeout=0.3) as carrier,
        ):
            with pytest.raises(Doubtful):
                await say(carrier, where)

    run(test())


def test_a_closed_door_means_later_for_nothing_was_sent() -> None:
    async def test() -> None:
        async with peer(TAKEN) as where:
            pass
        async with Carrier(allow_private=True) as carrier:
            with pytest.raises(Later) as later:
                await say(carrier, where)
            assert later.value.scope is Scope.CHANNEL

    run(test())


def test_a_busy_provider_says_when_to_come_back() -> None:
    async def test() -> None:
        async with peer(BUSY) as where, Carrier(allow_private=True) as carrier:
            with pytest.raises(Later) as later:
                await say(carrier, where)
            assert later.value.after == timedelta(seconds=7)

    run(test())


def test_a_redirect_is_not_followed() -> None:
    async def test() -> None:
        async with peer(MOVED) as where, Carrier(allow_private=True) as carrier:
            with pytest.raises(Failed, match="302"):
                await say(carrier, where)

    run(test())


def test_a_private_address_is_refused_for_good() -> None:
    async def test() -> None:
        async with peer(TAKEN) as where, Carrier(allow_private=False) as carrier:
            with pytest.raises(Failed) as refused:
                await say(carrier, where)
            assert refused.value.scope is Scope.CHANNEL

    run(test())


def test_a_lost_answer_to_a_question_leaves_no_doubt() -> None:
    async def test() -> None:
        async with peer(cut) as where, Carrier(allow_private=True) as carrier:
            config = {"secret": "s", "deliver_to": where}
            with pytest.raises(Later):
                await carrier.look_up("dlv_1", config=config, channel="c", connector=http)

    run(test())


def test_a_lost_upload_leaves_no_doubt_but_the_message_after_it_does() -> None:
    def upload_only(where: str) -> Speech:
        yield Call(where, body=b"file", repeatable=True)
        return Receipt("never")

    def upload_then_say(taken: str, lost: str) -> Speech:
        yield Call(taken, body=b"file", repeatable=True)
        yield Call(lost, body=b"message")
        return Receipt("never")

    async def test() -> None:
        async with peer(TAKEN) as taken, peer(cut) as lost, Carrier(allow_private=True) as carrier:
            with pytest.raises(Later):
                await carrier.converse(upload_only(lost), config={}, channel="c", connector=http)
            speech = upload_then_say(taken, lost)
            with pytest.raises(Doubtful):
                await carrier.converse(speech, config={}, channel="c", connector=http)

    run(test())


def test_a_channel_that_keeps_failing_is_left_in_peace_and_tried_again() -> None:
    async def test() -> None:
        now = 0.0
        calls = 0

        async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal calls
            calls += 1
            await (BUSY if calls <= 5 else TAKEN)(reader, writer)

        async with (
            peer(count) as where,
            Carrier(allow_private=True, clock=lambda: now) as carrier,
        ):
            for _ in range(7):
                with pytest.raises(Later):
                    await say(carrier, where)
            assert calls == 5
            now = 31.0
            assert await say(carrier, where) == Receipt("x9")
            assert await say(carrier, where) == Receipt("x9")

    run(test())


def test_one_channel_calls_only_so_often_at_once() -> None:
    async def test() -> None:
        inside, most = 0, 0
        full, release = asyncio.Event(), asyncio.Event()

        async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            if inside == 2:
                full.set()
            await release.wait()
            inside -= 1
            await TAKEN(reader, writer)

        async with peer(slow) as where, Carrier(allow_private=True, most_at_once=2) as carrier:
            sends = asyncio.gather(*[say(carrier, where) for _ in range(6)])
            await full.wait()
            release.set()
            assert len(await sends) == 6
        assert most == 2

    run(test())


def test_a_connector_may_carry_its_calls_by_another_road() -> None:
    class Pigeon:
        card = http.card

        async def carry(self, call: Call, config: Config) -> Reply:
            return Reply(200, call.url.encode())

    def speech() -> Speech:
        reply = yield Call("smtp:ada")
        return Receipt(reply.body.decode())

    async def test() -> None:
        async with Carrier() as carrier:
            receipt = await carrier.converse(
                speech(),
                config={},
                channel="c",
                connector=Pigeon(),  # type: ignore[arg-type]  # only its road matters here
            )
            assert receipt == Receipt("smtp:ada")

    run(test())


def test_a_key_in_the_address_is_put_in_on_the_wire_and_shown_nowhere_else() -> None:
    lines: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append((await reader.readline()).strip())
        await TAKEN(reader, writer)

    def speech(where: str) -> Speech:
        call = Call(f"{where}/bot{{token}}/send", keys={"token": "12:secret"})
        assert "secret" not in repr(call) + call.url
        yield call
        return Receipt("x9")

    async def test() -> None:
        async with peer(answer) as where, Carrier(allow_private=True) as carrier:
            await carrier.converse(speech(where), config={}, channel="c", connector=http)
        assert lines == [b"POST /filo/bot12:secret/send HTTP/1.1"]

    run(test())


def test_an_open_breaker_lets_one_try_through_after_its_pause() -> None:
    breaker = opened(at=0)
    assert breaker.wait(at=4) == 6
    assert breaker.wait(at=10) == 0
    assert breaker.wait(at=11) == 9, "the second must wait for what the first finds"
    breaker.succeeded()
    assert breaker.wait(at=11) == 0


def test_each_try_that_fails_doubles_the_pause() -> None:
    breaker = opened(at=0)
    assert breaker.wait(at=10) == 0
    breaker.failed(at=11)
    assert breaker.wait(at=11) == 20
    breaker.succeeded()
    assert opened(at=0, breaker=breaker).wait(at=0) == 10, "well again, it begins anew"


def test_calls_that_were_under_way_when_it_opened_lengthen_nothing() -> None:
    breaker = opened(at=0)
    for at in range(1, 9):
        breaker.failed(at=at)
    assert breaker.wait(at=10) == 0


def opened(*, at: float, breaker: Breaker | None = None) -> Breaker:
    breaker = breaker or Breaker(failures=2, pause=10)
    breaker.failed(at=at)
    assert breaker.wait(at=at) == 0, "one failure is no pattern"
    breaker.failed(at=at)
    return breaker
