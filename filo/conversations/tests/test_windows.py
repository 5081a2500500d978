"""The window is looked at per address and channel: when it is shown, written through and sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from filo.channels import operations as channels
from filo.channels.contract import Text
from filo.conversations import operations, queries
from filo.conversations.types import CannotSend, Road
from filo.core import clock
from filo.core.sql import statements
from tests.world import World

HELLO = (Text("Eccomi."),)
DAY = timedelta(days=1)


def open_for_a_day(world: World) -> None:
    world.act(channels.change, world.channel, settings={"window": str(24 * 3600)})


def spoke(world: World, ago: timedelta) -> None:
    """As if all that was said had been said so long ago."""
    world.connection.execute(
        "UPDATE conversations_message SET said_at = %(at)s, at = %(at)s WHERE direction = 'in'",
        {"at": clock.now() - ago},
    )


def road(world: World, case: int) -> Road:
    return world.ask(queries.roads, world.dora, case)[0]  # type: ignore[no-any-return]


def test_an_open_window_tells_its_end(world: World) -> None:
    open_for_a_day(world)
    case = world.writes("ada", "Ciao")
    spoke(world, timedelta(hours=23))

    found = road(world, case)

    assert (found.window, found.why_not) == ("free", "")
    assert found.heard_at
    assert found.until == found.heard_at + DAY


def test_a_closed_window_takes_no_free_words(world: World) -> None:
    open_for_a_day(world)
    case = world.writes("ada", "Ciao")
    spoke(world, DAY)

    assert road(world, case).why_not == "window_closed"
    with pytest.raises(CannotSend) as stopped:
        world.act(operations.reply, world.dora, case, HELLO, client_id="c1")
    assert stopped.value.code == "window_closed"


def test_a_word_on_another_channel_opens_no_window_here(world: World) -> None:
    open_for_a_day(world)
    case = world.writes("ada", "Ciao")
    spoke(world, 2 * DAY)
    # The same address, heard of later elsewhere: one phone number is known to several channels.
    world.connection.execute("UPDATE customers_identity SET heard_at = now()")

    assert road(world, case).why_not == "window_closed"


def spent(world: World, *, waiting: bool) -> int:
    """What counts as said since the customer's last word."""
    [(identity, since)] = world.rows(
        "SELECT identity_id, max(at) FROM conversations_message WHERE direction = 'in' GROUP BY 1"
    )
    columns = {"identities": [identity], "since": since, "at": clock.now(), "waiting": waiting}
    found = world.connection.execute(statements("filo.conversations")("spent"), columns).fetchall()
    return sum(at >= since for _, _, at in found)


@pytest.mark.parametrize("state", ["sent", "uncertain"])
def test_what_left_after_their_last_word_is_counted_though_it_was_written_before(
    world: World, state: str
) -> None:
    """The provider counts when it takes a message, not when we wrote it."""
    case = world.writes("ada", "Ciao")
    world.act(operations.reply, world.dora, case, HELLO, client_id="c1")
    world.writes("ada", "Ci siete?")
    assert (spent(world, waiting=True), spent(world, waiting=False)) == (1, 0)

    world.connection.execute(
        "UPDATE conversations_delivery SET state = %s, attempted_at = now()", [state]
    )
    assert spent(world, waiting=False) == 1
