"""A bar on stderr: how far a part has come."""

from __future__ import annotations

import sys
import time

WIDTH = 30


class Progress:
    """Drawn anew at most ten times a second; a pipe reads only the last state."""

    def __init__(self, name: str, whole: int) -> None:
        self.name = name
        self.whole = max(whole, 1)
        self.come = 0
        self.began = time.monotonic()
        self.drawn = 0.0

    def step(self, many: int = 1) -> None:
        self.come = min(self.come + many, self.whole)
        now = time.monotonic()
        ended = self.come == self.whole
        if not ended and (now - self.drawn < 0.1 or not sys.stderr.isatty()):
            return
        self.drawn = now
        sys.stderr.write(bar(self.name, self.come / self.whole, now - self.began))
        sys.stderr.write("\n" if ended else "\r")
        sys.stderr.flush()


def bar(name: str, share: float, seconds: float) -> str:
    full = round(share * WIDTH)
    return f"{name:<28} [{'#' * full}{'.' * (WIDTH - full)}] {share:4.0%} {seconds:6.1f} s"
