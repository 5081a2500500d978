"""Answers leave once, over the right road, and never past words that were not seen."""

from __future__ import annotations

import pytest

from filo.channels.contract import Text
from filo.conversations import operations, queries
from filo.conversations.types import CannotSend, CaseFilter, NewerWords, NotFound
from filo.core.ids import number
from filo.staff.types import NotAllowed
from tests.world import World

HELLO = (Text("Buongiorno, eccomi."),)


def test_an_answer_is_stored_with_its_delivery_and_the_case_waits(world: World) -> None:
    case = world.writes("ada", "Ciao")

    written = world.act(operations.reply, world.dora, case, HELLO, client_id="c1")

    assert written.new
    assert (written.message.direction, written.message.seq) == ("out", 2)
    assert [d.state for d in written.message.deliveries] == ["pending"]
    view = world.ask(queries.case, world.dora, case)
    assert (view.status, view.due_at, view.owner.name) == ("waiting", None, "Dora")


def test_the_same_client_id_again_is_the_same_message(world: World) -> None:
    case = world.writes("ada", "Ciao")
    first = world.act(operations.reply, world.dora, case, HELLO, client_id="c1")

    again = world.act(operations.reply, world.dora, case, HELLO, client_id="c1")

    assert not again.new
    assert again.message == first.message


def test_words_that_the_writer_had_not_seen_stop_the_answer(world: World) -> None:
    case = world.writes("ada", "Ciao")
    seen = number("msg", world.ask(queries.case, world.dora, case).last_message)
    world.writes("ada", "Anzi, no")

    with pytest.raises(NewerWords) as stopped:
        world.act(operations.reply, world.dora, case, HELLO, client_id="c1", last_seen=seen)

    assert [m.parts for m in stopped.value.newer] == [(Text("Anzi, no"),)]


def test_a_stranger_finds_nothing_anywhere(world: World) -> None:
    """Regression 12 (chatwoot#10221, #15384): list, counter, search, address."""
    case = world.writes("ada", "segretissimo")
    customer = number("cus", world.ask(queries.case, world.dora, case).customer)

    assert world.ask(queries.cases, world.stranger, CaseFilter()).items == ()
    assert world.ask(queries.counts, world.stranger).all == 0
    assert world.ask(queries.search, world.stranger, "segretissimo").items == ()
    assert world.ask(queries.search, world.stranger, "ada").items == ()
    for question, id_ in ((queries.case, case), (queries.thread, customer)):
        with pytest.raises(NotFound):
            world.ask(question, world.stranger, id_)
    with pytest.raises(NotFound):
        world.act(operations.reply, world.stranger, case, HELLO, client_id="x")
    assert len(world.ask(queries.search, world.dora, "segretissimo").items) == 1


def test_a_recalled_answer_leaves_the_case_as_it_was(world: World) -> None:
    case = world.writes("ada", "Ciao")
    before = world.ask(queries.case, world.dora, case)
    from datetime import timedelta

    written = world.act(
        operations.reply, world.dora, case, HELLO, client_id="c", hold=timedelta(seconds=10)
    )

    text = world.act(operations.recall, world.dora, number("msg", written.message.id))

    assert text == "Buongiorno, eccomi."
    assert not world.rows("SELECT 1 FROM conversations_delivery WHERE spoken::text LIKE '%eccomi%'")
    after = world.ask(queries.case, world.dora, case)
    assert (after.status, after.due_at, after.last_text) == ("open", before.due_at, "Ciao")


def test_a_colleague_s_case_is_not_taken_but_by_who_leads(world: World) -> None:
    case = world.writes("ada", "Ciao")
    world.act(operations.take, world.dora, case)

    with pytest.raises(NotAllowed):
        world.act(operations.take, world.enzo, case)


def test_a_solved_case_reopens_when_the_customer_writes_within_the_grace(world: World) -> None:
    case = world.writes("ada", "Ciao")
    world.act(operations.solve, world.dora, case)

    again = world.writes("ada", "Ancora io")

    assert again == case
    assert world.ask(queries.case, world.dora, case).status == "open"


def test_nothing_is_answered_in_a_solved_case(world: World) -> None:
    case = world.writes("ada", "Ciao")
    world.act(operations.solve, world.dora, case)

    with pytest.raises(CannotSend):
        world.act(operations.reply, world.dora, case, HELLO, client_id="c")


def test_pages_of_the_queue_follow_one_another_without_gap_or_repeat(world: World) -> None:
    for n in range(7):
        world.writes(f"p{n}", "Ciao")
    world.act(operations.reply, world.dora, world.writes("p0", "ancora"), HELLO, client_id="c")
    seen: list[str] = []
    cursor = None

    while True:
        page = world.ask(queries.cases, world.dora, CaseFilter(), after=cursor, limit=3)
        seen += [case.id for case in page.items]
        cursor = page.next
        if cursor is None:
            break

    assert len(seen) == len(set(seen)) == 7


def test_notes_are_for_staff_and_name_colleagues(world: World) -> None:
    case = world.writes("ada", "Ciao")

    world.act(
        operations.note, world.dora, case, "@Enzo?", client_id="n", mentions=[world.enzo.staff]
    )

    assert [view.id for view in world.ask(queries.mentions, world.enzo)] == [
        world.ask(queries.case, world.dora, case).id
    ]
    world.act(operations.mark_read, world.enzo, case)
    assert world.ask(queries.mentions, world.enzo) == ()
