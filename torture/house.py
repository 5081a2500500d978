"""A whole installation of its own, started as a person starts it, and its processes by name."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARTS = {
    "web": "filo.project.web",
    "pipeline": "filo.intake.pipeline",
    "sender": "filo.conversations.sender",
    "worker": "filo.project.worker",
    "postgres": "/bin/postgres -D",
}
PATIENCE = 120.0
SEND_TIMEOUT = 4.0


class House:
    """`url` is its address; `pids` finds the living processes of one part."""

    def __init__(self, folder: Path, port: int, supervisor: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.supervisor = supervisor
        self.spared: set[int] = set()  # stopped: a kill would end the stop

    def pids(self, part: str) -> list[int]:
        """Only children of our own supervisor: nobody else's process is ever touched."""
        return [pid for pid in _children(self.supervisor.pid) if PARTS[part] in _command(pid)]

    def kill(self, part: str, which: int) -> bool:
        """SIGKILL to one process of a part; False when none lives just now."""
        pids = [pid for pid in self.pids(part) if pid not in self.spared]
        return bool(pids) and _send(pids[which % len(pids)], signal.SIGKILL)

    def crash(self) -> float | None:
        """SIGQUIT to our PostgreSQL: it leaves without a word and recovers from its log.

        Gives the seconds until the house was ready again; None when it did not run just now.
        """
        pids = self.pids("postgres")
        if not pids or not _send(pids[0], signal.SIGQUIT):
            return None
        began = time.monotonic()
        while self.pids("postgres") == pids:
            time.sleep(0.02)
        _wait_until_ready(self.supervisor, self.port, self.folder)
        return time.monotonic() - began

    def stop(self, part: str, which: int, seconds: float) -> bool:
        """SIGSTOP, a pause, SIGCONT: as a frozen machine, or one that swaps."""
        pids = self.pids(part)
        if not pids or not _send(pid := pids[which % len(pids)], signal.SIGSTOP):
            return False
        self.spared.add(pid)
        time.sleep(seconds)
        self.spared.discard(pid)
        return _send(pid, signal.SIGCONT)


@contextmanager
def house() -> Iterator[House]:
    """Up to ready; stopped and cleared away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="filo-torture-"))
    folder.chmod(0o755)
    port = free_ports()
    settle(folder, port)
    command = [sys.executable, "-m", "filo.project.cli", "up"]
    with (folder / "log").open("wb") as log:
        supervisor = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 -- ourselves
    try:
        _wait_until_ready(supervisor, port, folder)
        yield House(folder, port, supervisor)
    finally:
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait(30)
        clear(folder)


def settle(folder: Path, port: int) -> None:
    """The environment of the house is ours too: we look into its database."""
    os.environ |= {
        "FILO_HOME": str(folder),
        "PORT": str(port),
        "FILO_SAMPLE": "0",
        "FILO_SENDERS": "2",
        "FILO_SEND_TIMEOUT": str(SEND_TIMEOUT),
        "FILO_ALLOW_PRIVATE_ADDRESSES": "1",
    }
    os.environ.pop("DATABASE_URL", None)


def clear(folder: Path) -> None:
    """Run by root, the cluster lies elsewhere: the folder's note says where."""
    note = folder / "postgres.place"
    if note.exists():
        shutil.rmtree(note.read_text("utf-8").strip(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(supervisor: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if supervisor.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("it did not start:\n" + (folder / "log").read_text()[-3000:])


def free_ports() -> int:
    """A port whose next three are free too."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port < 65_000 and all(_is_free(port + n) for n in range(4)):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return [int(text) for text in path.read_text().split()]
    except FileNotFoundError:
        return []


def _send(pid: int, order: signal.Signals) -> bool:
    try:
        os.kill(pid, order)
    except ProcessLookupError:
        return False
    return True


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""
