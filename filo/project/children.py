"""The processes of the house, and one of them while it lives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from filo.core import home
from filo.core.mortal import die_with_parent
from filo.project.built import built

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
# Whoever lived this long is well: the next pause is short again.
HEALTHY_AFTER = 5.0


@dataclass(frozen=True)
class Post:
    """What must always run: `count` processes of one module. Stopped in the order of `leaves`."""

    name: str
    module: str
    count: int = 1
    leaves: int = 1
    sample_only: bool = False

    def places(self) -> list[tuple[str, tuple[str, ...]]]:
        """The name and the words of each process; several share the work by their numbers."""
        if self.count == 1:
            return [(self.name, ())]
        of = ("--workers", str(self.count))
        return [
            (f"{self.name}.{number + 1}", ("--worker", str(number), *of))
            for number in range(self.count)
        ]


POSTS = (
    Post("web", "filo.project.web", leaves=0),
    Post("pipeline", "filo.intake.pipeline", count=2),
    Post("sender", "filo.conversations.sender", count=home.senders()),
    Post("poller", "filo.intake.poller"),
    Post("worker", "filo.project.worker"),
    Post("emulators", "filo.emulators.server", leaves=2, sample_only=True),
)


def manned(posts: tuple[Post, ...], *, sample: bool) -> tuple[list[Post], list[Post]]:
    """The posts to man here, and those whose module is not built yet."""
    wanted = [post for post in posts if sample or not post.sample_only]
    there = [post for post in wanted if built(post.module)]
    return there, [post for post in wanted if post not in there]


@dataclass
class Child:
    """One process that is started again when it ends."""

    name: str
    module: str
    leaves: int
    environment: Mapping[str, str]
    words: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    pause: float = FIRST_PAUSE
    ends: int = 0
    rest: bytes = field(default=b"", repr=False)

    def start(self) -> subprocess.Popen[bytes]:
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 -- our own modules
            [sys.executable, "-m", "filo.project.launch", self.module, *self.words],
            env={**os.environ, **self.environment, "FILO_PROCESS": self.name},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        return self.process

    def ended(self) -> float:
        """Note the end; the pause before the next start, longer when it keeps falling."""
        lived = time.monotonic() - self.started
        self.pause = FIRST_PAUSE if lived > HEALTHY_AFTER else min(self.pause * 2, LONGEST_PAUSE)
        self.process = None
        self.ends += 1
        self.due = time.monotonic() + (FIRST_PAUSE if self.ends == 1 else self.pause)
        return self.due - time.monotonic()

    def send(self, order: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(order)


def crew(posts: list[Post], environment: Mapping[str, str]) -> list[Child]:
    """A child for every place of every post, numbered where there are several."""
    return [
        Child(name, post.module, post.leaves, environment, words)
        for post in posts
        for name, words in post.places()
    ]
