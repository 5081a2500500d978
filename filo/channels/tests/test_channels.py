"""A channel is connected, opened, changed and switched; its secrets stay sealed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from filo.channels import operations, queries
from filo.channels.types import BadSettings, NoSuchChannel
from filo.core import home, vault
from filo.core.db import Cursor, raw_cursor
from filo.staff import operations as staff


@pytest.fixture
def cur(db: None) -> Iterator[Cursor]:
    with transaction.atomic():
        yield raw_cursor()


@pytest.fixture
def team(cur: Cursor) -> int:
    return staff.create_team(cur, "Prenotazioni")


def test_a_connected_channel_is_loaded_with_defaults_and_made_secrets(
    cur: Cursor, team: int
) -> None:
    made = operations.connect(cur, "http", "Chiosco", team, {"deliver_to": "https://x.example/in"})

    (channel,) = queries.load(cur)

    assert channel.id == made
    assert (channel.kind, channel.name, channel.team_name) == ("http", "Chiosco", "Prenotazioni")
    assert channel.settings["class"] == "K"
    assert channel.settings["secret"].startswith("whsec_")
    assert channel.hook == f"/hooks/{channel.public}"
    assert channel.answer_within == timedelta(hours=1)
    assert channel.active


def test_two_channels_get_two_secrets(cur: Cursor, team: int) -> None:
    one = operations.connect(cur, "http", "One", team, {})
    two = operations.connect(cur, "http", "Two", team, {})

    first, second = queries.one(cur, one), queries.one(cur, two)

    assert first.settings["secret"] != second.settings["secret"]


def test_secrets_are_neither_in_the_row_nor_in_the_repr_nor_among_the_unsecret(
    cur: Cursor, team: int
) -> None:
    made = operations.connect(cur, "http", "Chiosco", team, {"secret": "tramontana"})
    channel = queries.one(cur, made)

    cur.execute("SELECT encode(sealed, 'escape'), c::text FROM channels_channel c")

    assert "tramontana" not in str(cur.fetchall())
    assert "tramontana" not in repr(channel)
    assert "secret" not in queries.unsecret(channel)
    assert queries.unsecret(channel)["class"] == "K"


def test_settings_moved_to_another_row_do_not_open(cur: Cursor, team: int) -> None:
    operations.connect(cur, "http", "One", team, {})
    two = operations.connect(cur, "http", "Two", team, {})

    cur.execute(
        "UPDATE channels_channel SET sealed = "
        "(SELECT min(sealed) FROM channels_channel WHERE id <> %s) "
        "WHERE id = %s",
        [two, two],
    )

    channel = queries.one(cur, two)
    assert channel.needs_you
    assert channel.settings == {}


def test_a_channel_without_a_team_goes_to_the_first_one(cur: Cursor) -> None:
    made = operations.connect(cur, "http", "", None, {})

    channel = queries.one(cur, made)

    assert channel.team == staff.first_team(cur)
    assert channel.name == "HTTP"


@pytest.mark.parametrize(
    ("given", "field"),
    [({"class": "Z"}, "class"), ({"colour": "red"}, "colour")],
)
def test_settings_that_cannot_work_are_refused_by_name(
    cur: Cursor, team: int, given: dict[str, str], field: str
) -> None:
    with pytest.raises(BadSettings) as refused:
        operations.connect(cur, "http", "Chiosco", team, given)

    assert list(refused.value.problems) == [field]
    assert queries.load(cur) == []


def test_an_unknown_kind_names_those_that_exist(cur: Cursor, team: int) -> None:
    with pytest.raises(BadSettings, match="http"):
        operations.connect(cur, "pigeon", "Piccione", team, {})


def test_change_keeps_a_secret_given_empty_and_empties_the_rest(cur: Cursor, team: int) -> None:
    made = operations.connect(
        cur, "http", "Chiosco", team, {"secret": "tramontana", "deliver_to": "https://x.example/"}
    )
    operations.mark(cur, made, state="needs_you", reason="401")

    operations.change(cur, made, name="Totem", settings={"secret": "", "deliver_to": ""})

    channel = queries.one(cur, made)
    assert channel.name == "Totem"
    assert channel.settings["secret"] == "tramontana"
    assert channel.settings["deliver_to"] == ""
    assert not channel.needs_you


def test_a_switched_channel_stays_loaded_and_knows_that_it_rests(cur: Cursor, team: int) -> None:
    made = operations.connect(cur, "http", "Chiosco", team, {})

    operations.switch(cur, made, active=False)

    assert not queries.one(cur, made).active


def test_health_tells_why_a_channel_needs_somebody(cur: Cursor, team: int) -> None:
    made = operations.connect(cur, "http", "Chiosco", team, {})
    assert queries.health(cur, made).state == "ok"

    operations.mark(cur, made, state="needs_you", reason="The token has expired.")

    assert queries.health(cur, made).reason == "The token has expired."


def test_no_channel_of_that_number(cur: Cursor) -> None:
    with pytest.raises(NoSuchChannel):
        queries.one(cur, 404)


def test_a_change_rings_the_bell_of_every_process(committed_db: str) -> None:
    import psycopg

    with psycopg.connect(committed_db, autocommit=True) as ear:
        ear.execute("LISTEN filo_channels")
        with psycopg.connect(committed_db) as mouth, mouth.cursor() as cur:
            made = operations.connect(cur, "http", "Chiosco", None, {})
        (heard,) = ear.notifies(timeout=5, stop_after=1)

    assert heard.payload == str(made)


def test_threat_20_after_a_rotation_settings_are_sealed_under_the_new_key(
    cur: Cursor, team: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILO_KEY_FILE", str(tmp_path / "key"))
    home.make_key()
    made = operations.connect(cur, "http", "Chiosco", team, {"secret": "tramontana"})
    vault.rotate()

    assert operations.seal_again(cur) == 1

    assert operations.seal_again(cur) == 0
    row = cur.execute("SELECT sealed FROM channels_channel WHERE id = %s", [made]).fetchone()
    assert row and not vault.is_old(row[0])
    assert queries.one(cur, made).settings["secret"] == "tramontana"


def test_each_change_is_told_in_the_log_by_its_public_id_alone(cur: Cursor, team: int) -> None:
    made = operations.connect(cur, "http", "Chiosco", team, {"secret": "tramontana"})
    operations.switch(cur, made, active=False)

    channel = queries.one(cur, made).public
    cur.execute("SELECT customer, body FROM core_event WHERE type = 'channel_changed' ORDER BY id")
    assert cur.fetchall() == [
        (None, {"channel": channel, "what": "connected"}),
        (None, {"channel": channel, "what": "off"}),
    ]
