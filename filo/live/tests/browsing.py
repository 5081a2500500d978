"""A page with <filo-live> in a real Chromium, served by the door under test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from filo.live import stream

STATIC = Path(stream.__file__).parent / "static"
PAGE = """<!doctype html><title>Live</title>
<filo-live src="/live" cursor="{cursor}" session="{session}" data-case="{case}"></filo-live>
<ol id="flow" data-thread="{customer}"></ol>
<script>
  window.facts = []; window.hints = []; window.states = [];
  addEventListener("filo:fact", (e) => facts.push(e.detail));
  addEventListener("filo:hint", (e) => hints.push(e.detail));
  addEventListener("filo:state", (e) => states.push(e.detail));
</script>
<script type="module" src="/static/live/live.js"></script>
"""


def log_in(browser: Browser, address: str, cookies: dict[str, str]) -> BrowserContext:
    context = browser.new_context(base_url=address)
    context.add_cookies([{"name": k, "value": v, "url": address} for k, v in cookies.items()])
    return context


def open_tab(context: BrowserContext, **asked: str) -> Page:
    page = context.new_page()
    page.goto("/page?" + "&".join(f"{key}={value}" for key, value in asked.items()))
    return page


def wait_for(page: Page, state: str) -> None:
    page.wait_for_selector(f"filo-live[data-state={state}]", state="attached", timeout=15_000)


def facts(page: Page, count: int) -> list[dict[str, Any]]:
    page.wait_for_function(f"facts.length >= {count}", timeout=15_000)
    found: list[dict[str, Any]] = json.loads(page.evaluate("JSON.stringify(facts)"))
    return found


async def serve(asked: dict[str, str], path: str, send: Any) -> None:
    """The page itself, and the scripts as they ship."""
    if path == "/page":
        blank = dict.fromkeys(("cursor", "session", "case", "customer"), "")
        kind, body = b"text/html", PAGE.format(**{**blank, **asked}).encode()
    else:
        file = STATIC / path.removeprefix("/static/")
        kind, body = b"text/javascript", file.read_bytes() if file.is_file() else b""
    head = [(b"content-type", kind), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})
