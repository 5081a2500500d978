"""A visitor of the company's site, and the person who answers them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from secrets import token_hex
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from filo.channels.contract import Part, Text
from filo.channels.operations import connect
from filo.channels.queries import one
from filo.conversations import operations as conversations
from filo.core import clock, passes
from filo.core.db import Cursor
from filo.core.events import ring
from filo.core.ids import number, public
from filo.staff.operations import create_staff, create_team
from filo.staff.queries import scope
from tests.journeys.browsing import Pages
from tests.journeys.running import Running

SHOP = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Brezza</title>
<link rel="icon" href="data:,"></head><body><main><h1>Brezza</h1></main>
<script src="{origin}/w.js" data-channel="{channel}" async></script></body></html>"""
PASSWORD = "una tazza di vento"
expect.set_options(timeout=15_000)


class Chat:
    """One web chat channel of a running house, on one page of the site."""

    def __init__(self, house: Running, site: Pages, *, origins: str | None = None) -> None:
        self.house = house
        self.site = site
        self.path = f"/{token_hex(4)}"
        self.mail = f"dora{self.path[1:]}@brezza.example"
        allowed = site.address("") if origins is None else origins
        with house.cursor() as cur:
            team = create_team(cur, f"Team {self.path}")
            self.number = connect(
                cur, "webchat", "Brezza", team, {"origins": allowed}, timedelta(minutes=5)
            )
            self.dora = create_staff(cur, email=self.mail, name="Dora Neri", teams=[team])
            # The house's own way to keep passwords: tests have a faster one of theirs.
            kept = PBKDF2PasswordHasher().encode(PASSWORD, token_hex(8), iterations=1000)
            cur.execute("UPDATE staff_staff SET password = %s WHERE id = %s", [kept, self.dora])
        self.id = public("chn", self.number)
        self.put()

    def put(self, *, language: str = "it", policy: str = "") -> None:
        html = SHOP.format(language=language, origin=self.house.origin, channel=self.id)
        self.site.pages[self.path] = (html, policy)

    @property
    def address(self) -> str:
        return self.site.address(self.path)

    def token(self, sub: str, **claims: str) -> str:
        """What the company's server signs for somebody who is logged in."""
        with self.house.cursor() as cur:
            key = one(cur, self.number).settings["jwt_secret"]
        until = int(clock.now().timestamp()) + 600
        return passes.word_for(passes.Claims(sub, until, self.id, **claims), key=key)

    # --- the other side -----------------------------------------------------

    def rows(self, what: str, *values: object) -> list[tuple[Any, ...]]:
        with self.house.cursor() as cur:
            return cur.execute(what, values).fetchall()

    def cases(self) -> list[int]:
        found = self.rows(
            "SELECT id FROM conversations_case WHERE channel_id = %s ORDER BY id", self.number
        )
        return [row[0] for row in found]

    def texts(self) -> list[str]:
        found = self.rows(
            "SELECT parts->0->>'text' FROM conversations_message"
            " WHERE channel_id = %s AND direction = 'in' ORDER BY id",
            self.number,
        )
        return [row[0] for row in found]

    def states(self) -> list[str]:
        found = self.rows(
            "SELECT state FROM conversations_delivery WHERE channel_id = %s ORDER BY id",
            self.number,
        )
        return [row[0] for row in found]

    def dora_answers(self, *parts: Part | str, hold: timedelta = timedelta(0)) -> str:
        said = [Text(part) if isinstance(part, str) else part for part in parts]
        with self.acting() as (cur, me):
            case = self.cases()[0]
            written = conversations.reply(cur, me, case, said, client_id=token_hex(6), hold=hold)
            return written.message.id

    def dora_reads(self) -> None:
        with self.acting() as (cur, me):
            conversations.mark_read(cur, me, self.cases()[0])

    def dora_notes(self, text: str) -> None:
        with self.acting() as (cur, me):
            conversations.note(cur, me, self.cases()[0], text, client_id=token_hex(6))

    def dora_recalls(self, message: str) -> None:
        with self.acting() as (cur, me):
            conversations.recall(cur, me, number("msg", message))

    @contextmanager
    def acting(self) -> Iterator[tuple[Cursor, Any]]:
        with self.house.cursor() as cur:
            yield cur, scope(cur, self.dora)
            ring(cur)


class Visitor:
    """One browser on the company's page."""

    def __init__(self, browser: Browser, chat: Chat, **how: Any) -> None:
        self.chat = chat
        self.context: BrowserContext = browser.new_context(**{"locale": "it-IT", **how})
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda asked: self.requests.append(asked.url))
        self.page.on("console", lambda told: self.complaints.append(told.text))
        self.page.on("pageerror", lambda told: self.complaints.append(str(told)))
        self.page.goto(chat.address)

    @property
    def panel(self) -> FrameLocator:
        return self.page.frame_locator("filo-widget iframe")

    def open(self) -> Visitor:
        self.page.locator("filo-widget button").click()
        expect(self.panel.locator("#words")).to_be_focused()
        return self

    def writes(self, text: str) -> None:
        self.panel.locator("#words").fill(text)
        self.panel.locator("#words").press("Enter")

    def sees(self, *texts: str) -> None:
        expect(self.panel.locator(".bubble")).to_have_text(list(texts))

    def sees_state(self, state: str) -> None:
        expect(self.panel.locator(".mine .meta span[title]").last).to_have_class(state)

    def is_told_by(self, *words: str) -> None:
        expect(self.panel.locator("#state")).to_have_text(" ".join(words))

    def close(self) -> None:
        self.context.close()


def eventually(page: Page, ask: Any, wanted: object, within: float = 15.0) -> None:
    """Wait in the browser's own time, so that it goes on working meanwhile."""
    found: object = None
    for _ in range(int(within / 0.1)):
        if (found := ask()) == wanted:
            return
        page.wait_for_timeout(100)
    assert found == wanted


__all__: Sequence[str] = ("Chat", "Visitor", "eventually")
