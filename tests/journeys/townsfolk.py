"""A customer at the town's devices, and the agent at the desk of the sample company."""

from __future__ import annotations

import re
from secrets import token_hex
from typing import Any

from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from tests.house.running import Installation

AGENT = "admin@brezza.example"


class Customer:
    """One browser on the town: a phone, a mail program and the shop's page, all of one person."""

    def __init__(self, browser: Browser, brezza: Installation, name: str) -> None:
        self.context: BrowserContext = browser.new_context(locale="it-IT")
        self.page: Page = self.context.new_page()
        self.accepted = 0.0
        self.page.goto(f"http://localhost:{brezza.port + 1}/")
        person = self.page.locator("#person option").filter(has_text=name)
        phone = person.get_attribute("value") or ""
        self.page.locator("#person").select_option(phone)
        expect(self.page.locator("#shop iframe")).to_have_attribute(
            "src", re.compile(f"phone={phone}")
        )
        expect(self.shop.locator("filo-widget button")).to_be_visible()

    @property
    def shop(self) -> FrameLocator:
        return self.page.frame_locator("#shop iframe")

    @property
    def panel(self) -> FrameLocator:
        return self.shop.frame_locator("filo-widget iframe")

    def opens_the_chat(self) -> None:
        self.shop.locator("filo-widget button").click()
        expect(self.panel.locator("#close")).to_be_visible()  # its script shows it

    def chats(self, text: str) -> None:
        self.panel.locator("#words").fill(text)
        with self.page.expect_response(lambda answer: "/hooks/" in answer.url) as told:
            self.panel.locator("#words").press("Enter")
        self._note(told.value)

    def texts(self, text: str) -> None:
        """By WhatsApp: the town answers when our door has said 200."""
        self.page.locator("#phone textarea").fill(text)
        with self._posted("/messages") as told:
            self.page.locator("#phone textarea").press("Enter")
        assert told.value.json()["hook"] == 200
        self._note(told.value)

    def mails(self, subject: str, text: str) -> None:
        """The town answers at the SMTP server's 250, when the mail lies in the mailbox."""
        self.page.locator("#mail .bar button").click()
        form = self.page.locator("#mail form")
        form.locator("input[name=subject]").fill(subject)
        form.locator("textarea").fill(text)
        with self._posted("/play/mail/") as told:
            form.locator("button[type=submit]").click()
        self._note(told.value)

    def _posted(self, path: str) -> Any:
        return self.page.expect_response(
            lambda answer: path in answer.url and answer.request.method == "POST"
        )

    def _note(self, answer: Any) -> None:
        assert answer.ok, answer.status
        answer.finished()
        timing = answer.request.timing
        self.accepted = timing["startTime"] + timing["responseEnd"]

    def close(self) -> None:
        self.context.close()


class Desk:
    """One browser logged in by the form; it may stand at the end of a cable."""

    def __init__(self, browser: Browser, brezza: Installation, origin: str = "") -> None:
        origin = origin or f"http://localhost:{brezza.port}"
        self.context = browser.new_context(
            base_url=origin, locale="it-IT", viewport={"width": 1440, "height": 900}
        )
        self.page = self.context.new_page()
        self.page.goto("/account/login/")
        self.page.locator("input[name=login]").fill(AGENT)
        password = (brezza.home / "sample-password").read_text("utf-8")
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("form .btn.pri").click()
        self.page.wait_for_url("**/desk/**")

    def opens_the_queue(self) -> None:
        self.page.goto("/desk/?view=all")
        self.is_live()

    def is_live(self) -> None:
        expect(self.page.locator("filo-live")).to_have_attribute("data-state", "live")

    def waits_for(self, text: str) -> None:
        """From now on the page notes the moment in which a row with these words is drawn."""
        self.page.evaluate(
            """text => {
                const rows = document.querySelector("#rows")
                new MutationObserver((_, watch) => {
                    if (!rows.textContent.includes(text)) return
                    (window.drawn ??= {})[text] = Date.now()
                    watch.disconnect()
                }).observe(rows, {childList: true, subtree: true, characterData: true})
            }""",
            text,
        )

    def drawn(self, text: str) -> float:
        row = self.row(text)
        expect(row).to_be_visible()
        return float(self.page.evaluate("text => window.drawn[text]", text))

    def row(self, text: str) -> Any:
        return self.page.locator("#rows > li").filter(has_text=text)

    def answers(self, asked: str, text: str) -> None:
        """Open the row, write, send: all in the page."""
        self.row(asked).locator("a.row").click()
        expect(self.page.locator("#flow .ev.in .bub").last).to_contain_text(asked)
        self.page.locator("#words").fill(text)
        self.page.locator("#composer [data-send]:visible").click()
        expect(self.bubble(text)).to_be_visible()

    def bubble(self, text: str) -> Any:
        return self.page.locator("#flow .ev").filter(has_text=text)

    def said(self, mark: str) -> list[str]:
        """What the customer said in the open thread with this mark in it."""
        found = self.page.locator("#flow .ev.in .bub").all_inner_texts()
        return [text.strip() for text in found if mark in text]

    def close(self) -> None:
        self.context.close()


def mark() -> str:
    """A word that stands nowhere else."""
    return f"z{token_hex(4)}"
