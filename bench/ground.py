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

from filo.project import postgres
from torture.house import free_ports


@contextmanager
def ground() -> Iterator[None]:
    """For as long as it is open, this process and its children use the new database."""
    folder = Path(tempfile.mkdtemp(prefix="filo-bench-"))
    folder.chmod(0o755)
    cluster = postgres.Cluster(folder / "postgres", folder / "run")
    os.environ |= {
        "FILO_HOME": str(folder / "home"),
        "DATABASE_URL": cluster.url("filo"),
        "FILO_SAMPLE": "0",
        "FILO_ALLOW_PRIVATE_ADDRESSES": "1",
        "DJANGO_SETTINGS_MODULE": "filo.project.settings",
    }
    postgres.prepare(cluster)
    server = postgres.spawn(cluster)
    try:
        postgres.wait_until_it_answers(cluster)
        _migrate(cluster)
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _migrate(cluster: postgres.Cluster) -> None:
    import psycopg

    from filo.core import home

    home.make_key()
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'filo'").fetchone()
        if not found:
            connection.execute("CREATE DATABASE filo")
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    subprocess.run(command, check=True)  # noqa: S603 -- ourselves


@contextmanager
def serving(*command: str) -> Iterator[tuple[int, int]]:
    """A server process; gives its port and its pid once it listens."""
    port = free_ports()
    environment = os.environ | {"PORT": str(port)}
    server = subprocess.Popen([sys.executable, *command], env=environment)  # noqa: S603 -- ourselves
    try:
        _wait(port, server)
        yield port, server.pid
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
