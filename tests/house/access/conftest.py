from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures import world
from tests.house.access.scene import Scene
from tests.world import World

__all__ = ["world"]


@pytest.fixture
def scene(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setenv("FILO_MEDIA_ROOT", str(tmp_path))
    return Scene(world)
