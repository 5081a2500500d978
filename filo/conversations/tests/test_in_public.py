"""What is said where everyone reads it: kept with its post, its reach and its older words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from filo.channels.contract import Handle, Said, Text
from filo.conversations import operations
from filo.conversations.echoing import new_words
from filo.conversations.receiving import spoken_of
from filo.conversations.types import Heard
from filo.core import clock
from tests.world import World

POST = {"id": "p1", "url": "https://brezza.example/p/1", "text": "Nuovo volo!", "by": "Brezza"}


def comment(id: str, who: str, text: str, **more: object) -> dict[str, object]:
    said = {
        "type": "said",
        "id": id,
        "at": "2026-11-22T12:00:00Z",
        "from": {"id": who, "name": who.title()},
        "parts": [{"type": "text", "text": text}],
        "public": True,
        "post": {**POST, "ours": True, "reach": 1200},
        "reach": 40,
    }
    return said | more


def test_a_comment_is_kept_with_its_post_and_how_far_both_reach(world: World) -> None:
    world.events(comment("c1", "ada", "Che bello", rating=4, url="https://brezza.example/c/1"))
    world.events(comment("c2", "ivo", "Davvero?", answers="c1", post={"id": "p1", "reach": 1300}))
    world.read_all()

    posts = world.rows("SELECT provider_id, url, text, by, ours, reach FROM conversations_post")
    assert posts == [("p1", POST["url"], POST["text"], "Brezza", True, 1300)]
    exposed = world.rows(
        "SELECT m.provider_id, m.visibility, e.above, e.reach, e.rating, e.url, e.post_id IS NULL"
        " FROM conversations_exposure AS e JOIN conversations_message AS m ON m.id = e.message_id"
        " ORDER BY m.id"
    )
    assert exposed == [
        ("c1", "public", "", 40, 4, "https://brezza.example/c/1", False),
        ("c2", "public", "c1", 40, 0, "", False),
    ]


def test_a_batch_without_public_words_costs_no_statement_more_and_with_them_two(
    world: World,
) -> None:
    world.writes("ada", "prima")
    world.writes("ivo", "prima")
    world.events(world.said("m10", "ada", "uno"), world.said("m11", "ivo", "due"))
    private = world.statements(world.read_all)
    world.events(comment("c1", "ada", "uno"), comment("c2", "ivo", "due"))
    world.events(comment("c3", "ada", "tre"), comment("c4", "ivo", "quattro"))
    public = world.statements(world.read_all)

    assert public - private == 2


def test_public_words_open_no_window_for_private_ones(world: World) -> None:
    world.events(comment("c1", "ada", "Che bello"))
    world.read_all()

    assert world.rows("SELECT heard_at, last_seq FROM customers_identity") == [(None, 1)]


def test_what_its_author_edits_and_deletes_stays_as_evidence(world: World) -> None:
    world.events(comment("c1", "ada", "Siete dei ladri"))
    world.events(
        {
            "type": "edited",
            "id": "e1",
            "message": "c1",
            "from": {"id": "ada"},
            "parts": [{"type": "text", "text": "Siete bravi"}],
            "at": "2026-11-22T12:01:00Z",
        }
    )
    world.events(
        {
            "type": "withdrew",
            "id": "w1",
            "message": "c1",
            "from": {"id": "ada"},
            "at": "2026-11-22T12:02:00Z",
        }
    )
    world.read_all()

    kept = world.rows("SELECT parts -> 0 ->> 'text' FROM conversations_revision ORDER BY id")
    assert kept == [("Siete dei ladri",), ("Siete bravi",)]
    assert world.rows("SELECT parts FROM conversations_message") == [([],)]


# --- what the company wrote elsewhere ------------------------------------------


def echo(id: str, who: str, text: str, **more: object) -> dict[str, object]:
    said = comment(id, who, text, public=False, ours=True, app="Business Suite")
    del said["post"]
    return said | more


def answered(world: World, case: int, text: str) -> None:
    world.act(operations.reply, world.dora, case, [Text(text)], client_id="r1")


def test_what_was_written_in_the_providers_app_appears_as_ours_and_answers(world: World) -> None:
    case = world.writes("ada", "C'è posto?")
    world.events(echo("x1", "ada", "Sì, c'è posto"))
    world.read_all()

    rows = world.rows(
        "SELECT direction, seq, context ->> 'app', author_id FROM conversations_message"
        " ORDER BY id DESC LIMIT 1"
    )
    assert rows == [("out", 2, "Business Suite", None)]
    state = "SELECT status, due_at, unread, last_direction FROM conversations_case WHERE id = %s"
    assert world.rows(state, case) == [("waiting", None, 0, "out")]
    assert world.rows("SELECT count(*) FROM core_event WHERE type = 'message_written'") == [(1,)]


def test_an_echo_that_names_nobody_goes_to_whom_it_answers(world: World) -> None:
    asked = comment("c1", "ada", "Quando parte?")
    world.events(asked, echo("x1", "", "Alle nove", answers="c1", public=True))
    world.read_all()
    world.events(echo("x3", "", "O alle dieci", answers="c1", public=True))
    world.events(echo("x2", "", "A nessuno", answers="c0", public=True))
    world.read_all()

    said = world.rows(
        "SELECT m.direction, c.name FROM conversations_message AS m"
        " JOIN customers_customer AS c ON c.id = m.customer_id ORDER BY m.id"
    )
    assert said == [("in", "Ada"), ("out", "Ada"), ("out", "Ada")]


@pytest.mark.parametrize(
    ("state", "owner", "left"),
    [
        ("pending", 7, "sent"),  # on its way
        ("pending", None, "sent"),  # its answer was lost, and it would be said again
        ("uncertain", None, "sent"),
        ("sent", None, "sent"),
    ],
)
def test_the_echo_of_our_own_answer_is_no_second_one_and_ends_the_doubt(
    world: World, state: str, owner: int | None, left: str
) -> None:
    case = world.writes("ada", "C'è posto?")
    answered(world, case, "*Sì*, c'è posto")
    known = "x1" if state == "sent" else ""
    world.connection.execute(
        "UPDATE conversations_delivery SET state = %s, owner = %s, attempt = 1, provider_id = %s",
        [state, owner, known],
    )
    world.events(echo("x1", "ada", "Sì, c'è  posto"))
    world.read_all()

    assert world.rows("SELECT count(*) FROM conversations_message") == [(2,)]
    found = world.rows("SELECT state, provider_id, owner FROM conversations_delivery")
    assert found == [(left, "x1", None)]


def test_a_receipt_written_while_its_echo_is_read_makes_no_second_answer(world: World) -> None:
    """The sender commits between the two looks of the pipeline: neither may miss it."""
    case = world.writes("ada", "C'è posto?")
    answered(world, case, "Sì")
    [(channel, customer)] = world.connection.execute(
        "SELECT channel_id, customer_id FROM conversations_message WHERE direction = 'out'"
    ).fetchall()
    said = Said("x1", clock.now(), Handle("http", "ada"), (Text("Sì"),), ours=True, app="Suite")
    heard = Heard(said, channel, 0, timedelta(), 0, clock.now(), customer=customer)
    cur = world.connection.cursor()
    before = spoken_of(cur, ["x1"])
    world.connection.execute(
        "UPDATE conversations_delivery SET state = 'sent', attempt = 1, provider_id = 'x1'"
    )

    assert new_words(cur, [heard], before) == []


def test_other_words_from_the_app_are_a_message_of_their_own(world: World) -> None:
    case = world.writes("ada", "C'è posto?")
    answered(world, case, "Sì")
    world.connection.execute("UPDATE conversations_delivery SET state = 'uncertain', attempt = 1")
    world.events(echo("x1", "ada", "No"))
    world.read_all()

    assert world.rows("SELECT count(*) FROM conversations_message") == [(3,)]
    assert world.rows("SELECT state FROM conversations_delivery") == [("uncertain",)]


# --- what the provider says of the channel ---------------------------------------


def announced(id: str, what: str, at: str, detail: str = "") -> dict[str, object]:
    when = f"2026-11-22T{at}:00Z"
    return {"type": "announced", "id": id, "what": what, "at": when, "detail": detail}


def test_a_revoked_key_stops_the_channel_until_it_is_restored_whatever_comes_late(
    world: World,
) -> None:
    health = "SELECT state, reason FROM channels_health"
    world.events(announced("a1", "revoked", "12:05", "The page withdrew it."))
    world.read_all()
    assert world.rows(health) == [("needs_you", "The page withdrew it.")]

    world.events(announced("a2", "restored", "12:09"))
    world.events(announced("a3", "restricted", "12:07"))
    world.read_all()
    assert world.rows(health) == [("ok", "")]


def test_quality_and_quota_are_kept_and_every_announcement_is_told(world: World) -> None:
    world.events(
        announced("a1", "quality", "12:05", "yellow"), announced("a2", "limit", "12:05", "TIER_1K")
    )
    world.events({"type": "announced", "id": "a3", "what": "template", "name": "benvenuto"})
    world.read_all()

    assert world.rows("SELECT quality, quota, state FROM channels_health") == [
        ("yellow", "TIER_1K", "ok")
    ]
    told = "SELECT body ->> 'what' FROM core_event WHERE type = 'channel_announced' ORDER BY 1"
    assert world.rows(told) == [("limit",), ("quality",), ("template",)]
