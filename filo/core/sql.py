"""Named SQL files: `sql = statements("filo.conversations")`, then `sql("claim")`.

A statement lives in `<part>/sql/<name>.sql` with its why on top.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files


def statements(package: str) -> Callable[[str], bytes]:
    """The loader of one part's statements; each file is read once."""

    @cache
    def read(name: str) -> bytes:
        text = (files(package) / "sql" / f"{name}.sql").read_text()
        lines = (line for line in text.splitlines() if not line.startswith("--"))
        return "\n".join(lines).strip().encode()

    return read
