"""Brezza is a possible world: what it shows could have happened, and did, by the real roads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from filo.channels import queries as channels
from filo.conversations import queries
from filo.conversations.types import CaseFilter
from filo.core import home
from filo.core.db import Cursor
from filo.core.ids import number
from filo.customers.queries import find
from filo.emulators.world import World
from filo.project import sample
from filo.project.sample import played, secret, story
from filo.staff.queries import everybody, scope

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def brezza(committed_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cursor]:
    monkeypatch.setenv("FILO_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("FILO_HOME", str(tmp_path))
    home.make_key()
    sample.load()
    with psycopg.connect(committed_db) as connection, connection.cursor() as cur:
        yield cur


def test_the_week_is_lived_and_lies_in_the_past(brezza: Cursor) -> None:
    brezza.execute(
        "SELECT count(*), min(at) < now() - interval '5 days', max(at) <= now() "
        "FROM conversations_message"
    )

    count, began, over = brezza.fetchall()[0]
    assert count > 60
    assert began
    assert over


def test_nothing_waits_for_a_sender_and_nothing_is_left_unread_in_the_journal(
    brezza: Cursor,
) -> None:
    brezza.execute("SELECT count(*) FROM conversations_delivery WHERE state = 'pending'")
    assert brezza.fetchall() == [(0,)]
    brezza.execute("SELECT count(*) FROM intake_journal WHERE state <> 1")
    assert brezza.fetchall() == [(0,)]


def test_ada_is_one_customer_on_three_channels(brezza: Cursor) -> None:
    admin = scope(brezza, everybody(brezza)[0].number)

    (by_phone,) = find(brezza, admin, "+393331234567")
    (by_mail,) = find(brezza, admin, "ada@conti.example")

    assert by_phone.id == by_mail.id
    thread = queries.thread(brezza, admin, number("cus", by_phone.id), limit=50).items
    assert {"whatsapp", "http", "email"} <= {line.kind for line in thread}
    assert [line.at for line in thread] == sorted(line.at for line in thread)


def test_a_newcomer_finds_people_who_may_answer_in_public_where_everyone_reads(
    brezza: Cursor,
) -> None:
    brezza.execute(
        "SELECT DISTINCT t.answers_in_public FROM channels_channel AS c"
        " JOIN staff_team AS t ON t.id = c.team_id WHERE c.kind IN ('facebook_page', 'x')"
    )
    assert brezza.fetchall() == [(True,)]


def test_there_is_work_on_every_shelf(brezza: Cursor) -> None:
    admin = next(one for one in everybody(brezza) if one.role == "admin")
    counts = queries.counts(brezza, scope(brezza, admin.number))
    assert counts.to_take > 0
    assert counts.waiting > 0
    assert counts.snoozed > 0
    cases = queries.cases(brezza, scope(brezza, admin.number), CaseFilter(), limit=50).items
    assert any(case.due_at and case.due_at < datetime.now(UTC) for case in cases)


def test_the_story_is_told_in_order_and_never_from_the_future() -> None:
    steps = story.week(now=NOON)

    assert all(step.at <= NOON for step in steps)
    assert steps == sorted(steps, key=lambda step: step.at)
    assert steps[0].at < NOON - timedelta(days=5)


def test_the_story_is_the_same_at_any_hour() -> None:
    midnight = NOON.replace(hour=0, minute=1)

    assert len(story.week(now=midnight)) > 60


def test_the_password_is_chosen_or_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILO_HOME", str(tmp_path))
    monkeypatch.delenv("FILO_SAMPLE_PASSWORD", raising=False)

    made = secret.password()

    assert len(made) > 12
    assert secret.password() == made
    assert (tmp_path / "sample-password").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("FILO_SAMPLE_PASSWORD", "scelta da me")
    assert secret.password() == "scelta da me"


def test_no_sample_in_production(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILO_ENV", "production")

    assert not sample.load()

    with psycopg.connect(committed_db) as connection, connection.cursor() as cur:
        assert everybody(cur) == []


def test_every_provider_that_is_played_has_a_channel_pointed_at_the_town(brezza: Cursor) -> None:
    brezza.execute("SELECT id, kind FROM channels_channel")
    connected = {kind: channel for channel, kind in brezza.fetchall()}
    world = World(home.home() / "emulators.json")

    assert set(played.kinds()) <= set(connected)
    for kind in played.kinds():
        opened = channels.one(brezza, connected[kind])
        account = world.accounts.of(kind)[played.account(kind, opened.settings)]
        assert account.settings == opened.settings
        assert account.hook.endswith(opened.hook)
        assert opened.settings.get("api_base", "http://127.0.0.1").startswith("http://127.0.0.1")


def test_two_channels_of_one_family_are_signed_by_the_same_secret() -> None:
    keys: dict[str, str] = {}
    made = [played.settings(kind, town="http://t", keys=keys) for kind in ("messenger", "whatsapp")]

    assert made[0]["app_secret"] == made[1]["app_secret"]
    assert made[0]["api_base"] == "http://t"
    assert made[0]["page_id"] == played.PAGE
