"""Every change of the world that a part offers is tried by a test that names it."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house.architecture import tree


def operations() -> list[tuple[str, str]]:
    return [
        (path.parent.name, name)
        for path in tree.python()
        if path.name == "operations.py"
        for name in offered(tree.parsed(path))
    ]


def offered(module: ast.Module) -> list[str]:
    """What it defines, and what it hands on by `__all__`."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    defined = [node.name for node in module.body if isinstance(node, kinds)]
    handed_on = [
        str(one.value)
        for node in module.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        for one in ast.walk(node.value)
        if isinstance(one, ast.Constant)
    ]
    return [name for name in {*defined, *handed_on} if not name.startswith("_")]


def words_of_tests() -> str:
    return "\n".join(text(path) for path in tree.python(tests=True) if tree.is_test(path))


def text(path: Path) -> str:
    return path.read_text("utf-8")


def test_every_operation_is_named_by_a_test() -> None:
    tried = words_of_tests()
    untried = [f"{part}.{name}" for part, name in operations() if name not in tried]

    assert not untried, "write the sentence that says what it is for:\n" + "\n".join(untried)
