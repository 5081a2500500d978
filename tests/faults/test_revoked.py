"""A key taken back at the provider: the channel holds its outbox, a new key frees it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from filo.channels.contract import Text
from filo.channels.operations import change, connect
from filo.channels.queries import one
from filo.conversations import operations
from filo.conversations.queries import heard_on, waits_for
from filo.conversations.sender import Sender
from filo.emulators.tests import test_messenger, test_sms_talk, test_telegram, test_x_talk
from filo.emulators.tests.town import Town, account_town
from filo.intake.journal import keep, open_headers
from filo.intake.lanes import lane_of
from filo.intake.types import Entry
from tests.world import World

PHONE = "+393331234567"
KINDS = {
    "messenger": ("access_token", "another-page-token", "ada", test_messenger.CONFIG),
    "telegram": ("token", "123456:AAE-another", "ada", test_telegram.CONFIG),
    "sms": ("auth_token", "67890", PHONE, test_sms_talk.CONFIG | {"rcs": "no"}),
    "x": ("access_token", "at-2", "ada", test_x_talk.CONFIG),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_revoked_key_holds_the_outbox_and_a_new_one_sends_it(
    world: World, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILO_ALLOW_PRIVATE_ADDRESSES", "1")
    asyncio.run(story(world, kind))


async def story(world: World, kind: str) -> None:
    key, fresh, person, config = KINDS[kind]
    async with account_town(kind, "brezza", dict(config)) as town:
        channel = world.act(connect, kind, "Brezza", world.team, town.hook.config)
        await comes_in(world, town, channel, person)
        assert heard_on(world.connection.cursor(), channel)

        await taken_over(town, config | {key: fresh})
        answer(world, "Uno")
        await sends(world, lambda: one(world.connection.cursor(), channel).needs_you)
        answer(world, "Due")
        await sends(world, lambda: waits_for(world.connection.cursor(), channel) == 2)
        assert attempts(world) == [1, 0]  # a dead channel burns no tries
        assert said_by_us(await town.shown(person)) == []

        world.act(change, channel, settings={key: fresh})
        await sends(world, lambda: states(world) == ["sent", "sent"])

        assert said_by_us(await town.shown(person)) == ["Uno", "Due"]
        well = one(world.connection.cursor(), channel)
        assert (well.state, well.reason) == ("ok", "")


async def comes_in(world: World, town: Town, channel: int, person: str) -> None:
    await town.act(person, text="Dov'è la mia valigia?", name="Ada Conti")
    await town.hook.until(1)
    request = town.hook.requests[-1]
    lane = lane_of(town.hook.kind, channel, "ada")
    entry = Entry(
        channel, lane, request.at, open_headers(request.headers), request.query, request.body
    )
    with world.connection.transaction():
        keep(world.connection.cursor(), [entry])
    world.read_all()


async def taken_over(town: Town, settings: dict[str, str]) -> None:
    """The provider knows another key from now on."""
    kept = town.world.accounts.of(town.hook.kind)["brezza"]
    kept.settings = settings
    kept.state.pop("access_token", None)


def answer(world: World, words: str) -> None:
    [(case,)] = world.rows("SELECT id FROM conversations_case")
    world.act(operations.reply, world.dora, case, (Text(words),), client_id=words)


async def sends(world: World, until: Callable[[], bool]) -> None:
    """A sender works until it is so."""
    sender = Sender(look=0.1)
    work = asyncio.create_task(sender.run())
    try:
        async with asyncio.timeout(15):
            while not until():  # noqa: ASYNC110 -- what we wait for is in the database
                await asyncio.sleep(0.05)
    finally:
        sender.stop()
        await work


def states(world: World) -> list[Any]:
    return [row[0] for row in world.rows("SELECT state FROM conversations_delivery ORDER BY id")]


def attempts(world: World) -> list[Any]:
    return [row[0] for row in world.rows("SELECT attempt FROM conversations_delivery ORDER BY id")]


def said_by_us(shown: list[dict[str, Any]]) -> list[str]:
    return [bubble["content"]["text"] for bubble in shown if bubble["out"]]
