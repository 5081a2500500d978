"""Answers where everyone reads them: a permission of their own, guards, once, and on in private."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from filo.channels.contract import Moderation, Text
from filo.channels.operations import change
from filo.conversations import operations, queries
from filo.conversations.operations import guard_public_with
from filo.conversations.sender import Sender
from filo.conversations.types import CannotSend, PublicDraft, Road
from filo.core.db import Cursor
from filo.core.ids import public
from filo.staff.operations import let_answer_in_public, let_team_answer_in_public
from filo.staff.queries import scope
from filo.staff.types import NotAllowed
from tests.peer import Peer, listening
from tests.world import World

HELLO = (Text("Ci dispiace."),)


@pytest.fixture
def peer(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    monkeypatch.setenv("FILO_ALLOW_PRIVATE_ADDRESSES", "1")
    with listening() as peer:
        world.act(change, world.channel, settings={"deliver_to": peer.url, "privately": "604800"})
        yield peer


@pytest.fixture
def commented(world: World) -> int:
    """The case of a comment by Ada; Dora may answer in public."""
    world.events(comment("c1", "ada", "In coda da due ore"))
    world.read_all()
    world.act(let_answer_in_public, world.dora.staff, allowed=True)
    world.dora = world.ask(scope, world.dora.staff)
    return int(str(world.rows("SELECT id FROM conversations_case")[0][0]))


def comment(id: str, who: str, text: str, **more: object) -> dict[str, object]:
    return {
        "type": "said",
        "id": id,
        "from": {"id": who, "name": who.title()},
        "parts": [{"type": "text", "text": text}],
        "public": True,
        "post": {"id": "p1", "url": "https://brezza.example/p/1", "text": "Nuovo volo!"},
        "url": "https://brezza.example/c/1",
        **more,
    }


def roads(world: World, case: int, *, who: Any = None) -> list[Road]:
    return world.ask(queries.roads, who or world.dora, case)  # type: ignore[no-any-return]


def send(until: Callable[[], bool]) -> None:
    async def work() -> None:
        sender = Sender()
        task = asyncio.create_task(sender.run())
        try:
            async with asyncio.timeout(15):
                while not await asyncio.to_thread(until):  # noqa: ASYNC110 -- what we wait for is in the database
                    await asyncio.sleep(0.02)
        finally:
            sender.stop()
            await task

    asyncio.run(work())


def states(world: World) -> list[Any]:
    return [row[0] for row in world.rows("SELECT state FROM conversations_delivery ORDER BY id")]


# --- the permission -------------------------------------------------------------


def test_who_may_answer_may_not_yet_answer_in_public(world: World, commented: int) -> None:
    with pytest.raises(NotAllowed):
        world.act(operations.reply_in_public, world.enzo, commented, HELLO, client_id="r1")
    assert [(road.public, road.why_not) for road in roads(world, commented, who=world.enzo)] == [
        (True, "no_permission")
    ]

    world.act(let_team_answer_in_public, world.team, allowed=True)
    enzo = world.ask(scope, world.enzo.staff)
    world.act(operations.reply_in_public, enzo, commented, HELLO, client_id="r1")


def test_an_ordinary_answer_never_goes_where_everyone_reads_it(
    world: World, commented: int
) -> None:
    with pytest.raises(CannotSend) as no:
        world.act(operations.reply, world.dora, commented, HELLO, client_id="r1")
    assert no.value.code == "public_only"


def test_a_guard_is_asked_before_and_may_stop_it(world: World, commented: int) -> None:
    asked: list[PublicDraft] = []

    def stop(_: Cursor, draft: PublicDraft) -> None:
        asked.append(draft)
        raise CannotSend("guarded", "Ask for approval first.")

    guard_public_with([stop])
    try:
        with pytest.raises(CannotSend):
            world.act(operations.reply_in_public, world.dora, commented, HELLO, client_id="r1")
    finally:
        guard_public_with([])

    assert [(one.parts, one.author) for one in asked] == [(HELLO, world.dora.staff)]
    assert world.rows("SELECT count(*) FROM conversations_delivery") == [(0,)]


# --- the answer -----------------------------------------------------------------


def test_an_answer_stands_below_the_comment_and_goes_out_once(
    world: World, peer: Peer, commented: int
) -> None:
    for _ in range(2):
        world.act(operations.reply_in_public, world.dora, commented, HELLO, client_id="r1")
    send(lambda: states(world) == ["sent"])

    (sent,) = peer.calls
    assert (sent["public"], sent["post"], sent["answers"]) == (True, "p1", "c1")
    said = world.ask(queries.tree, world.dora, [1])
    assert [(one.direction, one.public.above) for one in said] == [
        ("in", ""),
        ("out", said[0].id),
    ]


def test_a_lost_answer_of_a_provider_that_repeats_is_not_said_again(
    world: World, peer: Peer, commented: int
) -> None:
    world.act(change, world.channel, settings={"class": "F"})
    peer.answers = ["cut"]
    world.act(operations.reply_in_public, world.dora, commented, HELLO, client_id="r1")
    send(lambda: states(world) == ["uncertain"])

    assert len(peer.calls) == 1


def test_the_tree_shows_others_only_as_far_as_one_may_read_them(
    world: World, commented: int
) -> None:
    world.events(comment("c2", "ivo", "Anch'io", answers="c1"))
    world.read_all()

    def seen(who: Any) -> list[str]:
        return [one.public.by for one in world.ask(queries.tree, who, [1])]

    assert seen(world.dora) == ["Ada", "Ivo"]
    assert seen(world.stranger) == []


# --- on in private ----------------------------------------------------------------


def test_a_comment_is_taken_up_in_private_once_and_both_sides_say_so(
    world: World, peer: Peer, commented: int
) -> None:
    about = world.rows("SELECT id FROM conversations_message")[0][0]
    (_, privately) = roads(world, commented)
    assert (privately.public, privately.window, privately.left) == (False, "privately", 1)

    told = world.act(
        operations.take_up, world.dora, commented, HELLO, client_id="r1", about=about
    ).message
    pointer = world.act(
        operations.reply_in_public,
        world.dora,
        commented,
        [Text("Le abbiamo scritto in privato.")],
        client_id="r2",
        points_to=int(str(world.rows("SELECT max(id) FROM conversations_message")[0][0])),
    ).message
    send(lambda: states(world) == ["sent", "sent"])

    private, open_ = peer.calls
    assert (private["privately"], private.get("public")) == ("c1", None)
    begins = (
        "A proposito del suo commento pubblico “In coda da due ore”: https://brezza.example/c/1"
    )
    assert private["part"]["text"] == f"{begins}\n\nCi dispiace."
    assert (open_["public"], open_["answers"]) == (True, "c1")
    assert pointer.public.points_to == told.id
    assert world.ask(queries.message, world.dora, about).public.continued_by == told.id
    assert [road.public for road in roads(world, commented)] == [True]


def test_a_pointer_to_a_private_message_that_failed_is_not_published(
    world: World, peer: Peer, commented: int
) -> None:
    peer.answers = [400]
    about = world.rows("SELECT id FROM conversations_message")[0][0]
    told = world.act(operations.take_up, world.dora, commented, HELLO, client_id="r1", about=about)
    number = int(str(world.rows("SELECT max(id) FROM conversations_message")[0][0]))
    world.act(
        operations.reply_in_public,
        world.dora,
        commented,
        HELLO,
        client_id="r2",
        points_to=number,
    )
    send(lambda: states(world) == ["failed", "failed"])

    assert told.message.id == public("msg", number)
    assert peer.calls == []


# --- moderation --------------------------------------------------------------------


def test_what_is_hidden_is_hidden_at_the_provider_and_told(
    world: World, peer: Peer, commented: int
) -> None:
    about = world.rows("SELECT id FROM conversations_message")[0][0]
    for _ in range(2):
        world.act(operations.moderate, world.dora, about, Moderation.HIDE)
    with pytest.raises(NotAllowed):
        world.act(operations.moderate, world.enzo, about, Moderation.DELETE)
    send(lambda: world.rows("SELECT state FROM conversations_moderation") == [("carried_out",)])

    assert peer.calls == [{"moderate": "hide", "message": "c1"}]
    shown = world.ask(queries.message, world.dora, about).public
    assert (shown.hidden, shown.liked, shown.deleted) == (True, False, False)
    told = "SELECT body ->> 'state' FROM core_event WHERE type = 'moderation_changed' ORDER BY id"
    assert world.rows(told) == [("pending",), ("carried_out",)]


def test_a_moderation_that_is_refused_says_why(world: World, peer: Peer, commented: int) -> None:
    about = world.rows("SELECT id FROM conversations_message")[0][0]
    peer.answers = [400]
    world.act(operations.moderate, world.dora, about, Moderation.DELETE)
    send(lambda: world.rows("SELECT state FROM conversations_moderation") != [("pending",)])

    assert world.rows("SELECT state FROM conversations_moderation") == [("failed",)]
    assert not world.ask(queries.message, world.dora, about).public.deleted
