"""What customers say they do not want is kept, and heeded at once."""

from __future__ import annotations

from datetime import timedelta

from filo.channels.contract import Handle, OptedOut, Said, Text
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


def writes_again(world: World, *, ago: timedelta) -> None:
    """Ada writes on a channel that nobody can write on whom we may not answer; a line of hers from
    yesterday comes with it, and after it."""
    [(identity, customer)] = world.rows("SELECT id, customer_id FROM customers_identity")
    who, at = (int(str(identity)), int(str(customer))), clock.now()
    said = [
        Said(str(n), one, Handle(world.space, "ada"), (Text("Ancora io"),))
        for n, one in enumerate((at - ago, at - HOUR * 24))
    ]
    world.act(
        operations.welcome_back,
        [Heard(one, world.channel, world.team, HOUR, 1, at, *who) for one in said],
    )


def test_who_writes_again_is_answered_again_whoever_said_that_they_want_nothing(
    world: World,
) -> None:
    case = world.writes("ada", "Ciao")

    wishes(world)
    writes_again(world, ago=HOUR * 2)  # before they closed: a late call of the provider
    assert world.ask(queries.roads, world.dora, case)[0].why_not == "blocked"
    writes_again(world, ago=HOUR / 2)
    assert world.ask(queries.roads, world.dora, case)[0].why_not == ""
    world.connection.execute("UPDATE customers_identity SET state = 'blocked'")  # by a 403
    writes_again(world, ago=HOUR / 3)
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
