"""Fault 11: clocks that are wrong, hours that are changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from filo.conversations import operations
from filo.core import clock
from tests.world import NOON, World

ROME = ZoneInfo("Europe/Rome")
SKEWS = [timedelta(minutes=-10), timedelta(minutes=-5), timedelta(minutes=5), timedelta(minutes=10)]


@pytest.mark.parametrize("skew", SKEWS)
def test_fault_11_a_wrong_clock_of_theirs_changes_no_order_and_opens_no_window(
    world: World, skew: timedelta
) -> None:
    world.events(world.said("m1", "ada", "prima"))
    late = world.said("m2", "ada", "seconda") | {"at": (NOON + skew).isoformat()}
    world.events(late)
    world.events(world.said("m3", "ada", "terza"))

    world.read_all()

    order = world.rows("SELECT provider_id, seq FROM conversations_message ORDER BY id")
    assert order == [("m1", 1), ("m2", 2), ("m3", 3)]
    ((heard,),) = world.rows("SELECT heard_at FROM customers_identity")
    assert heard == NOON  # the window: never later than it reached us, and the newest of them
    ((due,),) = world.rows("SELECT due_at FROM conversations_case")
    assert due == NOON + timedelta(hours=1)  # the promise: from when it reached us


@pytest.mark.parametrize("fold", [0, 1])
def test_fault_11_a_case_sleeps_until_an_instant_whatever_the_hour_is_called(
    world: World, fold: int
) -> None:
    """25 October 2026, 02:30 in Rome comes twice."""
    case = world.writes("ada", "Ciao")
    until = datetime(2026, 10, 25, 2, 30, tzinfo=ROME, fold=fold)
    with clock.standing_at(until - timedelta(hours=3)):
        world.act(operations.snooze, world.dora, case, until)

    moment = datetime.fromisoformat(f"2026-10-25T0{fold}:30:00+00:00")
    assert world.act(operations.wake, at=moment - timedelta(seconds=1)) == 0
    assert world.act(operations.wake, at=moment) == 1
