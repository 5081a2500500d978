"""A real Chromium for the tests, and the event loop that it keeps in their thread."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"] + [
    f"--disable-{what}" for what in ("background-networking", "component-update", "sync")
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """While it is open, Playwright marks its own loop as the running one of this thread."""
    with loop_hidden(), sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def loop_hidden() -> Iterator[None]:
    """No loop counts as running inside: a browser left open elsewhere is none of this test's."""
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(running)
