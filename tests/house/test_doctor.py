"""`filo doctor`: each unsafe setting is refused in production, by name."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from filo.core import home
from filo.project import doctor
from filo.project.doctor import Weight
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


def test_machines_read_it_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FILO_DEBUG", "1")

    assert doctor.examine(as_json=True) == 1

    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["name"], finding["weight"]) == ("debug", "refused")
