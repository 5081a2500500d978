"""The small world, on a database of its own."""

from __future__ import annotations

from tests.fixtures import world

__all__ = ["world"]
