from __future__ import annotations

from tests.journeys.conftest import browser, house

__all__ = ["browser", "house"]
