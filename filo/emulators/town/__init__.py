"""The town: pages on which a newcomer plays the customers, with what they hold in their hands."""

from __future__ import annotations

from filo.emulators.town.pages import router

__all__ = ["router"]
