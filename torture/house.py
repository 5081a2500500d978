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
}
PATIENCE = 120.0


class House:
    """`url` is its address; `pids` finds the living processes of one part."""

    def __init__(self, folder: Path, port: int, supervisor: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self.supervisor = supervisor

    def pids(self, part: str) -> list[int]:
        """Only children of our own supervisor: nobody else's process is ever touched."""
        found = []
        for pid in _children(self.supervisor.pid):
            words = _command(pid)
            if PARTS[part] in words:
                found.append(pid)
        return found

    def kill(self, part: str, which: int) -> bool:
        """SIGKILL to one process of a part; False when none lives just now."""
        pids = self.pids(part)
        if not pids:
            return False
        try:
            os.kill(pids[which % len(pids)], signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True


@contextmanager
def house() -> Iterator[House]:
    """Up to ready; stopped and cleared away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="filo-torture-"))
    folder.chmod(0o755)
    port = free_ports()
    environment = os.environ | {
        "FILO_HOME": str(folder),
        "PORT": str(port),
        "FILO_SAMPLE": "0",
        "FILO_ALLOW_PRIVATE_ADDRESSES": "1",
    }
    environment.pop("DATABASE_URL", None)
    os.environ["FILO_HOME"] = str(folder)
    os.environ.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "filo.project.cli", "up"]
    with (folder / "log").open("wb") as log:
        supervisor = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603 -- ourselves
    try:
        _wait_until_ready(supervisor, port, folder)
        yield House(folder, port, supervisor)
    finally:
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait(30)
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


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""
