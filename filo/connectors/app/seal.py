"""How the widget signs, for samples and tests."""

from __future__ import annotations

from filo.connectors._web.seal import seal

__all__ = ["seal"]
