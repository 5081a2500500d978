"""A browser that is told of an answer: the yes, the worker, the end of it.

Headless Chromium has no push service behind it, so `PushManager.subscribe` and what it gives are
stood in for; the worker hears a push event that the test hands it. That a push of ours can be
opened by a browser's key is shown in `filo/emulators/tests/test_app.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from secrets import token_hex

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Worker, expect

from filo.channels.operations import connect
from filo.core.ids import public
from filo.staff.operations import create_team
from tests.journeys.running import Running
from tests.journeys.visiting import eventually

pytestmark = pytest.mark.browser
NO_SERVICE = """
let held = null;
const made = () => ({
  toJSON: () => ({endpoint: "https://push.example/x1", keys: {p256dh: "BA", auth: "AA"}}),
  unsubscribe: async () => { held = null; return true },
});
PushManager.prototype.subscribe = async () => (held = made());
PushManager.prototype.getSubscription = async () => held;
"""
PUSH = """async (notice) => {
  const event = new PushEvent("push", {data: JSON.stringify(notice)});
  self.dispatchEvent(event);
  for (let n = 0; n < 100; n++) {
    const [shown] = await self.registration.getNotifications();
    if (shown) return {title: shown.title, body: shown.body, tag: shown.tag, url: shown.data.url};
    await new Promise((done) => setTimeout(done, 50));
  }
}"""
CHANGE = """async (endpoint) => {
  const keys = {p256dh: "BA", auth: "AA"};
  const subscription = (endpoint) => ({toJSON: () => ({endpoint, keys})});
  const event = new ExtendableEvent("pushsubscriptionchange");
  event.oldSubscription = subscription("https://push.example/x1");
  event.newSubscription = subscription(endpoint);
  self.dispatchEvent(event);
}"""


class Reader:
    """One browser with the conversation as a page of its own, as from a home screen."""

    def __init__(self, house: Running, context: BrowserContext) -> None:
        self.house = house
        with house.cursor() as cur:
            team = create_team(cur, f"Team {token_hex(4)}")
            settings = {"name": "Brezza"}
            self.number = connect(cur, "app", "App", team, settings, timedelta(minutes=5))
        self.path = f"/w/{public('chn', self.number)}"
        self.page: Page = context.new_page()
        self.page.goto(f"{house.origin}{self.path}?lang=it")

    def devices(self) -> list[tuple[str, str]]:
        with self.house.cursor() as cur:
            return cur.execute(
                "SELECT address, language FROM conversations_device WHERE channel_id = %s",
                [self.number],
            ).fetchall()

    def presses(self, name: str) -> None:
        self.page.locator("#notices button", has_text=name).click()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="it-IT", permissions=["notifications"])
    made.add_init_script(NO_SERVICE)
    yield made
    made.close()


@pytest.fixture
def reader(house: Running, context: BrowserContext) -> Reader:
    return Reader(house, context)


def test_a_reader_says_yes_is_told_and_says_no_more(
    reader: Reader, context: BrowserContext
) -> None:
    page = reader.page
    expect(page.locator("#notices")).to_be_hidden()  # nobody is asked before there is a reason
    page.locator("#words").fill("Ciao")
    page.locator("#words").press("Enter")
    expect(page.locator("#notices span")).to_have_text(
        "Vuoi che ti avvisiamo qui quando c'è una risposta?"
    )
    assert reader.devices() == []
    reader.presses("Sì, avvisami")
    expect(page.locator("#notices span")).to_have_text("Ti avvisiamo qui quando c'è una risposta.")
    assert reader.devices() == [("https://push.example/x1", "it")]

    worker = context.service_workers[0]
    page.goto(f"{reader.house.origin}/w.js")  # the conversation is closed
    is_woken(reader, worker)

    page.goto(f"{reader.house.origin}{reader.path}?lang=it")
    expect(page.locator("#notices button")).to_be_visible()


def is_woken(reader: Reader, worker: Worker) -> None:
    shown = worker.evaluate(PUSH, {"title": "Brezza", "message": "msg_1", "tag": "t1"})
    assert shown == {
        "title": "Brezza",
        "body": "Hai una risposta",
        "tag": "t1",
        "url": f"{reader.house.origin}{reader.path}",
    }
    # The browser changes its address by itself: the worker tells, signed with the page's own pass.
    worker.evaluate(CHANGE, "https://push.example/x2")
    moved = [("https://push.example/x2", "it")]
    eventually(reader.page, reader.devices, moved)


def test_who_says_no_more_is_forgotten(reader: Reader) -> None:
    page = reader.page
    page.locator("#words").fill("Ciao")
    page.locator("#words").press("Enter")
    reader.presses("Sì, avvisami")
    reader.presses("Basta avvisi")
    expect(page.locator("#notices button")).to_have_text("Sì, avvisami")
    assert reader.devices() == []
