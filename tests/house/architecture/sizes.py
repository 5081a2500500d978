"""How long files and functions are: the bars that hold, and the distribution that is printed."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from tests.house.architecture import tree

FUNCTION = 50
FILE, TESTS, TEMPLATE = 400, 600, 80


@dataclass(frozen=True)
class Measure:
    name: str
    lines: int
    bar: int

    @property
    def is_over(self) -> bool:
        return self.lines > self.bar


def functions() -> list[Measure]:
    return [
        Measure(f"{tree.short(path)}:{node.lineno} {node.name}", length(node), FUNCTION)
        for path in tree.python(tests=True)
        for node in tree.functions(path)
    ]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def files() -> list[Measure]:
    return [*_of(tree.python(tests=True)), *_of(_faces())]


def _faces() -> Iterator[Path]:
    suffixes = {".html", ".css", ".js", ".sql"}
    return (path for path in tree.tracked() if path.suffix in suffixes and is_ours(path))


def is_ours(path: Path) -> bool:
    return path.is_relative_to(tree.ROOT / "filo") and "vendor" not in path.parts


def _of(paths: Iterator[Path]) -> Iterator[Measure]:
    for path in paths:
        filled = sum(1 for line in path.read_text("utf-8").splitlines() if line.strip())
        yield Measure(tree.short(path), filled, bar_of(path))


def bar_of(path: Path) -> int:
    if path.suffix == ".html":
        return TEMPLATE
    return TESTS if path.suffix == ".py" and tree.is_test(path) else FILE


def told(what: str, measures: list[Measure]) -> str:
    counted = sorted(measure.lines for measure in measures) or [0, 0]
    ninth = quantiles(counted, n=10)[-1] if len(counted) > 1 else counted[0]
    longest = max(measures, key=lambda measure: measure.lines)
    return (
        f"measure: {what}: {len(counted)}, median {median(counted):g}, p90 {ninth:g}, "
        f"max {counted[-1]} ({longest.name})"
    )


def main() -> int:
    ours = [m for m in functions() if not tree.is_test(tree.ROOT / m.name.partition(":")[0])]
    package = [*_of(tree.python())]
    lines = [told("functions", ours), told("files", package)]
    over = [measure for measure in [*functions(), *files()] if measure.is_over]
    lines += [f"{measure.name}: {measure.lines} lines, at most {measure.bar}" for measure in over]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
