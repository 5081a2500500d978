"""Which types of events the code emits, read from its text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.architecture import tree


class Unclear(Exception):
    """A type that cannot be read from the text: write it as a literal."""


def emitted() -> set[str]:
    """The first word of every `Happening(…)` of the package."""
    return {type_ for path in tree.python() for type_ in of(tree.parsed(path), path)}


def of(module: ast.Module, path: Path) -> Iterator[str]:
    for function in ast.walk(module):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for call in _calls(function, "Happening"):
                try:
                    yield from _values(_argument(call, 0, "type"), function, module)
                except Unclear as unclear:
                    raise Unclear(f"{tree.short(path)}:{call.lineno}: {unclear}") from None


def _values(node: ast.expr, function: ast.AST, module: ast.Module) -> Iterator[str]:
    """What an expression may be: a literal, a choice of a table, what callers give."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=pieces):
            yield from _joined(pieces, function, module)
        case ast.FormattedValue(value=inside):
            yield from _values(inside, function, module)
        case ast.Subscript(value=ast.Name(id=name)):
            yield from _table(name, function)
        case ast.Name(id=name):
            yield from _given(name, function, module)
        case _:
            raise Unclear(ast.unparse(node))


def _joined(pieces: list[ast.expr], function: ast.AST, module: ast.Module) -> Iterator[str]:
    if not pieces:
        yield ""
        return
    for first in _values(pieces[0], function, module):
        for rest in _joined(pieces[1:], function, module):
            yield first + rest


def _table(name: str, function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.Dict(values=values)):
                if found == name:
                    yield from (str(ast.literal_eval(value)) for value in values)


def _given(name: str, function: ast.AST, module: ast.Module) -> Iterator[str]:
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    place = names.index(name) if name in names else len(names)
    for call in _calls(module, function.name):
        yield from _values(_argument(call, place, name), function, module)


def _argument(call: ast.Call, place: int, name: str) -> ast.expr:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if place >= len(call.args):
        raise Unclear(f"nothing is given for {name}")
    return call.args[place]


def _calls(where: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(where):
        match node:
            case ast.Call(func=ast.Name(id=found)) | ast.Call(func=ast.Attribute(attr=found)):
                if found == name:
                    yield node
