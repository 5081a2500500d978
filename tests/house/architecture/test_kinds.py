"""No part asks which provider it is: nothing outside a connector's folder names its kind."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from filo.channels import registry
from tests.house.architecture import tree

KINDS = frozenset(registry.kinds())
# Words that mean something else besides: only where they are compared with a kind.
COMMON = {"app", "apple", "counter", "email", "http", "line", "reviews", "sms", "x"}
PLAIN = sorted(KINDS - COMMON)
WORD = re.compile(rf"\b({'|'.join(PLAIN)})\b", re.IGNORECASE)
# The providers' side plays each kind by its name, and the sample company connects one of each.
THEIRS = ("filo/emulators/", "filo/project/sample/")
TEXTS = {".html", ".js", ".css", ".sql", ".txt"}


def test_no_module_names_a_kind_that_is_not_its_own() -> None:
    strays = [
        f"{tree.short(path)}:{line} names {kind}"
        for path in tree.python()
        if not tree.short(path).startswith(THEIRS)
        for line, kind in named(tree.parsed(path))
        if kind != own(path)
    ]

    assert not strays, "say it on the card, or as an ability:\n" + "\n".join(strays)


def test_no_page_script_or_statement_names_a_kind() -> None:
    strays = [
        f"{tree.short(path)} names {found.group()}"
        for path in sorted((tree.ROOT / "filo").rglob("*"))
        if path.suffix in TEXTS and not tree.short(path).startswith(THEIRS) and not own(path)
        if (found := WORD.search(path.read_text("utf-8")))
    ]

    assert not strays, "say it on the card, or as an ability:\n" + "\n".join(strays)


@pytest.mark.parametrize(
    "planted",
    [
        'if channel.kind == "email": pass',
        'if kind in ("email", "http"): pass',
        'match channel.kind:\n    case "http": pass',
        'space = "whatsapp"',
        'template = f"desk/{name}/whatsapp.html"',
        'LIMITS = {"webchat": 4096}',
    ],
)
def test_a_planted_kind_is_found(planted: str) -> None:
    assert list(named(ast.parse(planted)))


def own(path: Path) -> str:
    """The kind of the connector in whose folder this lies; empty outside."""
    parts = path.relative_to(tree.ROOT).parts
    return parts[2] if parts[:2] == ("filo", "connectors") and len(parts) > 3 else ""


def named(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Where a kind is named, and which: any in a question about a kind, a plain one anywhere."""
    skipped = set(docstrings(module))
    for node in ast.walk(module):
        if isinstance(node, ast.Compare | ast.Match) and any(map(is_kind, asked(node))):
            yield from ((node.lineno, kind) for kind in constants(node) if kind in KINDS)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in skipped:
            yield from ((node.lineno, found.lower()) for found in WORD.findall(node.value))


def asked(node: ast.Compare | ast.Match) -> list[ast.expr]:
    return [node.left, *node.comparators] if isinstance(node, ast.Compare) else [node.subject]


def docstrings(module: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(module):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def is_kind(node: ast.expr) -> bool:
    """A connector's kind, as far as a name tells: the kind of a form's field is another."""
    if isinstance(node, ast.Attribute):
        return node.attr == "kind" and getattr(node.value, "id", "") != "field"
    name = getattr(node, "id", "")
    return name == "kind" or name.endswith("_kind")


def constants(node: ast.AST) -> Iterator[str]:
    return (
        found.value
        for found in ast.walk(node)
        if isinstance(found, ast.Constant) and isinstance(found.value, str)
    )
