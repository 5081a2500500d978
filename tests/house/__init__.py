"""The architecture as tests, and the house's own processes."""

from __future__ import annotations
