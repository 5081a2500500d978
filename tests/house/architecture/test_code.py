"""What no line of the package may do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.architecture import tree

CLOCK = "filo/core/clock.py"
# The process's own stopwatch is not the time of day.
NOW = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime"}
CLOCKS = {"datetime", "date", "time", "timezone", "dt"}
BANNED = {
    "manager",
    "helper",
    "helpers",
    "utils",
    "util",
    "service",
    "services",
    "handler",
    "handlers",
}
BANNED |= {"data", "info", "process", "do"}
# Where a request, a task or a batch ends, whatever happened in it.
OUTER_DOORS = (
    "filo/project/asgi.py",
    "filo/project/worker.py",
    "filo/intake/pipeline.py",
    "filo/intake/parking.py",
    "filo/intake/reading.py",
    "filo/intake/poller.py",
    "filo/conversations/fetcher_loop.py",
    "filo/conversations/sender.py",
    "filo/live/pouring.py",
    "filo/live/tail.py",
    "filo/live/operations.py",
    "filo/conversations/mouth.py",
)
# A word is a word of the trade: Django and the standard library name these for us.
GIVEN = {"get_context_data", "handle_data", "handle_starttag", "handle_endtag"}


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree.parsed(path)) if isinstance(node, ast.Call))


def test_only_the_clock_reads_the_time() -> None:
    readers = [
        f"{tree.short(path)}:{call.lineno}"
        for path in tree.python()
        if tree.short(path) != CLOCK
        for call in calls(path)
        if reads_the_time(call.func) and not is_a_conversion(call)
    ]

    assert not readers, "ask filo.core.clock, or be told `at`:\n" + "\n".join(readers)


def reads_the_time(called: ast.expr) -> bool:
    if not isinstance(called, ast.Attribute) or called.attr not in NOW:
        return False
    owner = called.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name in CLOCKS


def is_a_conversion(call: ast.Call) -> bool:
    """`timezone.localtime(at)` turns a moment into another zone's words."""
    return (
        isinstance(call.func, ast.Attribute) and call.func.attr == "localtime" and bool(call.args)
    )


def test_nobody_asks_the_registry_of_apps_for_a_model() -> None:
    asking = [
        f"{tree.short(path)}:{call.lineno}"
        for path in tree.python()
        for call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "get_model"
    ]

    assert not asking, "import through the part's doors:\n" + "\n".join(asking)


def test_nothing_decides_behind_a_signal_or_a_save() -> None:
    hidden = [
        f"{tree.short(path)}:{node.lineno} {node.name}"
        for path in tree.python()
        if path.name == "models.py"
        for node in tree.functions(path)
        if node.name in {"save", "delete"}
    ]
    signals = [
        tree.short(path)
        for path in tree.python()
        if re.search(r"\bdjango\.db\.models\.signals\b|@receiver\(", path.read_text("utf-8"))
    ]

    assert not hidden, "say it in operations.py:\n" + "\n".join(hidden)
    assert not signals, "news travels by events:\n" + "\n".join(signals)


def test_no_kind_of_connector_is_named_outside_its_folder() -> None:
    folders = tree.ROOT / "filo" / "connectors"
    kinds = {folder.name for folder in folders.iterdir() if (folder / "connector.py").exists()}
    named = [
        f"{tree.short(path)}:{line} {kind}"
        for path in tree.python()
        if "connectors" not in path.parts and "emulators" not in path.parts
        if path.name not in {"sample.py"} and "sample" not in path.parts
        for line, kind in comparisons(path)
        if kind in kinds
    ]

    assert not named, "ask the card what the channel can do:\n" + "\n".join(named)


def comparisons(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree.parsed(path)):
        words: list[ast.expr] = []
        # `http` is a scheme too, and `email` a field.
        if isinstance(node, ast.Compare) and "scheme" not in ast.unparse(node):
            words = [node.left, *node.comparators]
        elif isinstance(node, ast.MatchValue):
            words = [node.value]
        for word in words:
            inside = word.elts if isinstance(word, ast.Tuple | ast.Set | ast.List) else [word]
            for one in inside:
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield one.lineno, one.value


def test_no_name_says_nothing() -> None:
    empty = [
        f"{tree.short(path)}: {name}"
        for path in tree.python()
        for name in [path.stem, *defined(path)]
        if name not in GIVEN and set(split(name)) & BANNED
    ]

    assert not empty, "speak the trade, not the machine:\n" + "\n".join(empty)


def defined(path: Path) -> list[str]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return [node.name for node in ast.walk(tree.parsed(path)) if isinstance(node, kinds)]


def split(name: str) -> list[str]:
    """`DeadLetterManager` and `dead_letter_manager` alike."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().strip("_").split("_")


def test_a_catch_all_stands_at_the_outer_doors_only() -> None:
    wide = [
        f"{tree.short(path)}:{node.lineno}"
        for path in tree.python()
        if not tree.short(path).startswith(OUTER_DOORS)
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.ExceptHandler) and is_wide(node.type)
    ]

    assert not wide, "catch what you can answer:\n" + "\n".join(wide)


def is_wide(kind: ast.expr | None) -> bool:
    return kind is None or (
        isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"}
    )
