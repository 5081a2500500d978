"""What customers say they do not want is kept, and heeded at once."""

from __future__ import annotations

from datetime import timedelta

from filo.channels.contract import Handle, OptedOut
from filo.conversations import queries
from filo.conversations.types import Heard
from filo.core import clock
from filo.core.ids import public
from filo.customers.operations import block
from filo.outbound import operations
from filo.outbound.queries import refused
from tests.world import World

HOUR = timedelta(hours=1)


def wishes(world: World, purpose: str = "", *, back: bool = False, ago: timedelta = HOUR) -> str:
    """Ada says stop, or starts again; gives her address."""
    found = world.connection.execute("SELECT id, customer_id FROM customers_identity").fetchall()
    [(identity, customer)] = found
    at = clock.now() - ago
    fact = OptedOut("1", Handle(world.space, "ada"), at, purpose, back)
    heard = Heard(fact, world.channel, world.team, HOUR, 1, at, identity, customer)
    world.act(operations.heed, [heard])
    return public("idn", identity)


def test_who_wants_nothing_more_is_left_in_peace_until_they_want_us_again(world: World) -> None:
    case = world.writes("ada", "Ciao")

    wishes(world)
    assert world.ask(queries.roads, world.dora, case)[0].why_not == "blocked"
    wishes(world, back=True, ago=HOUR / 2)
    assert world.ask(queries.roads, world.dora, case)[0].why_not == ""


def test_a_no_to_marketing_closes_no_road(world: World) -> None:
    case = world.writes("ada", "Ciao")

    ada = wishes(world, "marketing")

    assert world.ask(refused, ada) == {"marketing"}
    assert world.ask(queries.roads, world.dora, case)[0].why_not == ""


def test_the_newest_wish_counts_in_whatever_order_they_come(world: World) -> None:
    world.writes("ada", "Ciao")
    wishes(world, "marketing", back=True, ago=HOUR / 2)

    ada = wishes(world, "marketing")

    assert world.ask(refused, ada) == frozenset()


def test_what_else_is_wrong_with_an_address_stays(world: World) -> None:
    world.writes("ada", "Ciao")
    world.connection.execute("UPDATE customers_identity SET state = 'bounced'")

    world.act(block, [(1, False)])

    assert world.rows("SELECT state FROM customers_identity") == [("bounced",)]
