"""One process that starts the house, keeps every part of it alive, and stops it in order.

It waits in one `select` on its children's words, their ends and its own signals: nothing polls.
It imports neither Django nor asyncio: it stays small beside what it guards.
"""

from __future__ import annotations

import fcntl
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from filo.core import home
from filo.core.mortal import die_with_parent
from filo.project import children, greeting, postgres
from filo.project.children import Child

LEAVE_WITHIN = 8.0
WIDTH = 11


def main() -> None:
    """`filo up`, once the command line has been read."""
    try:
        sys.exit(up(sample="--sample" in sys.argv))
    except Busy as problem:
        sys.exit(str(problem))


class Busy(Exception):
    """Another supervisor runs this installation."""


class Failed(Exception):
    """A step before the start failed; its own words were printed."""


def up(*, sample: bool) -> int:
    """Start everything, stay until told to stop; the exit code."""
    with _the_only_one():
        home.remember_port()
        return House(sample=sample).run()


class House:
    """The database server and the children, while they live."""

    def __init__(self, *, sample: bool) -> None:
        self.sample = sample
        self.began = time.monotonic()
        self.selector = selectors.DefaultSelector()
        self.cluster: postgres.Cluster | None = None
        self.server: subprocess.Popen[bytes] | None = None
        self.crew: list[Child] = []
        self.stopping: signal.Signals | None = None
        self.greeted = False
        self.welcome: list[str] = []

    def run(self) -> int:
        self._hear_signals()
        try:
            self._open()
            while self.stopping is None:
                self._turn(self._patience())
        except (Failed, postgres.NoServer) as problem:
            say("filo", str(problem))
            return 1
        finally:
            self._close()
        return 0

    # --- opening ---------------------------------------------------------------

    def _open(self) -> None:
        self._look_at_ports()
        home.make_key()
        if home.uses_embedded_database():
            say("postgres", "starting")
            self.cluster = postgres.of_home()
            self._watch_server(postgres.start(self.cluster))
        self._step("prepare", "filo.project.prepare", *(["--sample"] if self.sample else []))
        if home.production():
            self._step("doctor", "filo.project.doctor")
        there, missing = children.manned(children.POSTS, sample=self.sample)
        for post in missing:
            say(post.name, f"not built yet ({post.module}): skipped")
        self.crew = children.crew(there, environment(sample=self.sample))
        for child in self.crew:
            self._start(child)

    def _look_at_ports(self) -> None:
        """Told before anything starts, in words, and not by a server that falls again and again."""
        for port in range(home.port(), home.port() + (4 if self.sample else 1)):
            with socket.socket() as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    trial.bind(("127.0.0.1", port))
                except OSError:
                    raise Failed(f"port {port} is taken: choose another PORT") from None

    def _step(self, name: str, module: str, *words: str) -> None:
        """One thing to finish first; Ctrl-C is heard meanwhile."""
        if self.stopping is not None:
            return
        once = subprocess.Popen(  # noqa: S603 -- our own modules
            [sys.executable, "-m", module, *words],
            env={**os.environ, **environment(sample=self.sample)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        if once.stdout is None:
            raise AssertionError
        for line in once.stdout:
            self._heed(name, line.decode(errors="replace").rstrip())
        if once.wait() and self.stopping is None:
            raise Failed(f"{name} failed: see the lines above")

    def _heed(self, name: str, line: str) -> None:
        """What a newcomer needs is kept for the end, when everything else has been said."""
        if line.startswith(greeting.LATER):
            self.welcome.append(line.removeprefix(greeting.LATER))
        else:
            say(name, line)

    # --- turning ---------------------------------------------------------------

    def _turn(self, seconds: float | None) -> None:
        for key, _ in self.selector.select(seconds):
            act: Callable[[], None] = key.data
            act()
        for child in self.crew:
            if child.process is None and child.due <= time.monotonic() and self.stopping is None:
                self._start(child)
        if not self.greeted and self.stopping is None:
            self._greet()

    def _patience(self) -> float | None:
        if not self.greeted:
            return 0.1
        waits = [child.due - time.monotonic() for child in self.crew if child.process is None]
        return max(0.0, min(waits)) if waits else None

    def _greet(self) -> None:
        if greeting.is_ready():
            self.greeted = True
            told = greeting.lines(sample=self.sample, took=time.monotonic() - self.began)
            for line in [*told, *self.welcome]:
                say("filo", line)

    def _start(self, child: Child) -> None:
        process = child.start()
        if process.stdout is None:
            raise AssertionError
        os.set_blocking(process.stdout.fileno(), False)
        words = process.stdout
        self.selector.register(words, selectors.EVENT_READ, lambda: self._hear(child, words))
        self._when_ended(process, lambda: self._ended(child, process))

    def _hear(self, child: Child, words: IO[bytes]) -> None:
        """Print whole lines; what a killed child left half said is printed with the next ones."""
        heard = os.read(words.fileno(), 65536)
        if not heard:
            self.selector.unregister(words)
            words.close()
            return
        *whole, child.rest = (child.rest + heard).split(b"\n")
        for line in whole:
            say(child.name, line.decode(errors="replace"))

    def _ended(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        code = process.wait()
        wait = child.ended()
        if self.stopping is None:
            say(child.name, f"ended ({_why(code)}); again in {wait:.1f} s")

    def _watch_server(self, server: subprocess.Popen[bytes]) -> None:
        self.server = server
        say("postgres", "ready")
        self._when_ended(server, lambda: self._server_ended(server))

    def _server_ended(self, server: subprocess.Popen[bytes]) -> None:
        code = server.wait()
        if self.stopping is None and self.cluster is not None:
            say("postgres", f"ended ({_why(code)}); starting again")
            self._watch_server(postgres.start(self.cluster))

    def _when_ended(self, process: subprocess.Popen[bytes], act: Callable[[], None]) -> None:
        """A pidfd becomes readable when its process ends, whoever killed it and however."""
        watch = os.pidfd_open(process.pid)

        def once() -> None:
            self.selector.unregister(watch)
            os.close(watch)
            act()

        self.selector.register(watch, selectors.EVENT_READ, once)

    # --- closing ---------------------------------------------------------------

    def _hear_signals(self) -> None:
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing)
        self.selector.register(reading, selectors.EVENT_READ, lambda: _swallow(reading))
        for order in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(order, self._told_to_stop)

    def _told_to_stop(self, number: int, frame: Any) -> None:
        if self.stopping is None:
            say("filo", "stopping")
        self.stopping = signal.Signals(number)

    def _close(self) -> None:
        """The door first, then the workers, then the emulated world, the database last."""
        self.stopping = self.stopping or signal.SIGTERM
        for turn in sorted({child.leaves for child in self.crew}):
            self._dismiss([child for child in self.crew if child.leaves == turn])
        if self.server is not None and self.server.poll() is None:
            postgres.stop(self.server)
        say("filo", "stopped")

    def _dismiss(self, leaving: list[Child]) -> None:
        for child in leaving:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + LEAVE_WITHIN
        while any(child.process for child in leaving) and time.monotonic() < deadline:
            self._turn(max(0.0, deadline - time.monotonic()))
        for child in leaving:
            if child.process is not None:
                say(child.name, "did not leave in time: killed")
                child.send(signal.SIGKILL)
                child.process.wait()


def environment(*, sample: bool) -> Mapping[str, str]:
    """What every child is told besides its parent's environment."""
    told = {
        "FILO_HOME": str(home.home()),
        "PORT": str(home.port()),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "filo.project.settings",
        # glibc keeps an arena for each thread: two are enough, and memory at rest is halved.
        "MALLOC_ARENA_MAX": "2",
    }
    if sample and not home.production():
        told["FILO_ALLOW_PRIVATE_ADDRESSES"] = "1"
    return told


def say(name: str, line: str) -> None:
    """Whoever read our words may have left (`bin/up | head`): the house stays open all the same."""
    try:
        sys.stdout.write(f"{name:<{WIDTH}}| {line}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _why(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _swallow(reading: int) -> None:
    os.read(reading, 4096)


class _the_only_one:  # noqa: N801 -- reads as a sentence where it is used
    """One supervisor an installation: the kernel frees the lock however it ends."""

    def __enter__(self) -> None:
        place = home.home()
        place.mkdir(parents=True, exist_ok=True)
        self.lock = (place / "up.lock").open("a+")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.lock.close()
            raise Busy(
                f"Filo already runs for {place}. Choose another FILO_HOME, or stop it."
            ) from None
        self.lock.truncate(0)
        self.lock.write(f"{os.getpid()}\n")
        self.lock.flush()

    def __exit__(self, *_: object) -> None:
        self.lock.close()


def supervisor_pid() -> int | None:
    """The supervisor of this installation, if one runs."""
    note = Path(home.home() / "up.lock")
    if not note.exists():
        return None
    with note.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(lock.read() or 0) or None
    return None


def wants_sample(chosen: bool | None) -> bool:
    """What was said on the command line, else FILO_SAMPLE, else everywhere but in production."""
    if chosen is not None:
        return chosen
    if said := os.environ.get("FILO_SAMPLE"):
        return said != "0"
    return not home.production()


if __name__ == "__main__":
    main()
