"""What comes in is understood once, in order, and nothing that fails stops anybody else."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from filo.channels import registry
from filo.channels.contract import Fact, Handle, OptedOut, Said, Text
from filo.channels.operations import connect
from filo.channels.queries import load
from filo.intake import operations, queries
from filo.intake.directory import doors
from filo.intake.types import Read
from filo.intake.understanding import digest, understand
from filo.staff.types import NotAllowed
from tests.world import NOON, World

LATER = NOON + timedelta(minutes=1)


def test_a_message_becomes_a_customer_a_case_and_a_thread(world: World) -> None:
    world.events(world.said("m1", "ada", "Posso cambiare volo?"), world.said("m2", "ada", "Grazie"))

    world.read_all()

    assert world.rows("SELECT name FROM customers_customer") == [("Ada",)]
    assert world.rows("SELECT seq, direction FROM conversations_message ORDER BY id") == [
        (1, "in"),
        (2, "in"),
    ]
    assert world.rows(
        "SELECT status, owner_type, unread, last_text, due_at IS NOT NULL FROM conversations_case"
    ) == [("open", "queue", 2, "Grazie", True)]
    assert [
        row[0]
        for row in world.rows("SELECT type FROM core_event WHERE customer IS NOT NULL ORDER BY id")
    ] == [
        "case_opened",
        "message_received",
        "message_received",
    ]


def test_the_same_event_again_changes_nothing(world: World) -> None:
    event = world.said("m1", "ada", "Ciao")
    world.events(event, event)
    world.read_all()
    world.events(event)

    world.read_all()

    assert world.rows("SELECT count(*) FROM conversations_message") == [(1,)]
    assert world.rows("SELECT count(*) FROM intake_conflict") == [(0,)]


def test_the_same_key_with_another_body_loses_and_is_kept_to_be_looked_at(world: World) -> None:
    world.events(world.said("m1", "ada", "Ciao"))
    world.read_all()
    world.events(world.said("m1", "ada", "Something else"))

    world.read_all()

    assert world.rows("SELECT last_text FROM conversations_case") == [("Ciao",)]
    assert world.rows("SELECT count(*) FROM intake_conflict") == [(1,)]
    assert world.rows("SELECT conflicts FROM channels_health") == [(1,)]


def test_an_album_of_ten_in_parallel_twice_is_one_thread_of_ten(world: World) -> None:
    """Regression 1 (chatwoot#14058)."""
    for _ in range(2):
        for n in range(10):
            world.events(world.said(f"photo{n}", "ada", f"photo {n}"))

    world.read_all()

    assert world.rows("SELECT count(*), max(seq) FROM conversations_message") == [(10, 10)]
    assert world.rows("SELECT count(*) FROM conversations_case") == [(1,)]


def test_a_poison_fact_waits_and_holds_back_its_own_identity_only(world: World) -> None:
    world.connection.execute(POISON)
    world.events(world.said("m1", "ada", "poison"), world.said("m2", "bea", "Buongiorno"))
    world.events(world.said("m3", "ada", "dopo"))

    world.read_all()

    assert world.rows("SELECT last_text FROM conversations_case") == [("Buongiorno",)]
    assert world.rows("SELECT who, tries FROM intake_parked ORDER BY id") == [
        (f"{world.space}:ada", 0),
        (f"{world.space}:ada", 0),
    ]


def test_a_cured_fact_goes_through_with_those_that_waited_behind_it(world: World) -> None:
    world.connection.execute(POISON)
    world.events(world.said("m1", "ada", "poison"))
    world.events(world.said("m2", "ada", "dopo"))
    world.read_all()
    world.connection.execute("DROP TRIGGER poison ON conversations_message")

    world.retry(times=2)

    assert world.rows("SELECT seq, provider_id FROM conversations_message ORDER BY id") == [
        (1, "m1"),
        (2, "m2"),
    ]
    assert world.rows("SELECT count(*) FROM intake_parked") == [(0,)]


def test_after_five_tries_it_is_a_dead_letter_and_the_identity_goes_on(world: World) -> None:
    world.connection.execute(POISON)
    world.events(world.said("m1", "ada", "poison"))
    world.events(world.said("m2", "ada", "dopo"))
    world.read_all()

    world.retry(times=6)

    assert world.rows("SELECT dead, tries FROM intake_parked") == [(True, 5)]
    assert world.rows("SELECT last_text FROM conversations_case") == [("dopo",)]


def test_what_cannot_be_read_is_kept_and_shown(world: World) -> None:
    world.events({"type": "hologram", "id": "h1", "at": "2026-11-22T12:00:00Z"})
    world.events(world.said("m1", "ada", "Ciao"))

    world.read_all()

    states = world.rows("SELECT state, reason <> '' FROM intake_journal ORDER BY id")
    assert states == [(2, True), (1, False)]


def test_one_fact_and_a_thousand_cost_the_same_number_of_statements(world: World) -> None:
    def spent(many: int, start: int) -> int:
        for n in range(start, start + many, 100):
            world.events(
                *[world.said(f"m{i}", f"p{i}", "Ciao") for i in range(n, n + min(many, 100))]
            )
        return world.statements(world.read_all)

    assert spent(1, 0) == spent(1_000, 1_000)


def test_words_of_somebody_known_cost_fourteen_statements(world: World) -> None:
    world.writes("ada", "Ciao")
    world.events(world.said("m9", "ada", "Ci siete?"))

    assert world.statements(lambda: world.pipeline.once(world.connection)) == 14


POISON = """
CREATE OR REPLACE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parts::text LIKE '%poison%' THEN RAISE EXCEPTION 'poison'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER poison BEFORE INSERT ON conversations_message
    FOR EACH ROW EXECUTE FUNCTION poison();
"""


def test_a_revived_dead_letter_is_understood_and_a_replay_repeats_nothing(world: World) -> None:
    world.connection.execute(POISON)
    world.events(world.said("m1", "ada", "poison"))
    world.read_all()
    world.retry(times=6)
    world.connection.execute("DROP TRIGGER poison ON conversations_message")
    boss = world.act(world.hire, "boss@brezza.example", "Boss", role="admin")
    letters = [int(letter.id) for letter in world.ask(queries.dead, boss)]

    assert world.act(operations.revive, boss, letters) == 1
    world.retry(times=1)
    journals = [row[0] for row in world.rows("SELECT id FROM intake_journal")]
    assert world.act(operations.replay, boss, journals) == 1
    world.read_all()

    assert world.rows("SELECT count(*) FROM conversations_message") == [(1,)]


def test_replaying_the_call_of_a_dead_letter_takes_it_off_the_list(world: World) -> None:
    world.connection.execute(POISON)
    world.events(world.said("m1", "ada", "poison"))
    world.read_all()
    world.retry(times=6)
    world.connection.execute("DROP TRIGGER poison ON conversations_message")
    boss = world.act(world.hire, "boss@brezza.example", "Boss", role="admin")

    world.act(
        operations.replay, boss, [row[0] for row in world.rows("SELECT id FROM intake_journal")]
    )
    world.read_all()

    assert world.ask(queries.dead, boss) == []
    assert world.rows("SELECT count(*) FROM conversations_message") == [(1,)]


@pytest.mark.parametrize(("kind", "answered"), [("apple", True), ("sms", False)])
def test_writing_again_opens_a_closed_road_where_the_channel_says_so(
    world: World, kind: str, answered: bool
) -> None:
    settings = {one.name: "x" for one in registry.connector(kind).card.settings if one.required}
    channel = world.act(connect, kind, "Again", world.team, settings)
    known = doors(world.ask(load))
    who = Handle("phone", "+393331234567")

    told: list[Fact] = [
        Said("1", NOON, who, (Text("Ciao"),)),
        OptedOut("2", who, NOON + timedelta(minutes=1)),
        Said("3", NOON + timedelta(minutes=2), who, (Text("Ancora io"),)),
    ]

    for n, fact in enumerate(told):
        world.act(understand, [Read(n, 0, channel, NOON, fact)], known)

    [(state,)] = world.rows("SELECT state FROM customers_identity")
    assert state == ("" if answered else "blocked")


def test_only_administrators_see_what_came_in_raw(world: World) -> None:
    for question in (queries.unread, queries.dead, queries.conflicts):
        with pytest.raises(NotAllowed):
            world.ask(question, world.dora)


def test_a_repeat_that_tells_no_time_of_its_own_is_no_conflict() -> None:
    """A tap on Telegram has no time: each delivery of it reaches us at another moment."""
    tap = Said("tap/1", NOON, Handle("telegram", "42"), (Text("Sì"),))
    later = msgspec.structs.replace(tap, at=LATER)

    assert digest(Read(1, 0, 1, NOON, tap)) == digest(Read(2, 0, 1, LATER, later))
    assert digest(Read(1, 0, 1, NOON, tap)) != digest(Read(2, 0, 1, LATER, tap))
