"""The ground that every test stands on, in any part."""

from __future__ import annotations

pytest_plugins = ("tests.ground", "tests.post")
