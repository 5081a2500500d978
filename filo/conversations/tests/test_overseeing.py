"""What was done with public words in the provider's own page: told; what we did, not twice."""

from __future__ import annotations

from datetime import datetime
from itertools import permutations
from typing import Any

import pytest

from filo.channels.contract import Moderation
from filo.conversations import operations, queries
from filo.core.sql import statements
from filo.staff.operations import let_answer_in_public
from filo.staff.queries import scope
from tests.world import World

sql = statements("filo.conversations")


def comment(key: str, who: str = "ada", text: str = "In coda da due ore") -> dict[str, object]:
    return {
        "type": "said",
        "id": key,
        "from": {"id": who},
        "parts": [{"type": "text", "text": text}],
        "public": True,
        "post": {"id": "p1"},
    }


def deed(message: str, action: str, minute: int) -> dict[str, object]:
    at = f"2026-11-22T12:{minute:02}:00Z"
    key = f"{message}-{action}-{minute}"
    return {"type": "moderated", "id": key, "message": message, "action": action, "at": at}


def now(world: World) -> str:
    """As the provider's clock, and the database's, say it."""
    [(at,)] = world.rows("SELECT now()")
    assert isinstance(at, datetime)
    return at.isoformat()


def stands(world: World, which: str = "c1") -> Any:
    [(number,)] = world.rows("SELECT id FROM conversations_message WHERE provider_id = %s", which)
    return world.ask(queries.message, world.dora, number).public


def told(world: World) -> list[Any]:
    return world.rows(
        "SELECT body ->> 'action', body ->> 'state', body ->> 'by' FROM core_event"
        " WHERE type = 'moderation_changed' ORDER BY id"
    )


@pytest.fixture
def about(world: World) -> int:
    """A comment of Ada's; Dora may moderate."""
    world.events(comment("c1"))
    world.read_all()
    world.act(let_answer_in_public, world.dora.staff, allowed=True)
    world.dora = world.ask(scope, world.dora.staff)
    return int(str(world.rows("SELECT id FROM conversations_message")[0][0]))


def test_what_a_moderator_hides_on_the_page_is_hidden_here_and_told(world: World) -> None:
    world.events(comment("c1"), deed("c1", "hide", 1), deed("c1", "like", 2))
    world.read_all()

    shown = stands(world)
    assert (shown.hidden, shown.liked, shown.deleted) == (True, True, False)
    assert [(one.action, one.elsewhere) for one in shown.moderations] == [
        ("hide", True),
        ("like", True),
    ]
    assert told(world) == [
        ("hide", "carried_out", "provider"),
        ("like", "carried_out", "provider"),
    ]
    assert world.rows("SELECT parts -> 0 ->> 'text' FROM conversations_message") == [
        ("In coda da due ore",)
    ]


def test_a_deed_that_comes_before_its_comment_waits_for_it(world: World) -> None:
    world.events(deed("c1", "hide", 1))
    world.read_all()
    assert told(world) == []

    world.events(comment("c2", "ivo"))
    world.events(comment("c1"))
    world.read_all()

    assert (stands(world).hidden, stands(world, "c2").hidden) == (True, False)
    assert told(world) == [("hide", "carried_out", "provider")]
    assert world.rows("SELECT count(*) FROM conversations_earlychange") == [(0,)]


def test_whatever_the_order_and_the_repetition_one_state_comes_out(world: World) -> None:
    orders = list(permutations(range(4)))[::3]
    for n, order in enumerate(orders):
        which = f"c{n}"
        deeds = [("hide", 1), ("unhide", 2), ("hide", 3)]
        facts = [comment(which), *(deed(which, action, minute) for action, minute in deeds)]
        for position in (*order, order[0]):
            world.events(facts[position])
    world.read_all()

    assert {stands(world, f"c{n}").hidden for n in range(len(orders))} == {True}
    kept = world.rows(
        "SELECT count(*), count(DISTINCT (message_id, action, at)) FROM conversations_moderation"
    )
    assert kept == [(3 * len(orders), 3 * len(orders))]


def test_the_echo_of_what_the_desk_did_is_not_told_twice(world: World, about: int) -> None:
    carried_out(world, about, Moderation.HIDE)
    world.events({**deed("c1", "hide", 1), "at": now(world)})
    world.read_all()

    shown = stands(world)
    assert (shown.hidden, [one.elsewhere for one in shown.moderations]) == (True, [False])
    assert [by for *_, by in told(world) if by == "provider"] == []


def test_what_the_desk_deleted_keeps_its_words_though_the_provider_tells_of_it(
    world: World, about: int
) -> None:
    carried_out(world, about, Moderation.DELETE)
    gone = {"type": "withdrew", "id": "w1", "message": "c1", "from": {"id": "ada"}}
    world.events({**gone, "at": now(world)})
    world.read_all()

    assert stands(world).deleted
    assert world.rows("SELECT parts -> 0 ->> 'text', withdrawn_at FROM conversations_message") == [
        ("In coda da due ore", None)
    ]


def carried_out(world: World, about: int, action: Moderation) -> None:
    """As the sender does it."""
    world.act(operations.moderate, world.dora, about, action)
    world.act(_carry_out)


def _carry_out(cur: Any) -> None:
    cur.execute(sql("take_moderations"))
    for id_, _, action, *_ in cur.fetchall():
        columns = {"id": id_, "action": action, "state": "carried_out", "detail": "", "due": None}
        cur.execute(sql("moderated"), columns)
