"""The raw door: who is let in, what is refused and how, and when it says thanks."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import msgspec

from filo.channels.kit import sign_webhook
from filo.core import clock
from filo.core.ids import public
from filo.intake.group import Keeper, Unfit
from filo.intake.journal import LARGE
from filo.intake.receiver import Receiver
from filo.intake.types import Entry
from tests.world import World

SECRET = "s" * 32


def signed(world: World, body: bytes, secret: str = SECRET) -> dict[str, str]:
    return sign_webhook(id="call", at=clock.now(), body=body, secret=secret)


def call(
    world: World,
    body: bytes,
    headers: dict[str, str],
    *,
    path: str = "",
    method: str = "POST",
) -> tuple[int, bytes, dict[str, str]]:
    return asyncio.run(_call(world, body, headers, path, method))


async def _call(
    world: World, body: bytes, headers: dict[str, str], path: str, method: str
) -> tuple[int, bytes, dict[str, str]]:
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    receiver = Receiver()
    await receiver.startup()
    try:
        scope = {
            "type": "http",
            "method": method,
            "path": path or f"/hooks/{public('chn', world.channel)}",
            "query_string": b"",
            "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        }
        await receiver(scope, receive, send)
        for _ in range(40):
            if not receiver.keeper.counting:
                break
            await asyncio.sleep(0.05)
    finally:
        await receiver.shutdown()
    said = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], sent[1]["body"], said


def hello(world: World, text: str = "Ciao") -> bytes:
    return msgspec.json.encode({"events": [world.said("m1", "ada", text)]})


def test_a_provider_may_add_a_path_of_its_own(world: World) -> None:
    body, path = hello(world), f"/hooks/{public('chn', world.channel)}/message"

    status, _, _ = call(world, body, signed(world, body), path=path)

    assert status == 200


def test_a_signed_call_is_on_disk_when_it_is_thanked(world: World) -> None:
    body = hello(world)

    status, thanks, _ = call(world, body, signed(world, body))

    assert (status, msgspec.json.decode(thanks)) == (200, {"accepted": 1})
    assert world.rows("SELECT body FROM intake_journal") == [(body,)]


def test_a_forged_call_is_refused_counted_and_not_stored(world: World) -> None:
    body = hello(world)
    forgeries = [
        signed(world, body, "t" * 32),
        signed(world, body) | {"webhook-signature": "v1,AAAA"},
        {},
        signed(world, body + b" "),
    ]

    assert [call(world, body, headers)[0] for headers in forgeries] == [401] * 4
    assert world.rows("SELECT count(*) FROM intake_journal") == [(0,)]
    assert world.rows("SELECT forged FROM channels_health") == [(4,)]


def test_an_unknown_channel_is_404_and_a_huge_body_413(world: World) -> None:
    huge = b"x" * (3 * 1024 * 1024 + 1)

    assert call(world, b"{}", {}, path="/hooks/chn_0000000000099")[0] == 404
    assert call(world, b"{}", {}, path="/hooks/whatever")[0] == 404
    assert call(world, huge, signed(world, huge))[0] == 413
    assert call(world, b"", {}, method="DELETE")[0] == 405


def test_a_large_body_lies_in_the_media_store_and_is_read_from_there(world: World) -> None:
    body = hello(world, "a" * LARGE)

    assert call(world, body, signed(world, body))[0] == 200
    world.read_all()

    assert world.rows("SELECT octet_length(body), file <> '' FROM intake_journal") == [(0, True)]
    assert world.rows("SELECT count(*) FROM conversations_message") == [(1,)]


def test_without_a_database_it_says_come_again(world: World) -> None:
    body = hello(world)
    world.connection.execute("ALTER TABLE intake_journal RENAME TO away")

    status, _, headers = call(world, body, signed(world, body))

    assert (status, headers["retry-after"]) == (503, "2")


def test_secrets_of_the_caller_are_not_journalled(world: World) -> None:
    body = hello(world)

    call(world, body, signed(world, body) | {"authorization": "Bearer x", "cookie": "a=b"})

    kept = world.rows("SELECT headers::text FROM intake_journal")[0][0]
    assert "Bearer" not in str(kept)
    assert "cookie" not in str(kept)


def test_a_call_that_cannot_be_kept_spoils_none_of_its_neighbours(world: World) -> None:
    async def keep_all() -> list[BaseException | None]:
        keeper = Keeper()
        entries = [
            Entry(
                channel=world.channel,
                lane=0,
                at=clock.now(),
                headers={},
                query={"n": "\x00" if n == 3 else str(n)},
                body=b"%d" % n,
            )
            for n in range(7)
        ]
        waiting = asyncio.gather(*map(keeper.keep, entries), return_exceptions=True)
        await asyncio.sleep(0)  # all of them wait before the first writer looks: one group
        await keeper.start()
        try:
            return await waiting
        finally:
            await keeper.stop()

    told = asyncio.run(keep_all())

    assert [n for n, each in enumerate(told) if each is not None] == [3]
    assert isinstance(told[3], Unfit)
    kept = world.rows("SELECT body FROM intake_journal ORDER BY body")
    assert kept == [(b"%d" % n,) for n in range(7) if n != 3]
