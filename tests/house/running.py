"""A whole installation as a newcomer starts it: real processes, a folder and a port of its own."""

from __future__ import annotations

import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from filo.core import home as core_home
from tests.ground import MEMORY, ROOT

PATIENCE = 60.0
OURS = ("FILO_", "DATABASE_URL", "DJANGO_", "PORT", "PYTEST_")


@dataclass
class Installation:
    home: Path
    port: int
    process: subprocess.Popen[str]

    def children(self) -> dict[str, psutil.Process]:
        """The supervised processes by the last word of their module."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):
                found[name_of(child.cmdline())] = child
        return found

    def ready(self) -> bool:
        door = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            door.request("GET", "/health/ready")
            return door.getresponse().status == 200
        except OSError:
            return False
        finally:
            door.close()

    def stop(self, order: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(order)
        return self.process.wait(PATIENCE)

    def said(self) -> str:
        return (self.home / "said").read_text("utf-8")


def name_of(words: list[str]) -> str:
    modules = [word for word in words if word.startswith("filo.") and "launch" not in word]
    if modules:
        return modules[0].rpartition(".")[2]
    return Path(words[0]).name if words else ""


def lives(process: psutil.Process) -> bool:
    """Whoever ended is a zombie until the first process of the machine looks: minutes, on some."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


@contextmanager
def installation(
    home: Path | None = None, port: int | None = None, *, sample: bool = False
) -> Iterator[Installation]:
    """`filo up`, until the block ends; whatever is left of it is taken away."""
    folder = home or Path(tempfile.mkdtemp(prefix="filo-up-"))
    chosen = port or free_port()
    _cluster_in_memory(folder)
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(  # noqa: S603 -- our own command
            [
                sys.executable,
                "-m",
                "filo.project.cli",
                "up",
                "--sample" if sample else "--no-sample",
            ],
            env=environment(folder, chosen),
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            text=True,
        )
    one = Installation(folder, chosen, process)
    try:
        until(lambda: one.ready() or process.poll() is not None, within=PATIENCE * (1 + 2 * sample))
        yield one
    finally:
        if process.poll() is None:
            one.stop()
        if home is None:
            forget(folder)


def _cluster_in_memory(folder: Path) -> None:
    """Run by root, the note in the folder says where its cluster lies: beside it, if on no disk."""
    note = folder / "postgres.place"
    if core_home.runs_as_root() and tempfile.gettempdir() == str(MEMORY) and not note.exists():
        note.write_text(f"{MEMORY / 'filo-cluster-'}{secrets.token_hex(6)}\n", "utf-8")


def environment(folder: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, "FILO_HOME": str(folder), "PORT": str(port), "PYTHONPATH": str(ROOT)}


def forget(folder: Path) -> None:
    note = folder / "postgres.place"
    if note.exists():
        shutil.rmtree(note.read_text("utf-8").strip(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """One with three neighbours for the emulators, away from those that the kernel gives out."""
    for port in range(20000 + 4 * (os.getpid() % 2900), 32760, 4):
        if all(map(_is_free, range(port, port + 4))):
            return port
    raise AssertionError("no free port")


def _is_free(port: int) -> bool:
    with socket.socket() as trial, suppress(OSError):
        trial.bind(("127.0.0.1", port))
        return True
    return False


def until(true: Callable[[], bool], *, within: float = PATIENCE) -> None:
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)
