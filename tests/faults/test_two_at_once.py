"""Fault 12: two agents answer at once. Nothing is lost, and nobody answers unseen words unasked."""

from __future__ import annotations

import threading
from collections.abc import Callable

from filo.channels.contract import Text
from filo.conversations import operations
from filo.conversations.types import NewerWords
from filo.core.db import connect
from filo.staff.types import NotAllowed
from tests.world import World


def at_once(*deeds: Callable[[], None]) -> None:
    """All of them, each from its own thread, from one moment on."""
    ready = threading.Barrier(len(deeds))

    def begin(deed: Callable[[], None]) -> None:
        ready.wait()
        deed()

    threads = [threading.Thread(target=begin, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_fault_12_words_that_come_while_two_answer_stop_whoever_has_not_seen_them(
    world: World, long: bool
) -> None:
    case = world.writes("ada", "Ciao")
    with connect(name="dora") as dora, connect(name="enzo") as enzo:
        for turn in range(10_000 if long else 200):
            (seen,) = world.rows("SELECT max(id) FROM conversations_message")[0]
            verdicts: dict[str, str] = {}

            def answer(
                name: str,
                turn: int = turn,
                seen: object = seen,
                verdicts: dict[str, str] = verdicts,
            ) -> None:
                connection = dora if name == "dora" else enzo
                who = world.dora if name == "dora" else world.enzo
                try:
                    with connection.transaction():
                        cur = connection.cursor()
                        operations.reply(
                            cur, who, case, [Text(name)], client_id=f"{name}{turn}",
                            last_seen=int(str(seen)),
                        )  # fmt: skip
                    verdicts[name] = "written"
                except NewerWords:
                    verdicts[name] = "stopped"

            def write(turn: int = turn) -> None:
                world.events(world.said(f"turn{turn}", "ada", "Anzi"))
                world.read_all()

            at_once(lambda: answer("dora"), lambda: answer("enzo"), write)
            since = world.rows(
                "SELECT parts->0->>'text' FROM conversations_message WHERE id > %s ORDER BY id",
                seen,
            )
            words = [str(text) for (text,) in since]
            heard = words.index("Anzi")
            assert set(words[:heard]) == {
                n for n, verdict in verdicts.items() if verdict == "written"
            }
            assert words[heard + 1 :] == []  # nobody answered past words they had not seen
            assert len(verdicts) == 2


def test_fault_12_one_case_is_taken_by_one_of_two(world: World) -> None:
    case = world.writes("ada", "Ciao")
    for _ in range(20):
        world.connection.execute("UPDATE conversations_case SET owner_type='queue', owner_id=NULL")
        refused: list[str] = []

        def take(name: str, refused: list[str] = refused) -> None:
            who = world.dora if name == "dora" else world.enzo
            with connect(name=name) as own:
                try:
                    with own.transaction():
                        operations.take(own.cursor(), who, case)
                except NotAllowed:
                    refused.append(name)

        at_once(lambda: take("dora"), lambda: take("enzo"))
        assert len(refused) == 1
