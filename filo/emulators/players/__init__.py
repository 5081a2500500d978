"""One folder for each provider that is played: its API, its habits, and what a customer can do."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from filo.emulators.accounts import Player


@cache
def players() -> dict[str, Player]:
    """Kind -> who plays it. A folder without `player` (tools that several share) plays nothing."""
    modules = (import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__))
    found = [module.player for module in modules if hasattr(module, "player")]
    return {player.kind: player for player in found}
