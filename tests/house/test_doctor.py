"""`filo doctor`: each unsafe setting is refused in production, by name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from filo.channels.operations import connect
from filo.core import clock, home
from filo.core.sealing import seal_settings
from filo.project import doctor
from filo.project.doctor import Weight
from filo.staff.operations import create_team
from tests.house.people import hire


@pytest.fixture(autouse=True)
def well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, committed_db: str) -> str:
    """A production that the doctor has nothing against, but for the tests' own fast server."""
    monkeypatch.setenv("FILO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FILO_ENV", "production")
    monkeypatch.setenv("FILO_ORIGIN", "https://care.example.com")
    monkeypatch.setenv("FILO_FILES_ORIGIN", "https://files.example.com")
    monkeypatch.delenv("FILO_ALLOW_PRIVATE_ADDRESSES", raising=False)
    monkeypatch.delenv("FILO_SAMPLE", raising=False)
    monkeypatch.setattr(doctor, "DURABLE", ("synchronous_commit",))
    (tmp_path / "code").mkdir(mode=0o555)
    monkeypatch.setattr(doctor, "CODE", tmp_path / "code")
    home.make_key()
    return committed_db


def refused() -> set[str]:
    return {finding.name for finding in doctor.look() if finding.weight is Weight.REFUSED}


def test_a_well_house_has_no_finding() -> None:
    assert refused() == set()
    assert doctor.examine(as_json=False) == 0


@pytest.mark.parametrize(
    ("name", "value", "finding"),
    [
        ("FILO_ALLOW_PRIVATE_ADDRESSES", "1", "private-addresses"),
        ("FILO_SAMPLE", "1", "sample"),
        ("FILO_DEBUG", "1", "debug"),
        ("FILO_ORIGIN", "http://care.example.com", "origin"),
        ("FILO_ORIGIN", "https://*", "hosts"),
        ("FILO_ORIGIN", "https://", "hosts"),
        ("FILO_FILES_ORIGIN", "https://care.example.com", "files-origin"),
        ("FILO_FILES_ORIGIN", "http://files.example.com", "files-origin"),
    ],
)
def test_an_unsafe_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, finding: str
) -> None:
    monkeypatch.setenv(name, value)

    assert refused() == {finding}


def test_what_is_refused_in_production_is_a_warning_while_one_develops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FILO_ENV", "")
    monkeypatch.setenv("FILO_ALLOW_PRIVATE_ADDRESSES", "1")

    assert refused() == set()
    assert "private-addresses" in {finding.name for finding in doctor.look()}


def test_a_key_that_others_may_read_is_refused() -> None:
    home.key_file().chmod(0o644)

    assert refused() == {"key"}


def test_a_missing_key_is_refused() -> None:
    home.key_file().unlink()

    assert refused() == {"key"}


def test_a_server_that_forgets_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own server runs without fsync: the doctor sees it."""
    monkeypatch.setattr(doctor, "DURABLE", ("fsync", "full_page_writes", "synchronous_commit"))

    assert refused() == {"fsync", "full_page_writes"}


def test_sample_people_are_refused(well: str) -> None:
    hire(well, "admin@brezza.example")

    assert refused() == {"sample-staff"}


def test_a_schema_that_is_behind_is_refused(well: str) -> None:
    with psycopg.connect(well) as connection:
        connection.execute("DELETE FROM django_migrations WHERE app = 'core'")

    assert refused() == {"migrations"}


def test_a_database_that_does_not_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://filo@/filo?host=/nowhere")

    assert refused() == {"database"}


@pytest.mark.parametrize(
    ("url", "findings"),
    [
        ("postgresql://filo:filo@db.example/filo", {"database-password", "database-tls"}),
        ("postgresql://filo@127.0.0.1/filo", {"database-password"}),
        ("postgresql://filo:Zk3-long@db.example/filo?sslmode=prefer", {"database-tls"}),
        ("postgresql://filo:Zk3-long@db.example/filo?sslmode=verify-full", set()),
        ("postgresql://filo@/filo?host=/run/filo", set()),
    ],
)
def test_an_open_road_to_the_database_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str, findings: set[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    assert {finding.name for finding in doctor.database_road()} == findings


def test_threat_37_code_that_others_may_write_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "code" / "page.py"
    (tmp_path / "code").chmod(0o755)
    page.write_text("", "utf-8")
    page.chmod(0o666)
    (tmp_path / "code").chmod(0o555)

    assert refused() == {"code"}


def test_a_clock_that_differs_is_refused() -> None:
    ours = clock.now()

    assert [found.name for found in doctor.skew(theirs=ours + 2 * doctor.SKEW, ours=ours)] == [
        "clock"
    ]
    assert list(doctor.skew(theirs=ours - doctor.SKEW / 2, ours=ours)) == []


def test_a_channel_with_an_empty_key_is_refused(well: str) -> None:
    with psycopg.connect(well) as connection, connection.cursor() as cur:
        team = create_team(cur, "Prenotazioni")
        number = connect(cur, "http", "App", team, {"deliver_to": "https://a.example/"})
        reseal(cur, number, {"deliver_to": "https://a.example/", "secret": ""})

    assert refused() == {"channel-secret"}


def reseal(cur: psycopg.Cursor[Any], number: int, settings: dict[str, str]) -> None:
    sealed = seal_settings(settings, row=f"channels_channel:{number}")
    cur.execute("UPDATE channels_channel SET sealed = %s WHERE id = %s", [sealed, number])


def test_the_start_in_production_asks_the_doctor() -> None:
    """As the supervisor does: a step that fails, whose words were said."""
    words = [sys.executable, "-m", "filo.project.doctor"]
    unsafe = {**os.environ, "FILO_ORIGIN": "http://care.example.com"}

    asked = subprocess.run(words, env=unsafe, capture_output=True, text=True, check=False)  # noqa: S603

    assert asked.returncode == 1
    assert "refused" in asked.stdout
    assert "origin" in asked.stdout


def test_machines_read_it_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FILO_DEBUG", "1")

    assert doctor.examine(as_json=True) == 1

    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["name"], finding["weight"]) == ("debug", "refused")
