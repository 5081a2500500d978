"""Which parts of the house stand already."""

from __future__ import annotations

from importlib.util import find_spec


def built(module: str) -> bool:
    """Parts are used when they exist: the house grows by folders."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # its parent is not there either
        return False
