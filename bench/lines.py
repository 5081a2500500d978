"""One figure of a run, and how all of them are written down."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Line(msgspec.Struct, frozen=True):
    """`ratio` is `value` over the value of the line named `against`."""

    name: str
    value: float
    unit: str
    against: str = ""
    ratio: float | None = None


def as_json(lines: Sequence[Line]) -> str:
    return msgspec.json.format(msgspec.json.encode({"lines": lines})).decode()
