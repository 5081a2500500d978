"""Words are found among few messages and among many, the newest hundreds of them ranked."""

from __future__ import annotations

from filo.channels.operations import connect
from filo.conversations import finding
from filo.conversations.queries import search
from filo.conversations.types import Hit
from tests.world import World


def found(world: World, words: str, **more: object) -> list[Hit]:
    return list(world.ask(search, world.dora, words, **more).items)


def many(world: World, text: str, count: int) -> None:
    """Copies of the last message, with other words."""
    world.connection.execute(
        "INSERT INTO conversations_message (customer_id, case_id, identity_id, channel_id, seq,"
        " direction, parts, ts, said_at)"
        " SELECT customer_id, case_id, identity_id, channel_id, seq + n, direction,"
        " jsonb_build_array(jsonb_build_object('type', 'text', 'text', %(text)s::text)),"
        " to_tsvector('simple', %(text)s), said_at"
        " FROM (SELECT * FROM conversations_message ORDER BY id DESC LIMIT 1) AS m,"
        " generate_series(1, %(count)s) AS n",
        {"text": text, "count": count},
    )
    world.connection.execute(
        "UPDATE customers_identity SET last_seq = (SELECT max(seq) FROM conversations_message)"
    )


def test_a_seldom_word_is_found_behind_thousands_of_newer_messages(world: World) -> None:
    world.writes("ada", "Ho perso la chitarra")
    many(world, "Buongiorno", finding.NEWEST + 100)

    [hit] = found(world, "chitarra")

    assert hit.text == "Ho perso la chitarra"


def test_a_word_of_some_is_looked_for_as_far_back_as_it_takes(world: World) -> None:
    world.writes("ada", "Ciao")
    many(world, "Il volo", finding.ENOUGH)
    many(world, "Buongiorno", finding.NEWEST)
    world.writes("ada", "Il volo è in ritardo")

    assert len(found(world, "volo", limit=500)) == finding.ENOUGH + 1


def test_of_a_common_word_the_newest_hundreds_are_ranked(world: World) -> None:
    world.writes("ada", "Ciao")
    many(world, "Buongiorno", finding.NEWEST)

    page = world.ask(search, world.dora, "buongiorno", limit=1_000)

    assert len(page.items) == finding.MOST_HITS


def test_pages_of_hits_do_not_overlap(world: World) -> None:
    world.writes("ada", "Ciao")
    many(world, "Buongiorno", 30)

    first = world.ask(search, world.dora, "buongiorno", limit=20)
    second = world.ask(search, world.dora, "buongiorno", limit=20, after=first.next)

    assert len({hit.message for hit in (*first.items, *second.items)}) == 30


def test_the_hits_of_other_teams_do_not_hide_those_of_ones_own(world: World) -> None:
    settings = {"secret": "s" * 32, "deliver_to": ""}
    bags = world.act(connect, "http", "Bagagli", world.elsewhere, settings)
    world.events(world.said("b1", "bea", "Un ritardo della valigia"), channel=bags)
    world.writes("ada", "Ciao")
    many(world, "ritardo", finding.MOST_HITS + 100)

    found = world.ask(search, world.stranger, "ritardo").items

    assert [hit.text for hit in found] == ["Un ritardo della valigia"]
