"""Held answers and answers for later: they wait, they go, and they are taken back when untrue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from filo.channels import operations as channels
from filo.channels.contract import Handle, Said, Text
from filo.conversations import operations
from filo.conversations.types import TIME, WORD, CannotSend, Heard, Keeping
from filo.core import clock
from filo.core.ids import number
from tests.world import World

HELLO = (Text("È la 12A."),)
HOUR = timedelta(hours=1)
HELD = Keeping(WORD)


@pytest.fixture
def case(world: World) -> int:
    """Ada wrote two days ago, on a channel that takes free answers for one."""
    world.act(channels.change, world.channel, settings={"window": str(24 * 3600)})
    case = world.writes("ada", "Quale posto?")
    at = clock.now() - timedelta(days=2)
    world.connection.execute("UPDATE conversations_message SET said_at = %s, at = %s", [at, at])
    return case


def reply(world: World, case: int, keep: Keeping, ref: str = "c1", **more: Any) -> int:
    written = world.act(operations.reply, world.dora, case, HELLO, client_id=ref, keep=keep, **more)
    return number("msg", written.message.id)


def deliveries(world: World) -> list[tuple[object, ...]]:
    return world.rows(
        "SELECT state, reason, awaits, due_at <= now() FROM conversations_delivery ORDER BY id"
    )


def says_now(world: World, who: str, text: str) -> None:
    """Their clock goes right: the words are of this moment."""
    world.count += 1
    said = world.said(f"m{world.count}", who, text) | {"at": clock.now().isoformat()}
    world.events(said)
    world.read_all()


def test_a_held_answer_waits_behind_the_closed_window(world: World, case: int) -> None:
    reply(world, case, HELD)

    assert deliveries(world) == [("pending", "held", "word", False)]


def test_it_goes_at_the_next_sign_of_life_on_its_road(world: World, case: int) -> None:
    reply(world, case, HELD)

    says_now(world, "bruno", "Un altro cliente")
    assert deliveries(world) == [("pending", "held", "word", False)]
    says_now(world, "ada", "Eccomi")

    assert deliveries(world) == [("pending", "", "", True)]
    told = world.rows("SELECT count(*) FROM core_event WHERE type = 'delivery_changed'")
    assert told == [(1,)]


def test_a_newer_answer_takes_the_place_of_the_held_one(world: World, case: int) -> None:
    reply(world, case, HELD, "c1")
    reply(world, case, HELD, "c2")
    says_now(world, "ada", "Eccomi")

    assert deliveries(world) == [
        ("failed", "superseded", "", False),
        ("pending", "", "", True),
    ]


def test_a_solved_case_keeps_no_answer_waiting(world: World, case: int) -> None:
    reply(world, case, HELD)
    world.act(operations.solve, world.dora, case)
    says_now(world, "ada", "Eccomi")

    assert [row[:3] for row in deliveries(world)] == [("failed", "solved", "")]


def test_a_held_answer_is_withdrawn_by_whoever_works_on_the_case(world: World, case: int) -> None:
    message = reply(world, case, HELD)

    words = world.act(operations.recall, world.enzo, message)

    assert words == "È la 12A."
    says_now(world, "ada", "Eccomi")
    assert [row[:3] for row in deliveries(world)] == [("failed", "recalled", "")]


def test_what_is_held_keeps_no_other_answer_waiting(world: World, case: int) -> None:
    reply(world, case, HELD)
    says_now(world, "ada", "Eccomi")
    reply(world, case, Keeping(TIME, clock.now() + HOUR), "c2")
    reply(world, case, Keeping(), "c3")

    from filo.conversations.ledger import sql

    taken = world.connection.execute(sql("take_turns"), {"owner": 7, "many": 9}).fetchall()
    assert len(taken) == 1  # the first; the third comes after it, the second waits for its time
    world.connection.execute("UPDATE conversations_delivery SET state = 'sent' WHERE owner = 7")
    taken = world.connection.execute(sql("take_turns"), {"owner": 7, "many": 9}).fetchall()
    assert taken == [(world.rows("SELECT max(id) FROM conversations_delivery")[0][0],)]


def test_an_answer_for_later_has_its_time(world: World) -> None:
    case = world.writes("ada", "Quale posto?")
    reply(world, case, Keeping(TIME, clock.now() + HOUR))

    assert deliveries(world) == [("pending", "later", "time", False)]


def test_it_is_cancelled_when_they_write_first(world: World) -> None:
    case = world.writes("ada", "Quale posto?")
    reply(world, case, Keeping(TIME, clock.now() + HOUR))

    says_now(world, "ada", "Lascia stare")

    assert [row[:3] for row in deliveries(world)] == [("failed", "wrote first", "")]


def test_an_automatic_mail_of_theirs_cancels_nothing(world: World) -> None:
    case = world.writes("ada", "Quale posto?")
    reply(world, case, Keeping(TIME, clock.now() + HOUR))

    rows: Any = world.rows("SELECT id, customer_id FROM customers_identity")
    [(identity, customer)] = rows
    away = Said(
        "m9", clock.now(), Handle(world.space, "ada"), (Text("Sono in ferie"),), automatic=True
    )
    heard = Heard(away, world.channel, world.team, HOUR, 1, clock.now(), identity, customer)
    world.act(operations.receive, [heard])

    assert deliveries(world) == [("pending", "later", "time", False)]


def test_nothing_is_promised_for_a_time_at_which_the_window_is_closed(world: World) -> None:
    world.act(channels.change, world.channel, settings={"window": "3600"})
    case = world.writes("ada", "Quale posto?")
    at = clock.now()
    world.connection.execute("UPDATE conversations_message SET said_at = %s, at = %s", [at, at])

    with pytest.raises(CannotSend) as stopped:
        reply(world, case, Keeping(TIME, clock.now() + 2 * HOUR))
    assert stopped.value.code == "window_closed"
    with pytest.raises(CannotSend) as stopped:
        reply(world, case, Keeping(TIME, clock.now() - HOUR))
    assert stopped.value.code == "past"
