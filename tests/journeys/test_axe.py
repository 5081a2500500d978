"""axe-core on every page of the desk, the settings, the login and the town: no violation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.house.running import Installation
from tests.journeys.townsfolk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Colours = Literal["light", "dark"]
ROOMS = (
    "/desk/?view=all",
    "/desk/?view=take&sort=newest",
    "/desk/?view=mine",
    "/desk/?view=solved",
    "/desk/?view=mentions",
    "/desk/search",
    "/desk/search?q=bagaglio",
    "/desk/wishes",
    "/desk/settings/me",
    "/desk/settings/people/",
    "/desk/settings/teams/",
    "/desk/settings/channels/",
    "/desk/settings/channels/new/whatsapp/",
    "/desk/settings/channels/new/email/",
    "/desk/settings/channels/new/webchat/",
    "/desk/settings/channels/new/http/",
    "/desk/settings/journal/",
    "/account/password/",
    "/account/2fa/",
)
SIZES: dict[str, ViewportSize] = {
    "desktop": {"width": 1440, "height": 900},
    "phone": {"width": 390, "height": 844},
}


@pytest.fixture
def desk(browser: Browser, brezza: Installation) -> Iterator[Desk]:
    found = Desk(browser, brezza)
    yield found
    found.close()


def check(page: Page, what: str, dressed: Sequence[Colours] = ("light", "dark")) -> list[str]:
    """What axe complains of."""
    found = []
    for colours in dressed:
        page.emulate_media(color_scheme=colours, reduced_motion="reduce")
        for one in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]:
            nodes = [f"{node['target']} {node['html'][:120]}" for node in one["nodes"][:3]]
            found.append(f"{what} ({colours}): {one['id']}: {one['help']}: {nodes}")
    return found


def speak(page: Page, language: str) -> None:
    page.goto("/desk/wishes")
    page.locator(f"input[name=language][value={language}]").check()
    page.locator("main form button.pri").click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def beyond(page: Page) -> list[str]:
    """Pages with an address of their own thing: a person, a channel, its test, a customer."""
    found = []
    for room, there in (
        ("/desk/settings/people/", "main a[href*='/people/stf_']"),
        ("/desk/settings/channels/", "main a[href*='/channels/chn_']"),
        ("/desk/?view=all", "#rows a.row"),
    ):
        page.goto(room)
        found.append(page.locator(there).first.get_attribute("href") or "")
    return [*found, f"{found[1]}test", f"{found[2].partition('?')[0]}customer"]


def over_the_thread(page: Page) -> Iterator[tuple[str, Callable[[], None]]]:
    """What opens over an open case, and how."""
    key = page.keyboard
    yield "inserts", lambda: key.press("Control+i")
    yield "an insert", lambda: opens_an_insert(page)
    yield "note", lambda: page.locator("label[for=as-note]").click()
    yield "palette", lambda: key.press("Control+k")
    yield "help", lambda: page.locator("[data-open=help]").first.click()


def opens_an_insert(page: Page) -> None:
    page.keyboard.press("Control+i")
    page.locator("[data-insert-kind=choice]").click()
    expect(page.locator("#arrives")).to_contain_text(re.compile(r"\w"))


@pytest.mark.parametrize(
    ("language", "size", "colours"), [("it", "desktop", "light"), ("en", "phone", "dark")]
)
def test_axe_finds_nothing_at_the_desk(
    desk: Desk, language: str, size: str, colours: Colours
) -> None:
    page, found = desk.page, []
    speak(page, language)
    page.set_viewport_size(SIZES[size])
    for room in (*ROOMS, *beyond(page)):
        page.goto(room)
        found += check(page, room, (colours,))
    speak(page, "it")
    assert found == []


def test_axe_finds_nothing_over_an_open_case(desk: Desk) -> None:
    page, found = desk.page, []
    desk.opens_the_queue()
    page.locator("#rows a.row").first.click()
    expect(page.locator("#composer")).to_be_visible()
    found += check(page, "case")
    for what, open_it in over_the_thread(page):
        open_it()
        if "insert" in what:
            expect(page.locator("#inserts")).to_be_visible()
        found += check(page, what)
        page.keyboard.press("Escape")
    assert found == []


@pytest.mark.parametrize("language", ["it", "en"])
def test_axe_finds_nothing_before_the_login_and_in_town(
    browser: Browser, brezza: Installation, language: str
) -> None:
    context = browser.new_context(locale=language, viewport=SIZES["desktop"])
    page, found = context.new_page(), []
    for room in (f"{brezza.port}/account/login/", f"{brezza.port + 1}/?lang={language}"):
        for size in SIZES.values():
            page.set_viewport_size(size)
            page.goto(f"http://localhost:{room}")
            found += check(page, room)
    expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{language}"))
    context.close()
    assert found == []


def test_axe_finds_nothing_where_a_second_factor_is_made(desk: Desk, brezza: Installation) -> None:
    page, found = desk.page, []
    for room in ("totp/activate/", "webauthn/add/", "recovery-codes/generate/"):
        page.goto(f"/account/2fa/{room}")
        if "reauthenticate" in page.url:
            found += check(page, "reauthenticate")
            password = (brezza.home / "sample-password").read_text("utf-8")
            page.locator("input[name=password]").fill(password)
            page.locator("form button.pri").first.click()
            page.wait_for_url("**/2fa/**")
        found += check(page, room)
    assert found == []
