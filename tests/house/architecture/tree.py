"""The files of the repository as the rules look at them."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


@cache
def tracked() -> tuple[Path, ...]:
    """What is or would be committed; in an exported copy without git, everything there is."""
    asked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = asked.stdout.split("\0") if asked.returncode == 0 else map(str, ROOT.rglob("*"))
    found = (ROOT / name for name in names if name)
    return tuple(sorted(path for path in found if path.is_file() and not _is_made(path)))


def _is_made(path: Path) -> bool:
    return bool({".venv", "__pycache__", ".git"} & set(path.parts))


def python(*, tests: bool = False) -> Iterator[Path]:
    """The package's modules, migrations apart; with or without the tests."""
    for path in tracked():
        if path.suffix != ".py" or "migrations" in path.parts:
            continue
        if tests or not is_test(path):
            yield path


def is_test(path: Path) -> bool:
    inside = path.relative_to(ROOT)
    named = path.name.startswith("test_") or path.name == "conftest.py"
    beside = inside.parts[0] in {"tests", "bench", "torture", "conftest.py"}
    return named or beside or "tests" in inside.parts


@cache
def parsed(path: Path) -> ast.Module:
    text = path.read_text("utf-8")
    try:
        return ast.parse(text)
    except SystemError:  # CPython 3.11 loses count of its depth when a collection falls into it
        return ast.parse(text)


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def written_tests() -> set[str]:
    """The names of all tests of the repository: what a table of the docs may name."""
    return {
        name
        for path in tracked()
        if path.name.startswith("test_") and path.suffix == ".py"
        for name in re.findall(r"def (test_[a-z0-9_]+)", path.read_text("utf-8"))
    }
