"""The rules of the house that a tool of the trade does not know."""

from __future__ import annotations
