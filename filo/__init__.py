"""Filo: one customer, one thread, every channel."""

from __future__ import annotations

__version__ = "0.1.0"
