"""When to leave a provider in peace: after several failures in a row of the whole channel.

Open, it lets nobody through; after a pause it lets one try through, and that one decides.
"""

from __future__ import annotations

FAILURES = 5
PAUSE = 30.0


class Breaker:
    """Counts by the clock it is handed; keeps none of its own."""

    def __init__(self, *, failures: int = FAILURES, pause: float = PAUSE) -> None:
        self._most = failures
        self._pause = pause
        self._failures = 0
        self._next_try = 0.0

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
        return 0.0

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self, *, at: float) -> None:
        self._failures += 1
        if self.is_open:
            self._next_try = at + self._pause
