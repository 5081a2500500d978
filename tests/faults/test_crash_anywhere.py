"""Fault 2: whatever statement a process dies at, all that belongs together happened or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import psycopg
from psycopg_pool import AsyncConnectionPool

from filo.channels.contract import Receipt, Text
from filo.conversations import operations
from filo.conversations.ledger import Ledger
from filo.conversations.sending import Due, taken
from filo.core import home
from filo.core.db import AsyncConnection, Connection
from tests.faults.mortal import Fate, mortal, mortal_kind
from tests.world import World

TABLES = (
    "conversations_message", "conversations_case", "conversations_delivery", "customers_customer",
    "conversations_reaction", "customers_identity", "intake_seen", "core_event",
)  # fmt: skip
OWNER = 7


def state(world: World) -> tuple[object, ...]:
    """How much of everything there is, what was read, and how deliveries stand."""
    many = [world.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES]  # noqa: S608
    read = world.rows("SELECT state FROM intake_journal ORDER BY id")
    sent = world.rows("SELECT state, provider_id, attempt FROM conversations_delivery ORDER BY id")
    cases = world.rows("SELECT status, unread FROM conversations_case ORDER BY id")
    return (*many, *read, *sent, *cases)


def die_everywhere(world: World, work: Callable[[Connection], object]) -> int:
    """Do the work with a session that dies one statement later each time; returns how many."""
    before, after = state(world), 0
    while True:
        connection, fate = mortal(world.connection, after)
        with suppress(psycopg.OperationalError):
            work(connection)
        connection.close()
        if not fate.struck:
            assert state(world) != before
            return after
        assert state(world) == before, f"half of it stayed, at statement {after}"
        after += 1


def test_fault_2_a_batch_of_the_pipeline_happens_wholly_or_not_at_all(world: World) -> None:
    world.events(world.said("m0", "ada", "Ciao"))
    world.read_all()
    world.events(
        world.said("m1", "ada", "Ciao") | {"answers": "m0"},
        world.said("m2", "bea", "Buongiorno"),
        {"type": "reacted", "id": "r", "message": "m0", "emoji": "👍", "from": {"id": "ada"}},
        {"type": "edited", "id": "e", "message": "m1", "parts": [{"type": "text", "text": "x"}],
         "from": {"id": "ada"}},
    )  # fmt: skip
    world.pipeline.doors()

    tried = die_everywhere(world, world.pipeline.once)

    assert tried > 20
    assert world.rows("SELECT state FROM intake_journal ORDER BY id") == [(1,), (1,)]


def test_fault_2_an_answer_is_written_wholly_or_not_at_all(world: World) -> None:
    case = world.writes("ada", "Ciao")

    def reply(connection: Connection) -> None:
        with connection.transaction():
            cur = connection.cursor()
            operations.reply(cur, world.dora, case, [Text("Eccomi")], client_id="c")

    assert die_everywhere(world, reply) > 8


def test_fault_2_what_became_of_an_answer_is_written_wholly_or_not_at_all(world: World) -> None:
    case = world.writes("ada", "Ciao")
    world.act(operations.reply, world.dora, case, [Text("Eccomi")], client_id="c")
    world.events(
        {"type": "reported", "id": "p", "message": "theirs", "state": "read", "from": {"id": "ada"}}
    )
    world.read_all()
    due = asyncio.run(_own(world))

    before, after = state(world), 0
    while True:
        fate = Fate(world.connection, after)
        asyncio.run(_receipt(fate, due))
        if not fate.struck:
            break
        assert state(world) == before, f"half of it stayed, at statement {after}"
        after += 1

    assert after > 3
    assert world.rows("SELECT state, provider_id FROM conversations_delivery") == [
        ("read", "theirs")
    ]


async def _own(world: World) -> Due:
    async with Ledger.open(home.database_url()) as ledger:
        (due,) = await ledger.take_turns(OWNER, 1)
        return due


async def _receipt(fate: Fate, due: Due) -> None:
    async with AsyncConnectionPool[AsyncConnection](
        home.database_url(),
        connection_class=mortal_kind(fate),
        min_size=1,
        max_size=1,
        open=False,
        kwargs={"autocommit": True},
    ) as pool:
        with suppress(psycopg.OperationalError):
            await Ledger(pool).write_down(due, taken(Receipt(id="theirs")), OWNER)
