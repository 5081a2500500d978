"""A channel's page tells how its life goes: the key, the errors, the gaps that were filled."""

from __future__ import annotations

from datetime import timedelta

from filo.channels import operations as channels
from filo.channels.contract import Approved
from filo.channels.queries import due_libraries, templates
from filo.core import clock
from filo.core.events import Happening, emit
from filo.core.ids import public
from filo.desk.tests.people import Browser, languages, words_of
from tests.fixtures import world
from tests.world import World

__all__ = ["world"]


def test_the_page_tells_of_key_errors_quality_and_gaps(world: World) -> None:
    admin = world.act(world.hire, "ada@brezza.example", "Ada", role="admin")
    languages(world, "en")
    at = clock.now()
    world.connection.execute(
        "UPDATE channels_health SET quality = 'yellow', ends_at = %s", [at + timedelta(days=1)]
    )
    world.connection.execute(
        "INSERT INTO channels_traffic (channel_id, hour, sent, failed) VALUES (%s, %s, 9, 1)",
        [world.channel, at],
    )
    body = {
        "channel": public("chn", world.channel),
        "from": (at - timedelta(hours=26)).isoformat(),
        "to": at.isoformat(),
        "messages": 412,
    }
    world.act(lambda cur: emit(cur, [Happening("channel_gap", body=body)]))

    page = Browser(admin).get(f"/desk/settings/channels/{body['channel']}/")
    said = words_of(page)
    assert page.content.count(b" data-fresh") == 4  # its state, its trouble and its health follow

    for words in ("Gap of 26 h, 412 recovered", "10%", "1 failed, 9 sent", "yellow", "Key ends"):
        assert words in said


def test_a_channel_without_a_test_of_its_own_says_so(world: World) -> None:
    admin = world.act(world.hire, "ada@brezza.example", "Ada", role="admin")
    languages(world, "en")
    path = f"/desk/settings/channels/{public('chn', world.channel)}/checks"

    assert "has no test of its own" in words_of(Browser(admin).post(path))


def test_the_administrator_asks_for_templates_and_says_which_one_is_neutral(world: World) -> None:
    admin = world.act(world.hire, "ada@brezza.example", "Ada", role="admin")
    languages(world, "en")
    cur = world.connection.cursor()
    keys = {"phone_number_id": "1", "waba_id": "2", "access_token": "t", "app_secret": "s"}
    with world.connection.transaction():
        channel = channels.connect(cur, "whatsapp", "Brezza", world.team, keys)
        found = [
            Approved("ready", "it", "approved", "utility", body="È pronta."),
            Approved("moved", "it", "rejected", "utility", body="Ciao."),
        ]
        channels.keep_templates(cur, channel, found, at=clock.now())
    place = f"/desk/settings/channels/{public('chn', channel)}/"
    browser = Browser(admin)

    said = words_of(browser.get(place))
    browser.post(f"{place}templates", neutral="ready")
    browser.post(f"{place}templates")

    assert "È pronta." in said
    assert "rejected" in said
    assert [(one.name, one.neutral) for one in templates(cur, channel)] == [
        ("ready", True),
        ("moved", False),
    ]
    assert channel in due_libraries(cur, at=clock.now() + timedelta(seconds=1))
