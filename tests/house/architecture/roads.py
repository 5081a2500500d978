"""The second paths that nobody may take, each with the places that are the first one, and why.

A rule is a question over the syntax of one module (or the text of one script); its answer are line
numbers. What is allowed is a file, never a line: a file is read as a whole when it is reviewed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.house.architecture import tree

Ask = Callable[[ast.Module], Iterator[int]]


@dataclass(frozen=True)
class Rule:
    """`instead` is told to whoever breaks it; `planted` must be found by it."""

    name: str
    ask: Ask
    instead: str
    planted: tuple[str, ...]
    allowed: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ("filo/",)

    def broken(self) -> list[str]:
        return [
            f"{tree.short(path)}:{line}"
            for path in self.places()
            if tree.short(path) not in self.allowed
            for line in self.ask(tree.parsed(path))
        ]

    def idle(self) -> list[str]:
        """Places that are allowed what they no longer do."""
        return [
            name
            for name in self.allowed
            if not (tree.ROOT / name).exists() or not list(self.ask(tree.parsed(tree.ROOT / name)))
        ]

    def places(self) -> Iterator[Path]:
        return (
            path
            for path in tree.python()
            if tree.short(path).startswith(self.only) and "emulators" not in path.parts
        )


def named(node: ast.expr) -> str:
    """`a.b.c` of an expression, as far as it is one."""
    match node:
        case ast.Attribute(value=value, attr=attr):
            return f"{named(value)}.{attr}"
        case ast.Name(id=name):
            return name
    return ""


def calls(module: ast.Module, *ends: str) -> Iterator[ast.Call]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and named(node.func).endswith(ends):
            yield node


def imports(*names: str) -> Ask:
    def ask(module: ast.Module) -> Iterator[int]:
        for node in ast.walk(module):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            part = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            found = [f"{part}{each.name}" for each in node.names]
            if any(f"{each}.".startswith(f"{name}.") for each in found for name in names):
                yield node.lineno

    return ask


def marks_html(module: ast.Module) -> Iterator[int]:
    for call in calls(module, "mark_safe", "SafeString", "SafeText"):
        if call.args and not isinstance(call.args[0], ast.Constant):
            yield call.lineno
    for call in calls(module, "format_html", "format_html_join"):
        if not all(isinstance(each, ast.Constant) for each in call.args[:1]):
            yield call.lineno


def reads_rows(module: ast.Module) -> Iterator[int]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}:
            yield node.lineno
        if isinstance(node, ast.Call) and named(node.func).endswith((".execute", ".executemany")):
            yield node.lineno


def weaves_sql(module: ast.Module) -> Iterator[int]:
    """A statement put together with anything but parameters."""
    for call in calls(module, ".execute", ".executemany"):
        statement = call.args[0] if call.args else None
        woven = isinstance(statement, ast.JoinedStr) and any(
            isinstance(each, ast.FormattedValue) and not _is_constant(each.value)
            for each in statement.values
        )
        formatted = isinstance(statement, ast.Call) and named(statement.func).endswith(".format")
        added = isinstance(statement, ast.BinOp) and isinstance(statement.op, ast.Mod)
        if woven or formatted or added:
            yield call.lineno


def _is_constant(value: ast.expr) -> bool:
    """A name in capitals is fixed when the module is written."""
    return isinstance(value, ast.Name) and value.id.isupper()


def guesses(module: ast.Module) -> Iterator[int]:
    yield from imports("random", "uuid.uuid1", "uuid.uuid3", "numpy.random")(module)


def runs_words(module: ast.Module) -> Iterator[int]:
    yield from imports("pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml")(module)
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and named(node.func) in {"eval", "exec", "compile"}:
            yield node.lineno
        if isinstance(node, ast.Call) and named(node.func).endswith(("os.system", "os.popen")):
            yield node.lineno
        if isinstance(node, ast.keyword) and node.arg == "shell":
            yield node.value.lineno


def asks_patterns(module: ast.Module) -> Iterator[int]:
    """A pattern that is not written in the module: somebody else's could take for ever."""
    verbs = tuple(f"re.{verb}" for verb in ("compile", "search", "match", "fullmatch", "sub"))
    for call in calls(module, *verbs, "re.findall", "re.finditer", "re.split", "re.subn"):
        if named(call.func).partition(".")[0] == "re" and not _is_written(call.args[0]):
            yield call.lineno


def _is_written(pattern: ast.expr) -> bool:
    match pattern:
        case ast.Constant():
            return True
        case ast.JoinedStr(values=values):
            return all(
                isinstance(each, ast.Constant)
                or (isinstance(each, ast.FormattedValue) and _is_quoted(each.value))
                for each in values
            )
        case ast.BinOp(left=left, right=right):
            return _is_written(left) and _is_written(right)
    return _is_quoted(pattern)


def _is_quoted(value: ast.expr) -> bool:
    escaped = isinstance(value, ast.Call) and named(value.func) == "re.escape"
    return escaped or _is_constant(value)


def forgets_letters(module: ast.Module) -> Iterator[int]:
    """Bytes that are no UTF-8 and endless brackets are no `DecodeError` of msgspec's."""
    for node in ast.walk(module):
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            yield from [node.lineno] * ("msgspec.DecodeError" in ast.unparse(node.type))


def writes_templates(module: ast.Module) -> Iterator[int]:
    """A template out of words at hand, or `str.format` on words that are not written here."""
    for call in calls(module, "Template", ".from_string", "engines"):
        yield call.lineno
    for call in calls(module, ".format_map"):
        yield call.lineno


SCRIPT = re.compile(
    r"\.(?:inner|outer)HTML\s*=|insertAdjacentHTML|document\.write|createContextualFragment"
    r"|setHTMLUnsafe|\beval\(|new Function\b|\.srcdoc\s*="
)
UNESCAPED = re.compile(r"\|\s*safe(?:seq)?\b|\{%\s*autoescape\s+off")


def scripts() -> Iterator[Path]:
    yield from (p for p in tree.tracked() if p.suffix in {".js", ".html"} and _is_ours(p))


def _is_ours(path: Path) -> bool:
    inside = tree.short(path)
    return inside.startswith("filo/") and "vendor" not in path.parts and "emulators" not in inside


def lines_of(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    for number, line in enumerate(text.splitlines(), 1):
        if pattern.search(line):
            yield number
