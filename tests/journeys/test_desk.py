"""A day at the desk in a real Chromium, with the real processes behind it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from typing import Any

import httpx
import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from filo.channels.kit import new_secret, sign_webhook
from filo.channels.operations import connect
from filo.core import clock
from filo.core.db import Cursor
from filo.core.ids import public
from filo.intake.journal import keep
from filo.intake.lanes import lane_of
from filo.intake.types import Entry
from filo.staff.operations import create_staff, create_team, invitation
from tests.journeys.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "volare-alto-2026"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


class Peer:
    """The customer's end of the http channel: remembers what it was told."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        heard = self.heard

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                heard.append(body.decode())
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(msgspec.json.encode({"id": token_hex(4)}))

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


class Story:
    """A team with one channel, Dora who answers, Ada who writes."""

    def __init__(self, house: Running, peer: Peer) -> None:
        self.house, self.peer, self.secret = house, peer, new_secret()
        self.count = 0
        mark = token_hex(3)
        self.ada = f"ada-{mark}"
        deliver = f"http://127.0.0.1:{peer.server.server_address[1]}/"
        with house.cursor() as cur:
            team = create_team(cur, f"Prenotazioni {mark}")
            settings = {"secret": self.secret, "deliver_to": deliver}
            self.channel = connect(cur, "http", f"App {mark}", team, settings)
            self.team = team
            self.link = self.hire(cur, f"dora.{mark}@brezza.example", "Dora Neri")

    def hire(self, cur: Cursor, email: str, name: str) -> str:
        """Their invitation: a link that lets them in once."""
        person = create_staff(cur, email=email, name=name, teams=[self.team], language="en")
        return invitation(cur, person)

    def event(self, text: str) -> bytes:
        self.count += 1
        said = {
            "type": "said",
            "id": f"{self.ada}-{self.count}",
            "at": clock.now().isoformat(),
            "from": {"id": self.ada, "name": "Ada Bianchi"},
            "parts": [{"type": "text", "text": text}],
        }
        return msgspec.json.encode({"events": [said]})

    def writes(self, text: str) -> None:
        """By the real door, signed."""
        body = self.event(text)
        signed = sign_webhook(id=token_hex(8), at=clock.now(), body=body, secret=self.secret)
        hook = f"{self.house.origin}/hooks/{public('chn', self.channel)}"
        headers = {"content-type": "application/json", **signed}
        assert httpx.post(hook, content=body, headers=headers).status_code == 200

    def writes_while_the_web_is_away(self, text: str) -> None:
        lane = lane_of("http", self.channel, self.ada)
        entry = Entry(
            channel=self.channel, lane=lane, at=clock.now(), headers={}, query={},
            body=self.event(text),
        )  # fmt: skip
        with self.house.cursor() as cur:
            keep(cur, [entry])


@pytest.fixture
def story(house: Running) -> Iterator[Story]:
    peer = Peer()
    yield Story(house, peer)
    peer.close()


@pytest.fixture
def page(story: Story, browser: Browser) -> Iterator[Page]:
    """Dora's desk. What the browser complains of fails the test."""
    context = browser.new_context(base_url=story.house.origin, locale="en-GB")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if _is_policy(said) else None)
    come_in(page, story.link)
    yield page
    context.close()
    assert complaints == []


def come_in(page: Page, link: str) -> None:
    page.goto(link)
    page.locator("input[type=password]").first.fill(PASSWORD)
    page.locator("form button").first.click()
    page.wait_for_url("**/account/2fa/**")


def _is_policy(said: Any) -> bool:
    return said.type == "error" and "Content Security Policy" in said.text


def live(page: Page, path: str = "/desk/?view=all") -> None:
    page.goto(path)
    page.wait_for_selector("filo-live[data-state=live]", state="attached", timeout=15_000)


def open_thread(page: Page) -> None:
    page.locator("#rows .row").first.click()
    page.wait_for_selector("#composer")


def test_a_message_comes_in_live_is_answered_and_reaches_the_customer(
    story: Story, page: Page
) -> None:
    live(page)
    story.writes("Is the 16:40 full?")
    expect(page.locator("#rows .row")).to_contain_text("Is the 16:40 full?", timeout=10_000)
    open_thread(page)
    story.writes("I must be there before seven")
    expect(page.locator("#flow")).to_contain_text("before seven", timeout=10_000)
    newest = page.locator("#flow .ev.in").last.get_attribute("id") or ""
    expect(page.locator("#last-seen")).to_have_value(newest)  # it was in front of open eyes

    page.locator("#words").fill("There is a seat: 8C.")
    page.locator("#words").press("Control+Enter")
    expect(page.locator("#flow .out")).to_contain_text("There is a seat: 8C.")
    expect(page.locator("#words")).to_have_value("")
    expect(page.locator("#flow .out .state")).to_contain_text("sent", timeout=25_000)

    assert len(story.peer.heard) == 1
    assert "There is a seat: 8C." in story.peer.heard[0]
    assert page.locator("#flow .ev.in").count() == 2


def test_what_is_undone_is_never_sent(story: Story, page: Page) -> None:
    story.writes("Hello?")
    live(page)
    open_thread(page)
    page.locator("#words").fill("Wrong person, sorry")
    page.locator("#words").press("Control+Enter")
    page.locator("#toasts [data-undo]").click()

    expect(page.locator("#words")).to_have_value("Wrong person, sorry")
    page.wait_for_timeout(11_000)  # the time to undo, and a little more
    assert story.peer.heard == []


def test_nothing_is_missed_or_doubled_while_the_web_is_dead(story: Story, page: Page) -> None:
    story.writes("One")
    live(page)
    open_thread(page)
    story.house.stop("filo.project.web")
    for text in ("Two", "Three", "Four"):
        story.writes_while_the_web_is_away(text)
    page.locator("#words").fill("I am still here")
    story.house.start("filo.project.web")
    story.house.wait()

    expect(page.locator("#flow .ev.in")).to_have_count(4, timeout=30_000)
    assert [text.strip() for text in page.locator("#flow .ev.in .bub").all_text_contents()] == [
        "One", "Two", "Three", "Four",
    ]  # fmt: skip
    expect(page.locator("#words")).to_have_value("I am still here")


def test_a_whole_case_by_keyboard_alone(story: Story, page: Page) -> None:
    story.writes("Please call me")
    live(page, "/desk/?view=take")
    expect(page.locator("#rows .row").first).to_contain_text("Please call me", timeout=15_000)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("#composer")
    page.keyboard.press("t")
    expect(page.locator("#toasts")).to_contain_text("It is yours.")
    page.keyboard.press("n")
    page.keyboard.type("She wants a call")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#flow .note")).to_contain_text("She wants a call")
    page.keyboard.press("Escape")
    page.keyboard.press("e")

    expect(page.locator("#head")).to_contain_text("Solved")


def test_letters_are_letters_where_one_writes(story: Story, page: Page) -> None:
    story.writes("Hello")
    live(page)
    open_thread(page)
    page.locator("#words").fill("")
    page.locator("#words").press_sequentially("rente jazz")

    expect(page.locator("#words")).to_have_value("rente jazz")
    expect(page.locator("#head")).to_contain_text("Open")


def test_a_colleague_who_looks_is_seen(story: Story, page: Page, browser: Browser) -> None:
    story.writes("Hello")
    with story.house.cursor() as cur:
        link = story.hire(cur, f"enzo.{token_hex(3)}@brezza.example", "Enzo")
    live(page)
    open_thread(page)
    other = browser.new_context(base_url=story.house.origin).new_page()
    come_in(other, link)
    other.goto(page.url)

    expect(page.locator("#see")).to_contain_text("Enzo", timeout=15_000)
    other.context.close()


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(story: Story, page: Page, colours: Any) -> None:
    story.writes("Hello, see https://brezza.example/flights 🙏")
    page.emulate_media(color_scheme=colours, reduced_motion="reduce")
    found: list[str] = []
    live(page)
    found += _faults(page, "queue")
    open_thread(page)
    page.locator("#words").fill("An answer")
    found += _faults(page, "thread")
    page.locator("label[for=as-note]").click()
    found += _faults(page, "note")
    page.keyboard.press("Control+k")
    found += _faults(page, "palette")
    page.keyboard.press("Escape")
    for path in (
        "/desk/search?q=flights",
        "/desk/wishes",
        "/desk/?view=mentions",
        "/desk/cases/x/",
    ):
        page.goto(path)
        found += _faults(page, path)
    page.set_viewport_size({"width": 390, "height": 844})
    live(page)
    found += _faults(page, "queue on a phone")
    open_thread(page)
    found += _faults(page, "thread on a phone")

    assert found == []


def _faults(page: Page, where: str) -> list[str]:
    faults = Axe().run(page, options=RULES).response["violations"]
    return [f"{where}: {fault['id']}: {fault['nodes'][0]['html'][:120]}" for fault in faults]


def test_a_phone_shows_one_pane_with_an_address_of_its_own(story: Story, page: Page) -> None:
    story.writes("Hello")
    page.set_viewport_size({"width": 320, "height": 640})
    live(page)
    expect(page.locator(".list")).to_be_visible()
    open_thread(page)
    expect(page.locator(".list")).to_be_hidden()
    page.locator(".to-person").click()
    page.wait_for_url("**/customer**")
    expect(page.locator("#side")).to_be_visible()
    expect(page.locator(".thread")).to_be_hidden()
    page.go_back()
    expect(page.locator(".thread")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_without_scripts_one_can_still_read_and_answer(story: Story, browser: Browser) -> None:
    story.writes("Hello")
    context = browser.new_context(base_url=story.house.origin, java_script_enabled=False)
    page = context.new_page()
    come_in(page, story.link)
    page.goto("/desk/?view=all")
    page.locator("#rows .row").first.click()
    page.locator("#words").fill("Good morning")
    page.locator("[data-send]:visible").click()

    expect(page.locator("#flow .out")).to_contain_text("Good morning")
    context.close()
