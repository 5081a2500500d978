"""Fixtures that several parts' tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from filo.core.db import connect
from tests.cast import Cast
from tests.world import World


@pytest.fixture
def world(committed_db: str) -> Iterator[World]:
    with connect(name="test") as connection:
        yield World(connection)


@pytest.fixture
def brezza(committed_db: str) -> Iterator[Cast]:
    with connect(name="test") as connection:
        yield Cast(connection)
