"""A backup is worth what its restore is."""

from __future__ import annotations

import stat
import tarfile
from pathlib import Path

import psycopg
import pytest

from filo.core import home
from filo.project import backup
from tests.house.people import hire


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, committed_db: str) -> Path:
    """A folder of its own with a key and one file."""
    monkeypatch.setenv("FILO_HOME", str(tmp_path / "home"))
    home.make_key()
    home.media_root().mkdir()
    (home.media_root() / "boarding-pass.pdf").write_bytes(b"%PDF")
    return tmp_path


def facts(url: str) -> dict[str, str]:
    with psycopg.connect(url) as connection:
        return dict(connection.execute("SELECT name, value FROM core_fact").fetchall())


def write_fact(url: str, name: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO core_fact (name, value) VALUES (%s, '')", [name])


def test_everything_comes_back_and_old_cursors_mean_nothing(
    own_home: Path, committed_db: str
) -> None:
    write_fact(committed_db, "kept")
    before, key = facts(committed_db), home.key_file().read_bytes()
    backup.write(own_home / "filo.tar")
    write_fact(committed_db, "afterwards")
    home.key_file().unlink()
    (home.media_root() / "boarding-pass.pdf").unlink()

    backup.read(own_home / "filo.tar", replace=True)

    after = facts(committed_db)
    assert set(after) == set(before)
    assert after["epoch"] != before["epoch"]
    assert after["installation"] == before["installation"]
    assert home.key_file().read_bytes() == key
    assert (home.media_root() / "boarding-pass.pdf").read_bytes() == b"%PDF"


def test_only_its_owner_may_read_it(own_home: Path) -> None:
    backup.write(own_home / "filo.tar")

    assert stat.S_IMODE((own_home / "filo.tar").stat().st_mode) == 0o600


def test_an_older_backup_is_never_written_over(own_home: Path) -> None:
    backup.write(own_home / "filo.tar")

    with pytest.raises(backup.Refused, match="already"):
        backup.write(own_home / "filo.tar")


def test_a_database_with_people_is_not_thrown_away_unasked(
    own_home: Path, committed_db: str
) -> None:
    backup.write(own_home / "filo.tar")
    hire(committed_db, "ada@brezza.example")

    with pytest.raises(backup.Refused, match="--replace"):
        backup.read(own_home / "filo.tar", replace=False)


def test_another_key_is_not_written_over_unasked(own_home: Path) -> None:
    backup.write(own_home / "filo.tar")
    home.key_file().unlink()
    home.make_key()

    with pytest.raises(backup.Refused, match="another key"):
        backup.read(own_home / "filo.tar", replace=False)


def test_a_broken_backup_changes_nothing(own_home: Path, committed_db: str) -> None:
    backup.write(own_home / "filo.tar")
    before = facts(committed_db)
    broken = own_home / "broken.tar"
    with tarfile.open(own_home / "filo.tar") as good:
        good.extractall(own_home / "parts", filter="data")
    dump = own_home / "parts" / backup.DUMP
    dump.write_text(dump.read_text("utf-8")[:-3000] + "\nSELECT nothing;\n", "utf-8")
    with tarfile.open(broken, "w") as bundle:
        for part in (own_home / "parts").iterdir():
            bundle.add(part, part.name)

    with pytest.raises(backup.Refused):
        backup.read(broken, replace=True)

    assert facts(committed_db) == before


def test_a_file_that_is_no_backup_is_told(own_home: Path) -> None:
    (own_home / "letter.txt").write_text("Dear Ada", "utf-8")

    with pytest.raises(backup.Refused, match="cannot be read"):
        backup.read(own_home / "letter.txt", replace=True)
