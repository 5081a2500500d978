"""Where an installation keeps its things."""

from __future__ import annotations

from pathlib import Path

import pytest

from filo.core import home


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in ("PORT", "FILO_KEY_FILE", "FILO_ORIGIN", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FILO_HOME", str(tmp_path))
    return tmp_path


def test_the_key_is_made_once_and_for_its_owner_alone() -> None:
    first = home.make_key().read_bytes()

    assert home.make_key().read_bytes() == first
    assert home.key_file().stat().st_mode & 0o077 == 0


def test_a_lost_key_is_told_and_no_other_takes_its_place() -> None:
    with pytest.raises(home.NoKey):
        home.secret("sessions")

    assert not home.key_file().exists()


def test_every_purpose_has_a_secret_of_its_own() -> None:
    home.make_key()

    assert home.secret("django") != home.secret("metrics")
    assert home.secret("django") == home.secret("django")


def test_a_command_finds_the_port_that_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    home.remember_port()
    monkeypatch.delenv("PORT")

    assert home.port() == 8123
    assert home.origin() == "http://localhost:8123"


def test_a_start_without_a_port_takes_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    home.remember_port()
    monkeypatch.delenv("PORT")

    home.remember_port()

    assert home.port() == home.DEFAULT_PORT


def test_a_deep_folder_still_has_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Unix socket's path ends at 107 bytes."""
    monkeypatch.setattr(home, "runs_as_root", lambda: False)
    monkeypatch.setenv("FILO_HOME", "/home/somebody/" + "deep/" * 40)

    assert len(str(home.socket_folder() / ".s.PGSQL.5432.lock")) < 107


def test_two_folders_have_two_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "runs_as_root", lambda: True)
    first = home.socket_folder()
    monkeypatch.setenv("FILO_HOME", str(home.home() / "other"))

    assert home.socket_folder() != first


def test_only_the_word_production_is_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILO_ENV", "Production ")
    assert home.production()

    monkeypatch.setenv("FILO_ENV", "prod")
    assert not home.production()
