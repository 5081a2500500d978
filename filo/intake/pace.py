"""How fast one visitor of a chat may write: whoever floods is asked to wait, nobody else is.

Providers are never slowed: they speak for many, and would send the same again.
"""

from __future__ import annotations

from collections import OrderedDict

RATE = 10.0  # calls a second of one visitor, for ever: typing and reading are calls too
SIZE = 300.0  # at once, after a rest
MOST = 10_000  # visitors that one process remembers; the longest silent is forgotten first


class Pace:
    """Token buckets of this process, one a visitor."""

    def __init__(self, *, rate: float = RATE, size: float = SIZE, most: int = MOST) -> None:
        self.rate = rate
        self.size = size
        self.most = most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def may(self, who: str, *, at: float) -> bool:
        """Take one call of theirs, if one is left; `at` is a stopwatch's time in seconds."""
        level, before = self._buckets.pop(who, (self.size, at))
        level = min(self.size, level + self.rate * max(0.0, at - before))
        is_left = level >= 1
        self._buckets[who] = (level - is_left, at)
        if len(self._buckets) > self.most:
            self._buckets.popitem(last=False)
        return is_left
