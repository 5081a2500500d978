"""What each line must reach on two shared cores, and whether it does."""

from __future__ import annotations

import msgspec

from bench.lines import Line


class Bar(msgspec.Struct, frozen=True):
    """At most or at least; of the ratio where there is one, else of the value."""

    at_most: float | None = None
    at_least: float | None = None
    of_ratio: bool = False

    def __str__(self) -> str:
        sign, limit = ("≤", self.at_most) if self.at_most is not None else ("≥", self.at_least)
        return f"{'ratio ' if self.of_ratio else ''}{sign} {limit:,g}"

    def holds(self, line: Line) -> bool:
        value = line.ratio if self.of_ratio else line.value
        if value is None:
            return False
        if self.at_most is not None:
            return value <= self.at_most
        return self.at_least is not None and value >= self.at_least


GROWTH = Bar(at_most=1.5, of_ratio=True)
STREAM = Bar(at_most=20)
BARS = {
    "accepted and durable, 32 connections": Bar(at_least=0.5, of_ratio=True),
    "accepted and durable, 32 connections: p99": Bar(at_most=60),
    "fully processed": Bar(at_least=0.3, of_ratio=True),
    "fully processed: statements": Bar(at_most=0.15),
    "fully processed: processor, all": Bar(at_most=0.7),
    "live, 1,000 streams: memory each": STREAM,
    "live, 5,000 streams: memory each": STREAM,
    "live, 1,000 streams: told to all, median": Bar(at_most=150),
    "memory at rest": Bar(at_most=300),
}
NONE_OF = Bar(at_most=0)


def bar_of(line: Line) -> Bar | None:
    """By its name; by its kind where the name holds a measured number."""
    if line.name in BARS:
        return BARS[line.name]
    if line.name.startswith("webhook sent to desk, a third"):
        return {"p50": Bar(at_most=15), "p99": Bar(at_most=80)}.get(line.name[-3:], NONE_OF)
    if line.name.endswith(("and lost", "without Retry-After", "twice by the provider")):
        return NONE_OF
    if line.against.endswith(" messages") and line.ratio is not None:
        return GROWTH
    return None
