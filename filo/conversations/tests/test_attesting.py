"""The answer to a private message tells who wrote the public comment."""

from __future__ import annotations

from filo.channels.contract import Handle
from filo.conversations.attesting import attest
from tests.world import World


def test_an_identity_that_an_answer_attests_is_the_same_person(world: World) -> None:
    world.writes("ada", "Sono in coda da due ore")

    attest(Handle(world.space, "ada", also=(("page:1", "7"),)))

    people = world.rows("SELECT value, customer_id FROM customers_identity ORDER BY value")
    assert [value for value, _ in people] == ["7", "ada"]
    assert people[0][1] == people[1][1]
