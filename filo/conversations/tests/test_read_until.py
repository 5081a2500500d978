"""A provider that names a moment instead of a message: all that went until then was read."""

from __future__ import annotations

from datetime import timedelta

from filo.channels.contract import Handle, Reported, State, Text
from filo.conversations import operations
from filo.conversations.types import Heard
from filo.core import clock
from tests.world import World


def sent(world: World, case: int, text: str, *, ago: timedelta) -> None:
    world.act(operations.reply, world.dora, case, [Text(text)], client_id=text)
    world.connection.execute(
        "UPDATE conversations_delivery SET state = 'sent', provider_id = 'p' || id,"
        " attempted_at = %s WHERE state = 'pending'",
        [clock.now() - ago],
    )


def looked(world: World, who: str, *, ago: timedelta) -> None:
    at = clock.now() - ago
    identity, customer = world.rows(
        "SELECT id, customer_id FROM customers_identity WHERE value = %s", who
    )[0]
    fact = Reported("", State.READ, at, by=Handle(world.space, who))
    heard = Heard(
        fact=fact,
        channel=world.channel,
        team=world.team,
        answer_within=timedelta(hours=1),
        journal=0,
        at=at,
        identity=int(str(identity)),
        customer=int(str(customer)),
    )
    world.act(operations.receive, [heard])


def states(world: World) -> list[object]:
    return [row[0] for row in world.rows("SELECT state FROM conversations_delivery ORDER BY id")]


def test_what_went_until_that_moment_is_read_and_nothing_after_it(world: World) -> None:
    ada, ivo = world.writes("ada", "Ciao"), world.writes("ivo", "Ciao")
    sent(world, ada, "uno", ago=timedelta(minutes=9))
    sent(world, ivo, "a un altro", ago=timedelta(minutes=9))
    sent(world, ada, "due", ago=timedelta(minutes=3))

    looked(world, "ada", ago=timedelta(minutes=5))

    assert states(world) == ["read", "sent", "sent"]


def test_two_moments_are_two_facts() -> None:
    by = Handle("page:1", "7")
    at = clock.now()

    keys = {Reported("", State.READ, at + timedelta(seconds=n), by=by).key for n in range(2)}

    assert len(keys) == 2
