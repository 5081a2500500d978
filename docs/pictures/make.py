# ruff: noqa: INP001, T201 -- a script beside its pictures
"""Take the pictures of the docs: `PORT=… FILO_HOME=… .venv/bin/python docs/pictures/make.py`.

They show the sample company as `bin/up` loads it: take them from a fresh installation that runs.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from filo.core import home
from filo.project.sample.secret import password

HERE = Path(__file__).parent
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 780}
HEAVY = 250_000


def main() -> None:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        with desk(browser) as page:
            the_desk(page)
        the_town(browser)
        browser.close()


@contextmanager
def desk(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=home.origin(), locale="it-IT", viewport=WIDE)
    page = context.new_page()
    page.goto("/account/login/")
    page.locator("input[name=login]").fill("admin@brezza.example")
    page.locator("input[name=password]").fill(password())
    page.locator("form .btn.pri").click()
    page.wait_for_url("**/desk/**")
    yield page
    context.close()


def the_desk(page: Page) -> None:
    speak(page, "en")
    thread(page, "Olivia Grant")
    keep(page, "desk-light")
    page.goto("/desk/settings/channels/")
    keep(page, "settings")
    speak(page, "it")
    page.emulate_media(color_scheme="dark")
    thread(page, "Hannah Weiss")
    keep(page, "desk-dark")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    page.goto("/desk/?view=all")
    keep(page, "phone-queue")
    thread(page, "Lucia Caruso")
    keep(page, "phone-thread")


def the_town(browser: Browser) -> None:
    origin = f"http://localhost:{home.port() + 1}"
    context = browser.new_context(locale="it-IT", viewport={"width": 1440, "height": 940})
    page = context.new_page()
    page.goto(f"{origin}/?lang=it")
    page.locator("#phone textarea").fill("Buongiorno, posso portare la chitarra in cabina?")
    page.locator("#phone textarea").press("Enter")
    expect(page.locator("#phone .line.mine").first).to_be_visible()
    keep(page, "town")
    shop = page.locator("#shop iframe").get_attribute("src")
    page.set_viewport_size({"width": 1100, "height": 760})
    page.goto(f"{origin}{shop}")
    page.locator("filo-widget button").click()
    panel = page.frame_locator("filo-widget iframe")
    expect(panel.locator("#close")).to_be_visible()
    panel.locator("#words").fill("Il volo di domani per Catania parte in orario?")
    panel.locator("#words").press("Enter")
    expect(panel.locator(".mine .meta span.delivered")).to_be_visible()
    keep(page, "widget")
    context.close()


def speak(page: Page, language: str) -> None:
    page.goto("/desk/wishes")
    page.locator(f"input[name=language][value={language}]").check()
    page.locator("main form button.pri").click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def thread(page: Page, name: str) -> None:
    page.goto("/desk/?view=all")
    page.locator("#rows > li").filter(has_text=name).first.locator("a.row").click()
    expect(page.locator("#composer")).to_be_visible()


def keep(page: Page, name: str) -> None:
    """As it was, or with fewer colours where it would weigh too much."""
    page.wait_for_timeout(1500)  # pictures of people at work: let the page come to rest
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = HERE / f"{name}.png"
    taken.save(path, optimize=True)
    if path.stat().st_size > HEAVY:
        taken.quantize(256, Image.Quantize.MAXCOVERAGE).save(path, optimize=True)
    print(f"{path.relative_to(Path.cwd())}: {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
