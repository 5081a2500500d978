"""The whole hostile table in a real browser: nothing runs, nothing is asked of anybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, Page, Route

from filo.core.cleaner import clean, plain
from filo.core.tests.hostile import HOSTILE
from tests.chromium import chromium

pytestmark = pytest.mark.browser
PROVOKE = """() => {
  for (const element of document.querySelectorAll("article *"))
    for (const name of ["mouseover", "focus", "load", "error", "toggle", "start", "animationend"])
      element.dispatchEvent(new Event(name, { bubbles: true }))
  return document.querySelectorAll("article script, article style, article iframe").length
}"""


class Visit:
    """A page without any policy of its own that writes down what it does to the world."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.dialogs: list[str] = []
        page.on("dialog", self.dismiss)
        page.route("**/*", self.refuse)

    def dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def refuse(self, route: Route) -> None:
        self.asked.append(route.request.url)
        route.abort()

    def shows(self, html: str) -> int:
        """Show it, provoke it; how many elements came that must never come."""
        self.page.set_content(f"<!doctype html><article>{html}</article>")
        return int(self.page.evaluate(PROVOKE))


@pytest.fixture
def visit() -> Iterator[Visit]:
    with chromium() as browser:
        yield Visit(browser.new_page())


def test_threat_11_the_hostile_table_does_nothing_in_a_browser(visit: Visit) -> None:
    for hostile in HOSTILE:
        assert visit.shows(clean(hostile)) == 0, hostile
        assert visit.shows(plain(hostile)) == 0, hostile
    assert visit.shows("".join(clean(hostile) for hostile in HOSTILE)) == 0

    assert visit.dialogs == []
    assert visit.asked == []


def test_the_visit_would_see_an_attack(visit: Visit) -> None:
    visit.shows("<img src=http://evil.example/x onerror=alert(1)><iframe></iframe>")

    assert visit.dialogs == ["1"] * len(visit.dialogs) != []
    assert visit.asked == ["http://evil.example/x"]
