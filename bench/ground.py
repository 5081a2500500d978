"""A PostgreSQL of its own, with the settings of the product, migrated and empty."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from filo.core import home
from filo.project import postgres
from torture.house import free_ports


class Ground:
    """The cluster of a run; it can be started again with other settings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cluster = postgres.Cluster(folder / "postgres", folder / "run")
        self.server: subprocess.Popen[bytes] | None = None

    def start(self, **more: str) -> None:
        """With the product's settings, save for what is named."""
        postgres.prepare(self.cluster)
        self.server = postgres.spawn(self.cluster, settings=postgres.SETTINGS | more)
        postgres.wait_until_it_answers(self.cluster)

    def stop(self) -> None:
        if self.server:
            postgres.stop(self.server, within=120)
        self.server = None

    def enter(self, database: str) -> None:
        """This process and its children use that database from now on."""
        os.environ["DATABASE_URL"] = self.cluster.url(database)

    def clone(self, database: str) -> None:
        """A copy of the migrated, empty database."""
        with psycopg.connect(self.cluster.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {database} TEMPLATE filo".encode())


@contextmanager
def ground() -> Iterator[Ground]:
    """For as long as it is open, this process and its children use the new database."""
    folder = Path(tempfile.mkdtemp(prefix="filo-bench-"))
    folder.chmod(0o755)
    found = Ground(folder)
    before = dict(os.environ)
    os.environ |= {
        "FILO_HOME": str(folder / "home"),
        "DATABASE_URL": found.cluster.url("filo"),
        "FILO_SAMPLE": "0",
        "FILO_ALLOW_PRIVATE_ADDRESSES": "1",
        "DJANGO_SETTINGS_MODULE": "filo.project.settings",
    }
    try:
        found.start()
        _migrate()
        yield found
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.clear()
        os.environ |= before


def _migrate() -> None:
    home.make_key()
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    subprocess.run(command, check=True)  # noqa: S603 -- ourselves


@contextmanager
def serving(*command: str) -> Iterator[tuple[int, int]]:
    """A server process; gives its port and its pid once it listens."""
    port = free_ports()
    environment = os.environ | {"PORT": str(port), "MALLOC_ARENA_MAX": "2"}
    server = subprocess.Popen([sys.executable, *command], env=environment)  # noqa: S603 -- ourselves
    try:
        _wait(port, server)
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


@contextmanager
def working(*command: str) -> Iterator[int]:
    """A process that listens to nobody but the database; gives its pid."""
    environment = os.environ | {"MALLOC_ARENA_MAX": "2"}
    server = subprocess.Popen([sys.executable, *command], env=environment)  # noqa: S603 -- ourselves
    try:
        yield server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError("the server ended")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=2)
        except urllib.error.HTTPError:
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")


def cpu(pid: int) -> float:
    """Seconds of processor time that a process and its threads have used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def postgres_cpu() -> float:
    """The same for every process of our PostgreSQL, those that ended too."""
    root = os.environ["DATABASE_URL"]
    total = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        mine = root.split("host=")[1].replace("%2F", "/").removesuffix("run").encode()
        if b"/postgres\0-D" in words and mine in words:
            total += cpu(int(folder.name)) + _children(int(folder.name))
    return total


def _children(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ended = (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
    living = 0.0
    for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        try:
            living += cpu(int(text))
        except FileNotFoundError:
            continue
    return ended + living
