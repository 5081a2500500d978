"""Every address that the house answers to, as its own maps say: Django's, OpenAPI's, the doors'."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from filo.api.v1 import api
from filo.live import stream
from filo.project import asgi, health
from tests.house.access.table import ROWS, Row

HOLE = re.compile(r"<(?:\w+:)?\w+>|\{\w+\}")
API = "/api/v1/"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def shape(path: str) -> str:
    """The path without its query, each hole alike."""
    return HOLE.sub("{}", path.partition("?")[0])


def pages() -> set[str]:
    """Django's map of addresses."""
    return set(_pages(get_resolver().url_patterns, "/"))


def _pages(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        whole = before + re.sub(r"\^?\(\?P<path>\.\*\)\$?", "{}", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _pages(pattern.url_patterns, whole)
        else:
            yield shape(whole)


def operations() -> set[str]:
    """What the API's own description says, as `GET /api/v1/cases/{}`."""
    paths = api.get_openapi_schema()["paths"]
    return {
        f"{method.upper()} {shape(path)}" for path, methods in paths.items() for method in methods
    }


def doors() -> set[str]:
    """The raw doors' prefixes, as the server knows them."""
    return {prefix.rstrip("/") for prefix, *_ in asgi.DOORS}


def live() -> set[str]:
    """The cases of the live door's own table of addresses."""
    found = set()
    for case in ast.walk(ast.parse(Path(stream.__file__).read_text("utf-8"))):
        if isinstance(case, ast.match_case) and isinstance(case.pattern, ast.MatchSequence):
            method, rest = case.pattern.patterns
            words = [_word(piece) for piece in getattr(rest, "patterns", [])]
            found.add(f"{_word(method)} {'/'.join(['/live', *words])}")
    return found


def _word(pattern: ast.pattern) -> str:
    value = getattr(pattern, "value", None)
    return str(value.value) if isinstance(value, ast.Constant) else "{}"


def probes() -> set[str]:
    return set(re.findall(r'"(/health/\w+)"', Path(health.__file__).read_text("utf-8")))


def declared(rows: list[Row] = ROWS) -> set[str]:
    return {f"{row.method} {shape(row.path)}" for row in rows}


def is_of(path: str, door: str) -> bool:
    return path == door or path.startswith(door + "/")


def is_raw_path(path: str) -> bool:
    return any(is_of(path, door) for door in doors())


def is_raw(row: Row) -> bool:
    return is_raw_path(shape(row.path))
