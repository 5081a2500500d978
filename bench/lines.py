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


def as_table(lines: Sequence[Line]) -> str:
    rows = ["| line | value | unit | ratio | against |", "| --- | ---: | --- | ---: | --- |"]
    for line in lines:
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
        rows.append(f"| {line.name} | {line.value:,.2f} | {line.unit} | {ratio} | {line.against} |")
    return "\n".join(rows)
