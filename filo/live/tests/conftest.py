from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import pytest
from playwright.sync_api import Browser

from filo.core.db import Cursor
from filo.core.ids import public
from filo.live import operations
from filo.live.tests.town import Server, Town
from tests.chromium import chromium


@pytest.fixture
def town(committed_db: str) -> Town:
    return Town(committed_db)


@pytest.fixture
def address(town: Town) -> Iterator[str]:
    with Server() as address:
        yield address


@pytest.fixture
def drawn() -> Iterator[list[tuple[int, ...]]]:
    """A renderer that remembers what it was asked to draw."""
    asked: list[tuple[int, ...]] = []

    def draw(cur: Cursor, messages: Sequence[int], language: str) -> dict[int, str]:
        asked.append(tuple(messages))
        rows = cur.execute(
            "SELECT id, parts->0->>'text' FROM conversations_message WHERE id = ANY(%s)",
            [list(messages)],
        )
        return {
            id_: f"<li id={public('msg', id_)} lang={language}>{escape(text)}</li>"
            for id_, text in rows
        }

    before = operations.render_with(draw)
    yield asked
    operations.render_with(before)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser
