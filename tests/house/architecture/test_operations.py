"""Every change of the world that a part offers is tried by a test that names it."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house.architecture import tree

# May only shrink.
STILL = {"channels.settled", "customers.recognise"}


def operations() -> list[tuple[str, str]]:
    return [
        (path.parent.name, node.name)
        for path in tree.python()
        if path.name == "operations.py"
        for node in tree.parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
    ]


def words_of_tests() -> str:
    return "\n".join(text(path) for path in tree.python(tests=True) if tree.is_test(path))


def text(path: Path) -> str:
    return path.read_text("utf-8")


def test_every_operation_is_named_by_a_test() -> None:
    tried = words_of_tests()
    untried = [f"{part}.{name}" for part, name in operations() if name not in tried]

    assert not set(untried) - STILL, "write the sentence that says what it is for:\n" + "\n".join(
        untried
    )
