"""The live stream against a real database and a real server."""

from __future__ import annotations
