"""What is promised leaves once, or is openly marked; a dead sender's work is taken over."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from filo.channels.contract import Text
from filo.channels.operations import change
from filo.conversations import operations
from filo.conversations.sender import LOCK_SPACE, Sender
from filo.conversations.sending import MOST_ATTEMPTS
from filo.core import home
from filo.core.ids import public
from tests.peer import Peer, listening
from tests.world import World

HELLO = (Text("Buongiorno."),)


@pytest.fixture
def peer(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    monkeypatch.setenv("FILO_ALLOW_PRIVATE_ADDRESSES", "1")
    with listening() as peer:
        world.act(change, world.channel, settings={"deliver_to": peer.url})
        yield peer


def answer(world: World, text: str = "Buongiorno.", **more: Any) -> None:
    world.count += 1
    case = world.rows("SELECT id FROM conversations_case")[0][0]
    world.act(
        operations.reply, world.dora, case, (Text(text),), client_id=f"c{world.count}", **more
    )


def states(world: World) -> list[Any]:
    return [row[0] for row in world.rows("SELECT state FROM conversations_delivery ORDER BY id")]


def reasons(world: World) -> list[Any]:
    return [row[0] for row in world.rows("SELECT reason FROM conversations_delivery ORDER BY id")]


def run(until: Callable[[], bool], *senders: Sender, seconds: float = 15) -> None:
    asyncio.run(_run(until, senders or (Sender(),), seconds))


async def _run(until: Callable[[], bool], senders: tuple[Sender, ...], seconds: float) -> None:
    work = [asyncio.create_task(sender.run()) for sender in senders]
    try:
        async with asyncio.timeout(seconds):
            while not await asyncio.to_thread(until):  # noqa: ASYNC110 -- what we wait for is in the database
                await asyncio.sleep(0.02)
    finally:
        for sender in senders:
            sender.stop()
        await asyncio.gather(*work)


def test_an_answer_reaches_the_customer_s_side_once(world: World, peer: Peer) -> None:
    world.writes("ada", "Ciao")
    answer(world)

    run(lambda: states(world) == ["sent"])

    assert peer.texts == ["Buongiorno."]


def test_answers_to_one_person_arrive_in_their_order(world: World, peer: Peer) -> None:
    world.writes("ada", "Ciao")
    for n in range(5):
        answer(world, f"riga {n}")
    peer.answers = [503]

    run(lambda: states(world) == ["sent"] * 5)

    assert peer.texts == [f"riga {n}" for n in range(5)]


def test_a_provider_that_puts_off_for_two_days_is_not_asked_for_ever(
    world: World, peer: Peer
) -> None:
    world.writes("ada", "Ciao")
    answer(world)
    world.connection.execute("UPDATE conversations_delivery SET attempt = %s", [MOST_ATTEMPTS - 1])
    peer.answers = [503]

    run(lambda: states(world) == ["failed"])

    assert peer.texts == []


def test_more_than_fit_at_once_leave_without_waiting_for_a_bell(world: World, peer: Peer) -> None:
    for n in range(6):
        case = world.writes(f"p{n}", "Ciao")
        world.act(operations.reply, world.dora, case, HELLO, client_id=f"c{n}")

    run(lambda: states(world) == ["sent"] * 6, Sender(at_once=2, look=5), seconds=4)

    assert len(peer.texts) == 6


def test_two_senders_send_each_answer_once(world: World, peer: Peer) -> None:
    world.writes("ada", "Ciao")
    for n in range(10):
        answer(world, f"riga {n}")

    run(lambda: states(world) == ["sent"] * 10, Sender(), Sender())

    assert sorted(peer.texts) == sorted(f"riga {n}" for n in range(10))


def test_a_refused_token_holds_what_waits_and_burns_nothing(world: World, peer: Peer) -> None:
    """Regression 11 (chatwoot#9708): token expired -> held, not sent."""
    world.writes("ada", "Ciao")
    answer(world)
    answer(world, "dopo")
    peer.answers = [401]

    run(lambda: reasons(world) == ["held", "held"])

    assert states(world) == ["pending", "pending"]
    assert world.rows("SELECT state FROM channels_health") == [("needs_you",)]


def test_a_lost_answer_of_class_k_is_sent_again_with_the_same_key(world: World, peer: Peer) -> None:
    world.writes("ada", "Ciao")
    answer(world)
    peer.answers = ["cut"]

    run(lambda: states(world) == ["sent"])

    assert peer.texts == ["Buongiorno."]


def test_a_provider_that_never_answers_is_not_told_for_ever(world: World, peer: Peer) -> None:
    world.writes("ada", "Ciao")
    answer(world)
    world.connection.execute("UPDATE conversations_delivery SET attempt = %s", [MOST_ATTEMPTS - 1])
    peer.answers = ["cut"]

    run(lambda: states(world) == ["uncertain"])


def test_a_lost_answer_of_class_l_is_asked_for(world: World, peer: Peer) -> None:
    world.act(change, world.channel, settings={"class": "L"})
    world.writes("ada", "Ciao")
    answer(world)
    peer.answers = ["cut"]

    run(lambda: states(world) == ["sent"])

    assert peer.texts == ["Buongiorno."]


def test_a_lost_answer_of_class_l_is_asked_for_only_when_it_must_have_arrived(
    world: World, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked at once, a provider that is slow to take it says no, and would hear it twice."""
    monkeypatch.setenv("FILO_SEND_TIMEOUT", "1")
    world.act(change, world.channel, settings={"class": "L"})
    world.writes("ada", "Ciao")
    answer(world)
    peer.keyed = False
    peer.answers = ["hang"]
    late = threading.Timer(2, peer.release.set)
    late.start()

    run(lambda: states(world) == ["sent"], Sender(settle=2))
    late.join()

    assert peer.texts == ["Buongiorno."]


def test_a_lost_answer_of_class_f_is_openly_uncertain(world: World, peer: Peer) -> None:
    world.act(change, world.channel, settings={"class": "F"})
    world.writes("ada", "Ciao")
    answer(world)
    peer.answers = ["cut"]

    run(lambda: states(world) == ["uncertain"])

    assert peer.texts == ["Buongiorno."]


def test_what_a_dead_sender_left_is_taken_over_by_class(world: World, peer: Peer) -> None:
    world.writes("ada", "Ciao")
    answer(world)
    world.connection.execute(
        "UPDATE conversations_delivery SET owner = 7, attempt = 1,"
        " attempted_at = now() - interval '1 minute'"
    )

    run(lambda: states(world) == ["sent"])

    assert peer.texts == ["Buongiorno."]


def test_what_a_living_sender_owns_is_never_taken_over(world: World, peer: Peer) -> None:
    world.writes("ada", "Ciao")
    answer(world)
    with psycopg.connect(home.database_url(), autocommit=True) as paused:
        paused.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_SPACE, 7])
        world.connection.execute(
            "UPDATE conversations_delivery SET owner = 7, attempt = 1,"
            " attempted_at = now() - interval '1 hour'"
        )
        answer(world, "dopo")

        asyncio.run(_turn(Sender()))

    assert peer.texts == []


async def _turn(sender: Sender) -> None:
    """Long enough for two sweeps."""
    work = asyncio.create_task(sender.run())
    await asyncio.sleep(2.5)
    sender.stop()
    await work


def test_a_late_writer_is_fenced_off(world: World, peer: Peer) -> None:
    world.writes("ada", "Ciao")
    answer(world)
    peer.answers = ["hang"]

    def overtaken() -> bool:
        if world.rows("SELECT owner FROM conversations_delivery WHERE owner IS NOT NULL"):
            world.connection.execute(
                "UPDATE conversations_delivery SET attempt = 9, owner = NULL, state = 'read'"
            )
            peer.release.set()
            return True
        return False

    run(overtaken)

    assert states(world) == ["read"]


def test_an_undone_answer_never_leaves(world: World, peer: Peer) -> None:
    world.writes("ada", "Ciao")
    answer(world, hold=timedelta(seconds=10))
    message = world.rows("SELECT max(id) FROM conversations_message")[0][0]
    world.act(operations.recall, world.dora, message)
    answer(world, "invece")

    run(lambda: states(world) == ["failed", "sent"])

    assert peer.texts == ["invece"]


def test_a_report_that_overtakes_the_receipt_is_applied(world: World, peer: Peer) -> None:
    world.writes("ada", "Ciao")
    answer(world)
    ref = world.rows("SELECT id FROM conversations_delivery")[0][0]
    world.events(
        {
            "type": "reported",
            "id": "r1",
            "at": "2026-11-22T12:00:00Z",
            "from": {"id": "ada"},
            "message": f"their-{public('dlv', int(str(ref)))}",
            "state": "delivered",
        }
    )
    world.read_all()

    run(lambda: states(world) == ["delivered"])


def test_what_our_own_database_refused_before_it_was_said_is_not_in_doubt(
    world: World, peer: Peer
) -> None:
    world.act(change, world.channel, settings={"class": "F"})
    world.writes("ada", "Ciao")
    answer(world)
    world.connection.execute("ALTER TABLE conversations_message RENAME parts TO hidden")

    run(lambda: reasons(world) == ["later"])
    world.connection.execute("ALTER TABLE conversations_message RENAME hidden TO parts")
    run(lambda: states(world) == ["sent"])

    assert peer.texts == ["Buongiorno."]


REFUSES = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'not now'; END $$;
CREATE TRIGGER refuse BEFORE UPDATE ON conversations_delivery
    FOR EACH ROW WHEN (NEW.state = 'sent') EXECUTE FUNCTION refuse();
"""


def test_an_outcome_that_could_not_be_written_down_does_not_keep_a_delivery_for_ever(
    world: World, peer: Peer
) -> None:
    world.writes("ada", "Ciao")
    answer(world)
    world.connection.execute(REFUSES)

    def arrived() -> bool:
        if world.rows("SELECT 1 FROM conversations_delivery WHERE attempt > 1"):
            world.connection.execute("DROP TRIGGER IF EXISTS refuse ON conversations_delivery")
        return states(world) == ["sent"]

    run(arrived, Sender(older=0.5))

    assert peer.texts == ["Buongiorno."]
