"""From nothing to ready, and what it weighs: seconds, memory, bytes of pages."""

from __future__ import annotations

import gzip
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

import django_htmx

from bench.intake import a_channel, requests
from bench.lines import Line
from bench.load import press
from bench.progress import Progress
from bench.weight import weights
from filo.core.ids import public
from filo.project import postgres
from torture.house import free_ports

REST = 10.0  # seconds until what a start leaves behind has settled
FILO = Path(__file__).resolve().parent.parent / "filo"
PORTAL = FILO / "portal" / "static" / "portal"


def run(*, messages: int = 10_000) -> list[Line]:
    """A house as a person starts it, twice on the same folder."""
    before = dict(os.environ)
    folder = Path(tempfile.mkdtemp(prefix="filo-bench-"))
    folder.chmod(0o755)
    port = free_ports()
    os.environ |= {"FILO_HOME": str(folder), "PORT": str(port), "FILO_SAMPLE": "0"}
    os.environ.pop("DATABASE_URL", None)
    progress = Progress("cold", 4)
    try:
        with _up(folder, port) as (pid, cold):
            progress.step()
            time.sleep(REST)
            rest = _weights("memory at rest", pid)
            progress.step()
            _load(port, messages)
            loaded = _weights("memory under load", pid)
            progress.step()
        with _up(folder, port) as (_, warm):
            progress.step()
    finally:
        _forget(folder)
        os.environ.clear()
        os.environ |= before
    starts = [Line("start, nothing there yet", cold, "s"), Line("start, all there", warm, "s")]
    return [*starts, *rest, *loaded, *pages()]


@contextmanager
def _up(folder: Path, port: int) -> Iterator[tuple[int, float]]:
    """The supervisor's pid, and the seconds until the house said that it was ready."""
    began = time.monotonic()
    command = [sys.executable, "-m", "filo.project.cli", "up"]
    with (folder / "log").open("ab") as log:
        supervisor = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 -- ourselves
    try:
        _wait_until_ready(supervisor, port, folder)
        yield supervisor.pid, time.monotonic() - began
    finally:
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait(60)


def _wait_until_ready(supervisor: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    for _ in range(2_400):
        if supervisor.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2)
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("it did not start:\n" + (folder / "log").read_text()[-3000:])


def _forget(folder: Path) -> None:
    """The data of root's installation lies elsewhere."""
    place = postgres.of_home().place
    shutil.rmtree(place, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _weights(name: str, pid: int) -> list[Line]:
    found = weights(pid)
    return [
        Line(name, sum(found.values()) / 1024, "MiB"),
        *(Line(f"{name}: {part}", kib / 1024, "MiB") for part, kib in sorted(found.items())),
    ]


def _load(port: int, messages: int) -> None:
    """Webhooks at 32 connections; the pipeline follows meanwhile."""
    os.environ["DATABASE_URL"] = postgres.of_home().url()
    path = "/hooks/" + public("chn", a_channel())
    press(port, requests(path, messages, "cold"), connections=32)
    os.environ.pop("DATABASE_URL")


# --- what a browser loads --------------------------------------------------------


def pages() -> list[Line]:
    """Scripts and styles as files; what is loaded later, or never by some, counts too."""
    htmx = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    launcher = PORTAL / "launcher.js"
    desk = [*_files(FILO / "desk"), *_files(FILO / "live"), htmx]
    return [
        *_bytes("desk, scripts and styles", desk),
        *_bytes("widget on a customer's site, not opened", [launcher]),
        *_bytes("widget, opened", _files(FILO / "portal")),
    ]


def _files(part: Path) -> list[Path]:
    found = sorted((part / "static").rglob("*"))
    return [path for path in found if path.suffix in {".js", ".css"}]


def _bytes(name: str, files: list[Path]) -> list[Line]:
    raw = [path.read_bytes() for path in files]
    small = sum(len(gzip.compress(body, 6)) for body in raw)
    whole = sum(map(len, raw))
    return [Line(name, whole / 1024, "KiB"), Line(f"{name}, gzip", small / 1024, "KiB")]
