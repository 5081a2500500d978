"""The town's pages in Chromium, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Page, async_playwright

from filo.emulators.tests.town import PHONE, Town, whatsapp_town

CHANNEL = "chn_0000000000005"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def in_town(test: Callable[[Town], Awaitable[None]]) -> None:
    async def run() -> None:
        async with whatsapp_town() as town:
            town.world.person(PHONE, name="Ada Conti").email = "ada@conti.example"
            wish = {"house": "http://localhost:9", "jwt_secret": "key"}
            await town.play(f"/control/webchat/{CHANNEL}", "PUT", **wish)
            await test(town)

    asyncio.run(run())


@asynccontextmanager
async def page_of(town: Town, path: str, **options: Any) -> AsyncIterator[Page]:
    """A page in Chromium on which no script may fail and nothing may break the policy."""
    troubles: list[str] = []
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = await browser.new_page(viewport={"width": 1440, "height": 900}, **options)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda told: troubles.append(told.text) if _bad(told.text) else None)
        await page.goto(town.address + path)
        yield page
        await browser.close()
    assert troubles == []


def _bad(text: str) -> bool:
    return "Content Security Policy" in text
