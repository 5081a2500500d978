"""Whom a note calls. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from filo.core.ids import number
from filo.staff.types import Colleague


def called(text: str, colleagues: Sequence[Colleague]) -> list[int]:
    """Colleagues whose name stands behind an @: the whole name, or a first name that is unique."""
    lower = text.lower()
    return [
        number("stf", one.id)
        for one in colleagues
        if any(f"@{name}" in lower for name in _names(one, colleagues))
    ]


def _names(one: Colleague, colleagues: Iterable[Colleague]) -> list[str]:
    whole, first = one.name.lower(), _first(one)
    alone = sum(_first(other) == first for other in colleagues) == 1
    return [whole, whole.replace(" ", "."), *([first] if alone and first else [])]


def _first(one: Colleague) -> str:
    return one.name.lower().partition(" ")[0]
