"""How a sample is signed in tests: as all of Meta's calls are."""

from __future__ import annotations

from filo.connectors._meta.seal import seal

__all__ = ["seal"]
