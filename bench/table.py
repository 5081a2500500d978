"""The lines of one part as a Markdown table, with the bar beside each value."""

from __future__ import annotations

from collections.abc import Sequence

from bench.bars import bar_of
from bench.lines import Line


def as_table(lines: Sequence[Line]) -> str:
    rows = [
        "| line | value | unit | ratio | against | bar |",
        "| --- | ---: | --- | ---: | --- | --- |",
    ]
    for line in lines:
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
        cells = [line.name, f"{line.value:,.2f}", line.unit, ratio, line.against, _judged(line)]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _judged(line: Line) -> str:
    bar = bar_of(line)
    if bar is None:
        return ""
    return str(bar) if bar.holds(line) else f"**{bar}: missed**"
