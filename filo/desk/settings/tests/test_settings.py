"""The settings: who may come in, what is told once, and what is never told."""

from __future__ import annotations

import re

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from filo.channels import operations as channels
from filo.channels import queries
from filo.core.db import connect, raw_cursor
from filo.core.ids import public
from filo.desk.settings.guide import _blocks
from filo.staff import operations as staff
from filo.staff.models import Staff
from filo.staff.queries import everybody
from tests.world import World

WHATSAPP = {
    "setting_phone_number_id": "106540352242922",
    "setting_waba_id": "102290129340398",
    "setting_access_token": "EAAG-scirocco",
    "setting_app_secret": "libeccio",
}


@pytest.fixture
def team(db: None) -> int:
    with transaction.atomic():
        return staff.create_team(raw_cursor(), "Prenotazioni")


def logged_in(role: str, team: int) -> Client:
    with transaction.atomic():
        cur = raw_cursor()
        new = staff.create_staff(cur, email=f"{role}@x.example", role=role, teams=[team])
        staff.set_wishes(cur, new, language="en", wishes={})
    client = Client()
    client.force_login(Staff.objects.get(pk=new))
    return client


@pytest.fixture
def admin(team: int) -> Client:
    return logged_in("admin", team)


@pytest.fixture
def channel(team: int) -> str:
    settings = {name.removeprefix("setting_"): value for name, value in WHATSAPP.items()}
    with transaction.atomic():
        cur = raw_cursor()
        return queries.one(cur, channels.connect(cur, "whatsapp", "Uno", team, settings)).public


@pytest.mark.parametrize("role", ["agent", "supervisor"])
@pytest.mark.parametrize(
    "page", ["people/", "teams/", "channels/", "channels/new/http/", "journal/", "log/"]
)
def test_only_administrators_come_in(team: int, role: str, page: str) -> None:
    assert logged_in(role, team).get(f"/desk/settings/{page}").status_code == 403


def test_everybody_has_a_page_of_their_own(team: int) -> None:
    client = logged_in("agent", team)

    client.post("/desk/settings/me", {"name": "Dora Vitale"})

    assert b"Dora Vitale" in client.get("/desk/settings/me").content
    assert b"/desk/settings/people/" not in client.get("/desk/settings/me").content


def test_an_invitation_is_told_once(admin: Client, team: int) -> None:
    form = {"email": "nina@x.example", "name": "Nina", "role": "agent"}

    answer = admin.post("/desk/settings/people/", form)

    assert answer.status_code == 201
    assert b"/account/welcome/" in answer.content
    assert answer["Cache-Control"] == "no-store"
    assert b"/account/welcome/" not in admin.get("/desk/settings/people/").content


def test_a_second_person_of_one_address_is_refused_in_words(admin: Client) -> None:
    answer = admin.post("/desk/settings/people/", {"email": "admin@x.example", "role": "agent"})

    assert answer.status_code == 409
    assert b"works here already" in answer.content


def test_the_last_administrator_cannot_be_switched_off(admin: Client) -> None:
    (only,) = everybody(raw_cursor())

    answer = admin.post(f"/desk/settings/people/{only.id}/access", {"access": "off"})

    assert answer.status_code == 409
    assert b"The last administrator must stay" in answer.content


def test_a_person_changes_role_and_teams(admin: Client, team: int) -> None:
    with transaction.atomic():
        new = staff.create_staff(raw_cursor(), email="d@x.example")
    dora = next(one for one in everybody(raw_cursor()) if one.number == new)

    admin.post(
        f"/desk/settings/people/{dora.id}/",
        {"name": "Dora", "role": "supervisor", "teams": [public("tem", team)]},
    )

    dora = next(one for one in everybody(raw_cursor()) if one.number == new)
    assert (dora.name, dora.role, dora.teams) == ("Dora", "supervisor", (team,))


def test_connecting_tells_the_made_secret_once_and_the_address(admin: Client) -> None:
    answer = admin.post("/desk/settings/channels/new/http/", {"name": "Totem", "promise": "30"})

    (made,) = queries.load(raw_cursor())
    assert answer.status_code == 201
    assert made.settings["secret"].encode() in answer.content
    assert made.hook.encode() in answer.content
    page = admin.get(f"/desk/settings/channels/{made.public}/").content
    assert made.settings["secret"].encode() not in page
    assert made.answer_within is not None
    assert made.answer_within.total_seconds() == 1800


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(admin: Client) -> None:
    form = {**WHATSAPP, "setting_app_secret": "", "name": "Uno"}

    answer = admin.post("/desk/settings/channels/new/whatsapp/", form)

    assert answer.status_code == 409
    assert b"This is missing." in answer.content
    assert b'value="106540352242922"' in answer.content
    assert queries.load(raw_cursor()) == []


@pytest.mark.parametrize("page", ["", "test", "test/hops"])
def test_secrets_go_in_and_never_come_out(admin: Client, channel: str, page: str) -> None:
    content = admin.get(f"/desk/settings/channels/{channel}/{page}").content

    assert b"scirocco" not in content
    assert b"libeccio" not in content


def test_a_link_fills_in_nothing_but_the_choice_on_which_the_fields_hang(
    admin: Client, channel: str
) -> None:
    sent = {"setting_api_base": "https://eve.example", "setting_phone_number_id": "666"}
    page = admin.get(f"/desk/settings/channels/{channel}/", sent).content.decode()

    assert 'value="https://eve' not in page and 'value="666"' not in page


def test_saving_the_page_as_it_is_keeps_the_secrets(admin: Client, channel: str) -> None:
    form = dict.fromkeys(WHATSAPP, "") | {
        "setting_phone_number_id": "7",
        "setting_waba_id": "8",
        "name": "Due",
    }

    admin.post(f"/desk/settings/channels/{channel}/", form)

    (kept,) = queries.load(raw_cursor())
    assert (kept.name, kept.settings["phone_number_id"]) == ("Due", "7")
    assert kept.settings["access_token"] == "EAAG-scirocco"


def test_a_channel_rests_and_wakes(admin: Client, channel: str) -> None:
    admin.post(f"/desk/settings/channels/{channel}/access", {"access": "off"})
    assert not queries.load(raw_cursor())[0].active

    admin.post(f"/desk/settings/channels/{channel}/access", {"access": "on"})
    assert queries.load(raw_cursor())[0].active


def test_no_page_for_a_kind_or_a_channel_that_is_not_there(admin: Client) -> None:
    assert admin.get("/desk/settings/channels/new/pigeon/").status_code == 404
    assert admin.get("/desk/settings/channels/chn_0000000000099/").status_code == 404
    assert admin.get("/desk/settings/people/nobody/").status_code == 404


@pytest.mark.parametrize(
    ("page", "most"), [("channels/", 8), ("people/", 8), ("teams/", 9), ("journal/", 10)]
)
def test_each_page_asks_a_known_number_of_questions(
    admin: Client, channel: str, page: str, most: int
) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert admin.get(f"/desk/settings/{page}").status_code == 200

    assert len(asked) <= most


def test_a_guides_marks_are_read_and_the_rest_is_escaped() -> None:
    page = "# One\n\nA **bold** `<b>` word.\n\n1. first\n   goes on\n2. second\n\n- x\n\n"
    page += "| a | b |\n|---|---|\n| `c` | <d> |\n"

    assert list(_blocks(page)) == [
        "<h2>One</h2>",
        "<p>A <b>bold</b> <code>&lt;b&gt;</code> word.</p>",
        "<ol><li>first goes on</li><li>second</li></ol>",
        "<ul><li>x</li></ul>",
        "<table><thead><tr><th>a</th><th>b</th></tr></thead>"
        "<tbody><tr><td><code>c</code></td><td>&lt;d&gt;</td></tr></tbody></table>",
    ]


def test_the_test_follows_a_message_round_and_answers_once(world: World) -> None:
    with connect(name="test") as db, db.cursor() as cur:
        new = staff.create_staff(cur, email="chief@x.example", role="admin")
        staff.set_wishes(cur, new, language="en", wishes={})
        channel = queries.one(cur, world.channel)
    admin = Client()
    admin.force_login(Staff.objects.get(pk=new))
    begun = admin.post(f"/desk/settings/channels/{channel.public}/test")
    before = admin.get(begun["Location"]).content.decode()

    with_words = _writes_now(world, "Is anybody there?")
    after = admin.get(begun["Location"]).content.decode()
    answer = begun["Location"].replace("/test?", "/test/answer?")
    admin.post(answer)
    admin.post(answer)

    assert "Write a message to this channel" in before
    assert f"Ada: {with_words}" in after
    assert "Send the test answer to Ada" in after
    assert "Our answer is written" in admin.get(begun["Location"]).content.decode()
    assert world.rows("SELECT count(*) FROM conversations_message WHERE direction = 'out'") == [
        (1,)
    ]


def _writes_now(world: World, text: str) -> str:
    """As `world.writes`, but arriving at this moment: the test counts from its own beginning."""
    world.writes("ada", text)
    world.connection.execute("UPDATE conversations_message SET at = now()")
    world.connection.execute("UPDATE conversations_case SET last_at = now()")
    return text


def test_what_administrators_change_stands_in_the_log_with_their_name(
    admin: Client, team: int, channel: str
) -> None:
    form = {"email": "nina@x.example", "role": "agent", "teams": public("tem", team)}
    admin.post("/desk/settings/people/", form)
    admin.post(f"/desk/settings/channels/{channel}/access", {"access": "off"})

    page = admin.get("/desk/settings/log/").content.decode()

    for words in ("Invited as Agent", "Teams: Prenotazioni", "A link to come in was made"):
        assert words in page
    newest = page[page.index('<ul class="rows">') :]
    assert newest.index("Switched off") < newest.index("Invited as Agent")
    assert "admin@x.example" in newest


def test_the_log_is_read_page_by_page(admin: Client, team: int) -> None:
    with transaction.atomic():
        for n in range(60):
            staff.rename_team(raw_cursor(), team, f"Team {n}")

    first = admin.get("/desk/settings/log/").content.decode()
    (before,) = re.findall(r'href="(\?before=[^"]+)"', first)
    older = admin.get(f"/desk/settings/log/{before}")

    assert first.count("Renamed") == 50
    assert older.content.decode().count("Renamed") >= 10
