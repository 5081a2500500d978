"""When to leave a provider in peace: after several failures in a row of the whole channel.

Open, it lets nobody through; after a pause it lets one try through, and that one decides. Each
try that fails doubles the pause: a short trouble costs seconds, a long one is not hammered at.
"""

from __future__ import annotations

FAILURES = 5
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 60.0


class Breaker:
    """Counts by the clock it is handed; keeps none of its own."""

    def __init__(self, *, failures: int = FAILURES, pause: float = FIRST_PAUSE) -> None:
        self._most = failures
        self._first_pause = pause
        self._pause = pause
        self._failures = 0
        self._next_try = 0.0
        self._trying = False

    @property
    def is_open(self) -> bool:
        return self._failures >= self._most

    def wait(self, *, at: float) -> float:
        """Seconds to wait; 0 lets the caller through, and while open holds back those after it."""
        if not self.is_open:
            return 0.0
        if at < self._next_try:
            return self._next_try - at
        self._next_try = at + self._pause
        self._trying = True
        return 0.0

    def succeeded(self) -> None:
        self._failures = 0
        self._pause = self._first_pause
        self._trying = False

    def failed(self, *, at: float) -> None:
        """One more failure; calls that were under way when it opened lengthen nothing."""
        if not self.is_open:
            self._failures += 1
        elif self._trying:
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        else:
            return
        self._trying = False
        if self.is_open:
            self._next_try = at + self._pause
