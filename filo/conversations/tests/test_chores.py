"""What the house does by itself, again and again: twice is as good as once."""

from __future__ import annotations

from datetime import timedelta

from filo.conversations import operations, queries
from filo.core import clock
from filo.staff.operations import switch_off
from tests.world import World


def test_cases_of_somebody_switched_off_go_back_to_the_queue(world: World) -> None:
    case = world.writes("ada", "Ciao")
    world.act(operations.take, world.dora, case)
    world.act(world.hire, "boss@brezza.example", "Boss", role="admin")
    world.act(switch_off, world.dora.staff)

    assert world.act(operations.release_absent) == 1
    assert world.act(operations.release_absent) == 0

    assert world.ask(queries.case, world.enzo, case).owner.type == "queue"


def test_a_snoozed_case_comes_back_when_its_time_has_come(world: World) -> None:
    case = world.writes("ada", "Ciao")
    until = clock.now() + timedelta(hours=1)
    world.act(operations.snooze, world.dora, case, until)

    assert world.act(operations.wake, at=until - timedelta(seconds=1)) == 0
    assert world.act(operations.wake, at=until) == 1

    assert world.ask(queries.case, world.dora, case).status == "open"


def test_reports_on_other_people_s_messages_are_forgotten(world: World) -> None:
    world.writes("ada", "Ciao")
    report = {"type": "reported", "id": "r", "at": "2026-11-22T12:00:00Z", "message": "theirs"}
    world.events(report | {"from": {"id": "ada"}, "state": "delivered"})
    world.read_all()

    assert world.act(operations.forget_early, before=clock.now() - timedelta(days=7)) == 0
    assert world.act(operations.forget_early, before=clock.now() + timedelta(days=1)) == 1


def test_a_name_that_comes_later_is_the_customer_s_name(world: World) -> None:
    first = world.said("first", "ada", "Ciao") | {"from": {"id": "ada"}}
    world.events(first)
    world.read_all()
    world.writes("ada", "Sono Ada")

    assert world.rows("SELECT name FROM customers_customer") == [("Ada",)]
