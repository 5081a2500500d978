"""A reaction that came as words is one on the message that it quotes; else it stays words."""

from __future__ import annotations

from datetime import timedelta

from filo.channels.contract import Handle, Said, Text
from filo.conversations import operations
from filo.conversations.types import Heard
from filo.core import clock
from filo.core.ids import public
from tests.world import World

HOUR = timedelta(hours=1)


def reacts(world: World, words: str, emoji: str, quoted: str, id_: str = "t1") -> None:
    [(identity, customer)] = world.rows("SELECT id, customer_id FROM customers_identity")
    context = {"tapback": emoji, "quoted": quoted}
    who = Handle(world.space, "ada")
    said = Said(id_, clock.now(), who, (Text(words),), context=context, automatic=True)
    heard = Heard(
        said, world.channel, world.team, HOUR, 1, said.at, int(str(identity)), int(str(customer))
    )
    world.act(operations.receive, [heard])


def sent(world: World, case: int, text: str) -> str:
    world.act(operations.reply, world.dora, case, [Text(text)], client_id=text)
    [(message,)] = world.rows("SELECT max(id) FROM conversations_message")
    world.connection.execute(
        "UPDATE conversations_delivery SET provider_id = %s WHERE message_id = %s",
        [f"p{message}", message],
    )
    return public("msg", int(str(message)))


def test_a_thumb_in_words_stands_on_what_it_quotes_and_can_be_taken_back(world: World) -> None:
    case = world.writes("ada", "Ciao")
    sent(world, case, "A domani")
    sent(world, case, "Alle nove?")

    reacts(world, "Liked “A domani”", "👍", "A domani")

    [(on, emoji)] = world.rows(
        "SELECT m.parts -> 0 ->> 'text', r.emoji FROM conversations_reaction AS r"
        " JOIN conversations_message AS m ON m.id = r.message_id"
    )
    assert (on, emoji) == ("A domani", "👍")
    assert world.rows("SELECT count(*) FROM conversations_message") == [(3,)]
    reacts(world, "Removed a like from “A domani”", "", "A domani", "t2")
    assert world.rows("SELECT emoji FROM conversations_reaction") == [("",)]


def test_what_quotes_nothing_we_know_stays_words(world: World) -> None:
    case = world.writes("ada", "Ciao")
    sent(world, case, "A domani")

    reacts(world, "Liked “Altra cosa”", "👍", "Altra cosa")

    assert world.rows("SELECT count(*) FROM conversations_reaction") == [(0,)]
    assert world.rows(
        "SELECT parts -> 0 ->> 'text' FROM conversations_message ORDER BY id DESC LIMIT 1"
    ) == [("Liked “Altra cosa”",)]
