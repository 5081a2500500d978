"""A number or a label typed back is understood as the choice, and costs others nothing."""

from __future__ import annotations

from filo.channels.contract import (
    Carousel,
    Choice,
    Option,
    Part,
    RichCard,
    Survey,
    Text,
)
from filo.conversations import operations
from tests.world import World

SEAT = Choice("Quale posto?", (Option("a", "Corridoio"), Option("w", "Finestrino")))
CITIES = Carousel(
    (
        RichCard("Roma", options=(Option("rome", "Roma"),)),
        RichCard("Oslo", options=(Option("oslo", "Oslo"), Option("x", "Mappa", url="https://x/m"))),
    )
)


def asked(world: World, *parts: Part) -> None:
    case = world.writes("ada", "Ciao")
    world.act(operations.reply, world.dora, case, parts, client_id="q1")


def understood(world: World, words: str) -> tuple[object, object]:
    world.writes("ada", words)
    [row] = world.rows(
        "SELECT context ->> 'choice', context ->> 'chosen' FROM conversations_message"
        " ORDER BY id DESC LIMIT 1"
    )
    return row[0], row[1]


def test_a_number_typed_back_is_the_choice(world: World) -> None:
    asked(world, SEAT)

    assert understood(world, " 2.") == ("w", "Finestrino")
    assert understood(world, "1) corridoio") == ("a", "Corridoio")
    assert understood(world, "3") == (None, None)
    assert understood(world, "siamo in 2") == (None, None)


def test_a_label_typed_back_is_the_choice(world: World) -> None:
    asked(world, SEAT)
    assert understood(world, "FINESTRINO") == ("w", "Finestrino")


def test_numbers_run_on_through_cards_and_pass_by_what_opens_a_page(world: World) -> None:
    asked(world, CITIES)
    assert understood(world, "2") == ("oslo", "Oslo")
    assert understood(world, "3") == (None, None)


def test_a_score_typed_back_is_that_of_the_survey(world: World) -> None:
    asked(world, Survey("s7", "Come è andata?"))
    assert understood(world, "4/5") == ("csat:s7:4", "4")


def test_only_our_newest_words_to_that_address_are_answered(world: World) -> None:
    asked(world, SEAT)
    case = world.writes("ada", "un momento")
    world.act(operations.reply, world.dora, case, [Text("Con calma.")], client_id="q2")

    assert understood(world, "2") == (None, None)


def test_words_that_can_be_no_choice_cost_no_statement(world: World) -> None:
    """And several answers in one batch cost one."""
    asked(world, SEAT)
    world.writes("ugo", "Ciao")
    plain = world.statements(lambda: world.writes("ugo", "vorrei sapere quanto pesa la valigia"))
    typed = world.statements(lambda: world.writes("ada", "2"))
    assert typed == plain + 1

    world.events(world.said("a1", "ada", "1"), world.said("a2", "ada", "2"))
    assert world.statements(world.read_all) <= typed
