"""What comes before the words it is about waits for them; edits do not wait for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from filo.conversations import operations
from filo.conversations.early import MOST
from filo.core import clock
from filo.project.wiring import ripen_early_changes
from filo.routing.operations import place
from tests.world import World

HELLO = "m1"


def change(type_: str, message: str = HELLO, **more: Any) -> dict[str, object]:
    event: dict[str, object] = {
        "type": type_,
        "id": f"{type_}-{message}-{more.get('n', 1)}",
        "at": f"2026-11-22T12:00:0{more.get('n', 1)}Z",
        "from": {"id": "ada"},
        "message": message,
    }
    match type_:
        case "edited":
            event["parts"] = [{"type": "text", "text": more.get("text", "blu")}]
        case "reacted":
            event["emoji"] = "👍"
    return event


def ripen(world: World, *, later: timedelta) -> None:
    world.act(place, world.act(operations.ripen, at=clock.now() + later))


def words(world: World) -> list[Any]:
    return [row[0] for row in world.rows("SELECT parts FROM conversations_message ORDER BY id")]


def text(*lines: str) -> list[list[dict[str, str]]]:
    return [[{"type": "text", "text": line}] for line in lines]


def test_an_edit_before_its_words_changes_them_when_they_come(world: World) -> None:
    world.events(change("edited"))
    world.read_all()
    assert words(world) == []

    world.events(world.said(HELLO, "ada", "nera"))
    world.read_all()

    assert words(world) == text("blu")
    assert world.rows("SELECT last_text, unread FROM conversations_case") == [("blu", 1)]
    assert world.rows("SELECT count(*) FROM conversations_earlychange") == [(0,)]


def test_an_edit_whose_words_do_not_come_is_shown_as_the_words(world: World) -> None:
    world.events(change("edited", n=2, text="rossa"), change("edited", n=1))
    world.read_all()
    ripen(world, later=timedelta(seconds=30))
    assert words(world) == []

    ripen(world, later=timedelta(seconds=61))

    assert words(world) == text("rossa")
    assert world.rows("SELECT status, unread, due_at IS NOT NULL FROM conversations_case") == [
        ("open", 1, True)
    ]


def test_words_that_come_after_their_edit_was_shown_complete_that_message(world: World) -> None:
    world.events(change("edited"))
    world.read_all()
    ripen(world, later=timedelta(seconds=61))

    world.events(world.said(HELLO, "ada", "nera"))
    world.read_all()

    assert words(world) == text("blu")
    assert world.rows("SELECT said_at::text, edited_at IS NOT NULL FROM conversations_message") == [
        ("2026-11-22 12:00:00+00", True)
    ]
    assert text("nera")[0] in [
        row[0] for row in world.rows("SELECT parts FROM conversations_revision")
    ]


def test_words_withdrawn_before_they_came_are_not_shown(world: World) -> None:
    world.events(change("withdrew"), change("reacted"))
    world.events(world.said(HELLO, "ada", "un segreto"))

    world.read_all()

    assert words(world) == [[]]
    assert world.rows("SELECT last_text, last_message IS NOT NULL FROM conversations_case") == [
        ("", True)
    ]
    assert world.rows("SELECT emoji FROM conversations_reaction") == [("👍",)]


def test_a_reaction_to_words_of_somebody_else_waits_in_vain(world: World) -> None:
    world.events(change("reacted"))
    world.events(world.said(HELLO, "bea", "Ciao"))

    world.read_all()
    ripen(world, later=timedelta(seconds=61))

    assert world.rows("SELECT count(*) FROM conversations_reaction") == [(0,)]


def test_one_customer_lets_only_so_much_wait_and_in_the_end_it_is_forgotten(world: World) -> None:
    for n in range(0, MOST + 100, 50):
        world.events(*[change("reacted", f"unknown{i}") for i in range(n, n + 50)])
        world.read_all()
    waiting = world.rows("SELECT count(*) FROM conversations_earlychange")[0][0]
    assert isinstance(waiting, int)
    assert MOST <= waiting < MOST + 200  # a batch is let in whole

    forgotten = world.act(operations.forget_early, before=clock.now() + timedelta(seconds=1))

    assert forgotten == waiting


def test_an_answer_finds_what_it_answers_when_that_comes_later(world: World) -> None:
    answer = world.said("m2", "ada", "sì") | {"answers": HELLO}
    world.events(answer)
    world.read_all()
    world.events(world.said(HELLO, "ada", "domanda"))

    world.read_all()

    (_, asked), (answered, _) = world.rows(
        "SELECT answers, id FROM conversations_message ORDER BY provider_id"
    )
    assert answered == asked


def test_the_house_looks_again_and_again_for_what_need_not_wait(world: World) -> None:
    world.events(change("edited"))
    world.read_all()
    world.connection.execute(
        "UPDATE conversations_earlychange SET kept_at = now() - interval '2 minutes'"
    )

    assert world.act(ripen_early_changes) == 1
    assert world.act(ripen_early_changes) == 0
