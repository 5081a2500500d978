"""`filo up`, as real processes."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.ground import ROOT
from tests.house.running import Installation, environment, installation, lives, until


@pytest.fixture(scope="module")
def house() -> Iterator[Installation]:
    with installation() as one:
        yield one


@pytest.mark.slow
def test_it_comes_up_and_says_where(house: Installation) -> None:
    assert house.ready()
    until(lambda: "ready in" in house.said())
    assert f"http://localhost:{house.port}" in house.said()


@pytest.mark.slow
def test_it_listens_on_this_machine_alone(house: Installation) -> None:
    listening = set()
    for process in psutil.Process(house.process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess, FileNotFoundError):  # a backend that left meanwhile
            open_here = process.net_connections(kind="inet")
            listening |= {one.laddr for one in open_here if one.status == psutil.CONN_LISTEN}

    assert ("127.0.0.1", house.port) in listening
    assert {address for address, *_ in listening} == {"127.0.0.1"}


@pytest.mark.slow
def test_the_database_runs_as_an_ordinary_user_and_its_folder_is_closed(
    house: Installation,
) -> None:
    server = house.children()["postgres"]

    assert server.uids().effective != 0
    folder = server.cmdline()[server.cmdline().index("-D") + 1]
    assert Path(folder).stat().st_mode & 0o077 == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["web", "pipeline", "worker", "postgres"])
def test_a_killed_child_is_started_again(house: Installation, name: str) -> None:
    until(lambda: name in house.children())
    before = house.children()[name]

    before.kill()

    until(lambda: name in house.children() and house.children()[name].pid != before.pid)
    until(house.ready)


@pytest.mark.slow
def test_a_second_one_for_the_same_folder_is_refused(house: Installation) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "filo.project.cli", "up", "--no-sample"],
        env=environment(house.home, house.port + 50),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=30,
    )

    assert second.returncode == 1
    assert "already runs" in second.stderr
    until(house.ready)


@pytest.mark.slow
def test_two_run_side_by_side_and_each_stops_clean(house: Installation) -> None:
    with installation() as other:
        assert other.ready()
        everybody = [
            psutil.Process(other.process.pid),
            *psutil.Process(other.process.pid).children(recursive=True),
        ]

        assert other.stop(signal.SIGINT) == 0

        assert not [process for process in everybody if process.is_running()]
        with socket.socket() as freed:
            freed.bind(("127.0.0.1", other.port))
    assert house.ready()


@pytest.mark.slow
def test_when_the_supervisor_is_killed_nothing_stays_and_the_next_start_is_well() -> None:
    with installation() as one:
        children = psutil.Process(one.process.pid).children(recursive=True)
        one.process.kill()
        one.process.wait()
        until(lambda: not any(map(lives, children)))

        with installation(one.home, one.port) as again:
            assert again.ready()


@pytest.mark.slow
def test_a_taken_port_is_told_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        with installation(port=taken.getsockname()[1]) as refused:
            assert refused.process.wait(10) == 1
            assert "is taken" in refused.said()
            assert "postgres" not in refused.said()
