"""Faults 8 and 25: a provider in trouble harms its own channel alone, and burns nothing."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from filo.channels.contract import Text
from filo.channels.operations import change
from filo.channels.operations import connect as connect_channel
from filo.conversations import operations
from filo.conversations.tests.test_sender import run
from tests.peer import Peer, listening
from tests.world import World

PEOPLE = 12


@pytest.fixture
def sick(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    """The provider behind the world's channel."""
    monkeypatch.setenv("FILO_ALLOW_PRIVATE_ADDRESSES", "1")
    with listening() as peer:
        world.act(change, world.channel, settings={"deliver_to": peer.url})
        yield peer


@pytest.fixture
def well(world: World, sick: Peer) -> Iterator[Peer]:
    """Another provider, behind a channel of its own."""
    with listening() as peer:
        yield peer


def another_channel(world: World, peer: Peer) -> int:
    settings = {"secret": "t" * 32, "deliver_to": peer.url}
    return int(world.act(connect_channel, "http", "Altro", world.team, settings))


def answer_all(world: World, channel: int, names: str) -> None:
    """So many customers of this channel are answered."""
    for n in range(PEOPLE):
        world.count += 1
        world.events(world.said(f"m{world.count}", f"{names}{n}", "Ciao"), channel=channel)
    world.read_all()
    cases = world.rows("SELECT id FROM conversations_case WHERE channel_id = %s", channel)
    for (case,) in cases:
        world.act(operations.reply, world.dora, case, [Text("Eccomi")], client_id="c")


def sent(world: World, channel: int) -> int:
    asked = "SELECT count(*) FROM conversations_delivery WHERE channel_id = %s AND state = 'sent'"
    return int(str(world.rows(asked, channel)[0][0]))


@pytest.mark.parametrize("trouble", [429, 503])
def test_fault_8_a_storm_of_one_provider_leaves_the_others_alone_and_burns_nothing(
    world: World, sick: Peer, well: Peer, trouble: int
) -> None:
    other = another_channel(world, well)
    answer_all(world, world.channel, "a")
    answer_all(world, other, "b")
    sick.answers = [trouble] * 500

    run(lambda: sent(world, other) == PEOPLE and len(sick.answers) < 490, seconds=30)

    assert sorted(well.texts) == ["Eccomi"] * PEOPLE
    called = 500 - len(sick.answers)
    attempts = world.rows(
        "SELECT sum(attempt) FROM conversations_delivery WHERE channel_id = %s", world.channel
    )[0][0]
    assert attempts == called  # an attempt is a call, and nothing else is one
    sick.answers = []
    run(lambda: sent(world, world.channel) == PEOPLE, seconds=60)
    assert len(sick.texts) == PEOPLE


def test_fault_25_what_a_dead_channel_holds_is_not_looked_at_again_and_again(
    world: World, sick: Peer, well: Peer
) -> None:
    answer_all(world, world.channel, "a")
    world.connection.execute(
        "INSERT INTO channels_health (channel_id, state) VALUES (%s, 'needs_you')"
        " ON CONFLICT (channel_id) DO UPDATE SET state = 'needs_you'",
        [world.channel],
    )
    other = another_channel(world, well)
    answer_all(world, other, "b")

    run(lambda: sent(world, other) == PEOPLE)

    assert sick.calls == []
    assert world.rows(
        "SELECT DISTINCT attempt, state FROM conversations_delivery WHERE channel_id = %s",
        world.channel,
    ) == [(0, "pending")]


def test_fault_10_the_same_id_with_another_body_is_kept_as_a_conflict(world: World) -> None:
    first = world.said("m1", "ada", "Ciao")
    for n in range(20):
        said = msgspec.json.decode(msgspec.json.encode(first))
        said["parts"][0]["text"] = f"altro {n}"
        world.events(first, said)
    world.read_all()

    assert world.rows("SELECT parts->0->>'text' FROM conversations_message") == [("Ciao",)]
    assert world.rows("SELECT count(*) FROM intake_conflict") == [(20,)]
    assert world.rows("SELECT conflicts FROM channels_health") == [(20,)]
