"""Guided set-up: what is typed and ticked stays, a made secret is there to copy until its tick."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from filo.channels import operations, queries
from filo.channels.contract import Hop
from filo.channels.types import ChannelConfig
from filo.core import clock
from filo.core.ids import public
from filo.desk.tests.people import Browser, languages, text_of, words_of
from tests.fixtures import world
from tests.world import World

__all__ = ["world"]
NEW = "/desk/settings/channels/new/whatsapp/"
KEYS = {
    "phone_number_id": "1",
    "waba_id": "2",
    "access_token": "EAAG-1",
    "app_secret": "tramontana",
}
TYPED = {f"setting_{name}": text for name, text in KEYS.items()}


@pytest.fixture
def admin(world: World) -> Browser:
    ada = world.act(world.hire, "ada@brezza.example", "Ada", role="admin")
    languages(world, "en")
    return Browser(ada)


def states(page: str) -> list[str]:
    return re.findall(r'<li class="step (\w+)"', page)


def connected(world: World) -> ChannelConfig:
    found: list[ChannelConfig] = world.ask(queries.load)
    return found[-1]


def test_what_is_typed_and_ticked_before_there_is_a_channel_is_kept(
    world: World, admin: Browser
) -> None:
    admin.post(f"{NEW}draft", done="1")
    admin.post(f"{NEW}draft", done="2", setting_waba_id="2", setting_app_secret="tramontana")
    bo = world.act(world.hire, "bo@brezza.example", "Bo", role="admin")
    languages(world, "en")
    page = text_of(Browser(bo).get(NEW))

    assert states(page)[:3] == ["done", "done", "here"]
    assert 'value="2"' in page
    assert "tramontana" not in page
    assert "2 of 7 steps" in words_of(Browser(bo).get("/desk/settings/channels/"))


def test_a_draft_is_sealed_and_can_be_forgotten(world: World, admin: Browser) -> None:
    admin.post(f"{NEW}draft", done="2", setting_app_secret="tramontana")
    [(sealed,)] = world.rows("SELECT sealed FROM channels_setup")
    assert b"tramontana" not in bytes(sealed)  # type: ignore[call-overload]
    world.act(operations.seal_again)
    assert world.ask(queries.draft, "whatsapp").settings == {"app_secret": "tramontana"}

    admin.post(f"{NEW}draft", forget="1")

    assert world.ask(queries.drafts) == []


def test_one_draft_of_a_kind_becomes_the_channels_set_up(world: World) -> None:
    world.act(operations.keep_draft, "http", given={"secret": "a"}, done=["1"])
    world.act(operations.keep_draft, "http", given={"secret": ""}, done=["2"])
    assert world.ask(queries.draft, "http").settings == {"secret": "a"}

    world.act(operations.finish_draft, "http", world.channel, done=["3"])

    kept = world.ask(queries.setup, world.channel)
    assert (kept.done, kept.settings) == (("1", "2", "3"), {})
    world.act(operations.drop_draft, "http")
    assert world.ask(queries.setup, world.channel) == kept


def test_connecting_takes_what_the_draft_holds_and_shows_what_is_to_be_copied(
    world: World, admin: Browser
) -> None:
    admin.post(f"{NEW}draft", done="2", **{k: TYPED[k] for k in list(TYPED)[:2]})
    answer = admin.post(NEW, name="Brezza", **{k: TYPED[k] for k in list(TYPED)[2:]})
    channel = connected(world)
    page = text_of(answer)

    assert answer.status_code == 201
    assert {name: channel.settings[name] for name in KEYS} == KEYS
    assert f'value="{channel.settings["verify_token"]}"' in page
    assert f"{channel.hook}" in page
    assert world.ask(queries.drafts) == []
    assert "EAAG-1" not in page and "tramontana" not in page


def test_a_made_secret_can_be_copied_until_its_step_is_ticked_and_never_after(
    world: World, admin: Browser
) -> None:
    admin.post(NEW, name="Brezza", **TYPED)
    channel = connected(world)
    where = f"/desk/settings/channels/{channel.public}/setup"
    secret = channel.settings["verify_token"]
    assert secret in text_of(admin.get(where))

    admin.post(where, done="4")

    assert secret not in text_of(admin.get(where))
    assert "It was copied" in words_of(admin.get(where))
    admin.post(where, undone="4")
    assert "4" not in world.ask(queries.setup, channel.id).done
    assert secret not in text_of(admin.get(where))


def test_what_works_ticks_its_step_and_what_does_not_says_what_to_do(
    world: World, admin: Browser
) -> None:
    admin.post(NEW, name="Brezza", **TYPED)
    channel = connected(world)
    where = f"/desk/settings/channels/{channel.public}/setup"
    at = clock.now()

    broken = [Hop("The token, and the number", False, "190 gone", "Paste a new one.")]
    world.act(operations.keep_hops, "whatsapp", channel.id, broken, at=at)
    said = words_of(admin.get(where))
    assert "190 gone" in said and "Paste a new one." in said
    assert states(text_of(admin.get(where)))[5] != "done"

    fine = [Hop("The token, and the number", True, "+39 Brezza")]
    world.act(operations.keep_hops, "whatsapp", channel.id, fine, at=at + timedelta(minutes=1))
    assert states(text_of(admin.get(where)))[4:6] == ["done", "done"]


def test_a_check_is_kept_and_leads_back_to_its_step(world: World, admin: Browser) -> None:
    """Nobody answers at this address: the hop says so, and what to do."""
    admin.post(NEW, name="Brezza", setting_api_base="http://127.0.0.1:9", **TYPED)
    place = f"/desk/settings/channels/{connected(world).public}/"

    answer = admin.post(f"{place}checks", step="6")

    assert answer.status_code == 302
    assert answer["Location"].endswith("/setup#step-6")
    [hop] = world.ask(queries.setup, connected(world).id).hops
    assert not hop.ok and hop.mend


def test_a_message_in_and_an_answer_out_tick_the_last_step(world: World, admin: Browser) -> None:
    where = f"/desk/settings/channels/{public('chn', world.channel)}/setup"
    before = words_of(admin.get(where))
    world.writes("dora", "Ciao")
    world.connection.execute("UPDATE channels_health SET last_out_at = now()")
    page = text_of(admin.get(where))

    assert "Nothing has come yet" in before
    assert states(page)[3] == "done"
    assert world.ask(queries.setup, world.channel) is None


def test_calls_with_a_wrong_signature_are_named_in_the_set_up(world: World, admin: Browser) -> None:
    world.connection.execute("UPDATE channels_health SET forged = 2")
    where = f"/desk/settings/channels/{public('chn', world.channel)}/setup"

    assert "come with a wrong signature" in words_of(admin.get(where))


def test_the_steps_are_in_the_readers_language(world: World, admin: Browser) -> None:
    languages(world, "it")

    page = words_of(admin.get(NEW))

    assert "Di' a Meta dov'è Filo" in page.replace("&#x27;", "'")
    assert "Tell Meta where Filo is" not in page
