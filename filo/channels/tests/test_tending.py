"""Keys are exchanged in time, sealed, and a key that cannot be is told of before it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

import pytest

from filo.channels import operations, registry
from filo.channels.contract import (
    Call,
    Config,
    Connector,
    Doubtful,
    Failed,
    Later,
    Reason,
    Reply,
)
from filo.channels.queries import health, one
from filo.channels.tending import is_time, look_after
from filo.channels.types import ChannelConfig
from filo.core import clock
from tests.fixtures import world
from tests.world import NOON, World

__all__ = ["world"]
DAY = timedelta(days=1)
Http: Any = type(registry.connector("http"))  # nobody imports a connector


class Keyed(Http):  # type: ignore[misc]
    """A key that ends; an exchange gives another secret, which holds a month longer."""

    def __init__(
        self, ends: datetime, *, refuses: bool = False, trouble: Exception | None = None
    ) -> None:
        self.ends = ends
        self.trouble = Failed(Reason.REFUSED, "log in again") if refuses else trouble

    def due(self, config: Config) -> datetime | None:
        return self.ends + 30 * DAY if config["secret"] == "t" * 32 else self.ends

    def renew(self, config: Config, *, at: datetime) -> Generator[Call, Reply, dict[str, str]]:
        yield Call(url="https://provider.example/token", method="GET")
        if self.trouble:
            raise self.trouble
        return {"secret": "t" * 32}


async def ask(channel: ChannelConfig, connector: Connector, renewal: Any) -> dict[str, str]:
    try:
        next(renewal)
        renewal.send(Reply(200))
    except StopIteration as end:
        return dict(end.value)
    raise AssertionError


def looked_after(world: World, connector: Keyed) -> int:
    channel = one(world.connection.cursor(), world.channel)
    return asyncio.run(look_after(world.connection, channel, connector, ask))


def test_a_key_is_exchanged_in_the_last_quarter_of_its_life() -> None:
    made, ends = NOON, NOON + 40 * DAY

    assert not is_time(ends, made, None, at=NOON + 29 * DAY)
    assert is_time(ends, made, None, at=NOON + 30 * DAY)
    assert not is_time(ends, None, None, at=NOON + 32 * DAY)
    assert is_time(ends, None, None, at=NOON + 33 * DAY)
    assert not is_time(ends, made, NOON + 39 * DAY, at=NOON + 39 * DAY + timedelta(minutes=50))


def test_a_fresh_key_is_sealed_and_a_channel_that_lacked_one_is_well_again(world: World) -> None:
    world.connection.execute("UPDATE channels_health SET state = 'needs_you', reason = 'over'")
    connector = Keyed(clock.now() + DAY)

    assert looked_after(world, connector) == 1
    assert looked_after(world, connector) == 0

    channel = one(world.connection.cursor(), world.channel)
    assert (channel.settings["secret"], channel.state) == ("t" * 32, "ok")
    assert health(world.connection.cursor(), world.channel).ends_at == connector.ends + 30 * DAY


def test_a_key_that_cannot_be_exchanged_is_told_of_and_stops_the_channel_when_over(
    world: World,
) -> None:
    assert looked_after(world, Keyed(clock.now() + DAY, refuses=True)) == 0
    told = "SELECT body ->> 'what' FROM core_event WHERE type = 'channel_announced'"
    assert world.rows(told) == [("key",)]
    assert one(world.connection.cursor(), world.channel).state == "ok"

    world.connection.execute("UPDATE channels_health SET looked_at = NULL")
    looked_after(world, Keyed(clock.now() - DAY, refuses=True))
    assert one(world.connection.cursor(), world.channel).state == "needs_you"


@pytest.mark.parametrize("trouble", [Later(timedelta(seconds=3)), Doubtful("no answer")])
def test_a_trouble_that_passes_stops_no_channel_and_the_next_round_asks_again(
    world: World, trouble: Exception
) -> None:
    connector = Keyed(clock.now() - DAY, trouble=trouble)

    assert looked_after(world, connector) == 0
    assert one(world.connection.cursor(), world.channel).state == "ok"

    connector.trouble = None
    assert looked_after(world, connector) == 1


def test_each_word_about_a_key_stands_in_the_channels_health(world: World) -> None:
    at = clock.now()
    noted = world.act(operations.key_ends, world.channel, at + DAY)
    assert (noted.ends_at, noted.renewed_at) == (at + DAY, None)

    world.act(operations.key_stays, world.channel, why="log in again", at=at, over=False)
    assert world.ask(health, world.channel).looked_at == at

    world.act(operations.key_renewed, world.channel, {}, ends=at + 9 * DAY, at=at)
    known = world.ask(health, world.channel)
    assert (known.ends_at, known.renewed_at, known.looked_at) == (at + 9 * DAY, at, None)


def test_a_key_that_is_too_young_is_exchanged_once_it_may_be_and_stops_nothing(
    world: World,
) -> None:
    connector = Keyed(clock.now() - DAY, trouble=Later(DAY, "a key must be a day old"))

    assert looked_after(world, connector) == 0
    connector.trouble = None
    assert looked_after(world, connector) == 0
    assert one(world.connection.cursor(), world.channel).state == "ok"
    assert world.rows("SELECT id FROM core_event WHERE type = 'channel_announced'") == []

    world.act(operations.key_waits, world.channel, until=clock.now() - timedelta(seconds=1))
    assert looked_after(world, connector) == 1
    assert world.ask(health, world.channel).exchange_from is None


def test_a_channel_knows_since_when_it_has_its_keys(world: World) -> None:
    old = clock.now() - 9 * DAY
    world.connection.execute("UPDATE channels_health SET keyed_at = %s", [old])

    world.act(operations.change, world.channel, settings={"secret": "", "space": "town"})
    assert world.ask(health, world.channel).keyed_at == old

    world.act(operations.change, world.channel, settings={"secret": "u" * 32})
    assert world.ask(health, world.channel).keyed_at > old
