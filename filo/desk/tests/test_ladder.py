"""When the usual road is closed the composer says what is left, and each is one click."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from filo.channels import operations as channels
from filo.channels.contract import Approved
from filo.core import clock
from filo.core.ids import public
from filo.desk.tests.people import Browser, case_path, text_of, words_of
from tests.world import World

DAY = timedelta(days=1)
READY = Approved("ready", "it", "approved", "utility", body="È pronta.", buttons=("Leggi",))
MOVED = Approved("moved", "it", "approved", "utility", body="Ciao {{1}}.", variables=("body.1",))
WHATSAPP = {"phone_number_id": "1", "waba_id": "2", "access_token": "t", "app_secret": "s"}


@pytest.fixture
def late(town: World) -> int:
    """Ada wrote two days ago on a channel with templates and a window."""
    cur = town.connection.cursor()
    with town.connection.transaction():
        other = channels.connect(cur, "whatsapp", "Brezza WhatsApp", town.team, WHATSAPP)
        channels.keep_templates(cur, other, [READY, MOVED], at=clock.now())
        channels.choose_neutral(cur, other, "ready", neutral=True)
    case = town.writes("ada", "Quale posto?")
    at = clock.now() - 2 * DAY
    town.connection.execute(
        "UPDATE conversations_message SET said_at = %s, at = %s, channel_id = %s", [at, at, other]
    )
    return case


def kept(town: World) -> list[tuple[object, ...]]:
    return town.rows(
        "SELECT m.parts->0->>'type', m.automatic, d.state, d.awaits FROM conversations_message AS m"
        " JOIN conversations_delivery AS d ON d.message_id = m.id ORDER BY m.id"
    )


def test_the_ladder_stands_in_the_composer(town: World, dora: Browser, late: int) -> None:
    page = words_of(dora.get(case_path(late)))

    assert "The time for free answers on Brezza WhatsApp is over" in page
    assert "Keep this answer, and tell them that it is ready" in page
    assert "Send a template" in page


def test_one_click_keeps_the_answer_and_tells_that_it_is_ready(
    town: World, dora: Browser, late: int
) -> None:
    answer = dora.patched(case_path(late, "replies"), text="La 12A.", ahead="ready|it")

    assert kept(town) == [
        ("template", True, "pending", ""),
        ("text", False, "pending", "word"),
    ]
    assert "kept until they write" in words_of(answer)
    assert "Take it back" in words_of(answer)


def test_a_template_is_filled_in_or_says_what_is_missing(
    town: World, dora: Browser, late: int
) -> None:
    assert 'name="value.body.1"' in text_of(dora.get(case_path(late, "templates")))

    empty = dora.patched(case_path(late, "replies"), template="moved|it")
    assert (empty.status_code, kept(town)) == (409, [])
    assert "body.1" in words_of(empty)

    dora.patched(case_path(late, "replies"), template="moved|it", **{"value.body.1": "Ada"})
    [[words]] = town.rows("SELECT parts->0->>'text' FROM conversations_message WHERE id = 2")
    assert words == "Ciao Ada."


def test_an_answer_for_later_is_shown_and_taken_back(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Quale posto?")
    until = (clock.now() + DAY).isoformat()

    answer = dora.patched(case_path(case, "replies"), text="La 12A.", later=until)

    assert "goes <time" in text_of(answer).replace("\n", " ")
    [[message]] = town.rows("SELECT message_id FROM conversations_delivery")
    back = dora.patched(f"/desk/messages/{public('msg', int(str(message)))}/recall")
    assert "Your words are back" in words_of(back)


def test_a_time_is_read_by_the_customers_own_clock(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Quale posto?")

    dora.patched(
        case_path(case, "replies"), text="Sì", later_at="2099-07-01T09:00", zone="Europe/Lisbon"
    )

    [[due]] = town.rows("SELECT due_at AT TIME ZONE 'UTC' FROM conversations_delivery")
    assert str(due) == "2099-07-01 08:00:00"


def test_a_channel_that_does_not_reach_its_provider_says_so_where_one_writes(
    town: World, dora: Browser
) -> None:
    case = town.writes("ada", "Quale posto?")
    words = "What you write is kept, and goes out by itself"
    assert "data-waits" not in dora.get(case_path(case)).content.decode()

    cur = town.connection.cursor()
    channels.mark(cur, town.channel, state="needs_you", reason="The key was refused.")
    dead = dora.get(case_path(case))
    channels.mark(cur, town.channel, state="ok", reason="")

    assert "data-waits" in dead.content.decode()
    assert words in words_of(dead)
    assert "data-waits" not in dora.get(case_path(case)).content.decode()


@pytest.mark.parametrize("step", ["replies", "owner"])
def test_every_piece_that_is_drawn_anew_shows_the_ladder_again(
    town: World, dora: Browser, late: int, step: str
) -> None:
    said = {"replies": {"text": "La 12A.", "ahead": "ready|it"}, "owner": {"to": "me"}}[step]

    answer = text_of(dora.patched(case_path(late, step), **said))

    drawn = [piece.partition("<template")[0] for piece in answer.split('id="road-note"')[1:]]
    assert drawn
    assert all("Keep this answer, and tell them that it is ready" in note for note in drawn)


def knows_a_mail(town: World, *, verified: bool = True, state: str = "") -> None:
    """A mailbox of ours, and an address of Ada's from which she never wrote."""
    keys = {"address": "aiuto@brezza.example", "imap_host": "i", "smtp_host": "s"}
    town.act(
        channels.connect, "email", "Posta", town.team, keys | {"password": "p", "username": "u"}
    )
    town.connection.execute(
        "INSERT INTO customers_identity (customer_id, space, value, name, verified, state)"
        " SELECT customer_id, 'email', 'ada@conti.example', '', %s, %s"
        " FROM conversations_message LIMIT 1",
        [verified, state],
    )


def test_a_proved_mail_address_from_which_they_never_wrote_is_a_rung_and_a_road(
    town: World, dora: Browser, late: int
) -> None:
    knows_a_mail(town)

    page = text_of(dora.get(case_path(late)))
    assert "Write an e-mail to ada@conti.example" in page

    [road] = re.findall(r'data-take="([^"]+)"', page)
    answer = dora.patched(case_path(late, "replies"), text="La 12A.", road=road)
    assert answer.status_code == 200
    assert town.rows(
        "SELECT i.value FROM conversations_delivery AS d"
        " JOIN customers_identity AS i ON i.id = d.identity_id"
    ) == [("ada@conti.example",)]


@pytest.mark.parametrize(
    ("verified", "state"), [(False, ""), (True, "blocked"), (True, "unreachable")]
)
def test_an_address_that_is_not_proved_or_not_wanted_is_never_offered(
    town: World, dora: Browser, late: int, verified: bool, state: str
) -> None:
    knows_a_mail(town, verified=verified, state=state)

    assert "Write an e-mail to" not in words_of(dora.get(case_path(late)))


def test_while_the_usual_road_is_open_no_other_address_is_put_forward(
    town: World, dora: Browser
) -> None:
    case = town.writes("ada", "Quale posto?")
    knows_a_mail(town)

    assert "ada@conti.example:" not in text_of(dora.get(case_path(case)))
    assert "Write an e-mail to" not in words_of(dora.get(case_path(case)))
