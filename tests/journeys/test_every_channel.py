"""Every channel that is played: the same carousel and the same boarding pass, seen on each; and the
shop, where a code on the till leads to the same thread."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.house.running import Installation, environment, until
from tests.journeys.townsfolk import Desk, mark

pytestmark = [pytest.mark.browser, pytest.mark.slow]
YUKI, PHONE = "Yuki Tanaka", "393455550199"
SHOTS = os.environ.get("FILO_SHOTS", "")  # a folder, for whoever wants to look
CARDS = [
    {"title": title, "text": text, "options": [{"id": title.lower(), "label": f"Scelgo {title}"}]}
    for title, text in (("Catania", "Linate 16:15, 59 €"), ("Palermo", "Linate 16:40, 39 €"))
]
CAROUSEL = {"type": "carousel", "text": "Due idee per il ponte:", "cards": CARDS}
PASS = {
    "type": "boarding_pass",
    "passenger": "TANAKA / YUKI",
    "flight": "BZ 482",
    "origin": {"code": "LIN", "city": "Milano"},
    "destination": {"code": "CTA", "city": "Catania"},
    "departs": "2026-12-04T16:15:00+01:00",
    "boards": "2026-12-04T15:35:00+01:00",
    "gate": "A12",
    "seat": "7C",
    "reference": "QX7P2M",
    "code": {"kind": "aztec", "payload": "M1TANAKA/YUKI        EQX7P2M LINCTABZ 0482 338Y007C"},
}


@pytest.fixture
def api(brezza: Installation) -> Iterator[httpx.Client]:
    words = ["-m", "filo.project.cli", "token", "create", "--staff", "admin@brezza.example"]
    made = subprocess.run(  # noqa: S603 -- our own command
        [sys.executable, *words],
        env=environment(brezza.home, brezza.port),
        capture_output=True,
        text=True,
        check=True,
    )
    head = {"authorization": f"Bearer {made.stdout.split()[-1]}"}
    base = f"http://localhost:{brezza.port}/api/v1"
    with httpx.Client(base_url=base, headers=head, trust_env=False, timeout=20) as client:
        yield client


@pytest.fixture
def town(brezza: Installation) -> Iterator[httpx.Client]:
    base = f"http://localhost:{brezza.port + 1}"
    with httpx.Client(base_url=base, trust_env=False, timeout=20) as client:
        yield client


def write(town: httpx.Client) -> dict[str, str]:
    """Yuki writes from every app that has a private thread: kind -> the account's address."""
    written = {}
    for one in town.get("/play/accounts").json()["accounts"]:
        place = f"/play/{one['kind']}/{one['name']}/{PHONE}"
        told = town.post(place, json={"name": YUKI, "text": "Buongiorno, ci sono idee?"})
        # Where there is no private thread the words went to the public place, or nowhere.
        if told.status_code == 200 and town.get(place).json()["bubbles"]:
            assert told.json()["hook"] == 200, one["kind"]
            written[one["kind"]] = place
    return written


def answer(api: httpx.Client, kinds: set[str]) -> set[str]:
    """Both parts to the newest of each kind; the kinds that had somebody to answer."""
    told: set[str] = set()
    for case in api.get("/cases", params={"limit": 100}).json()["items"]:
        for road in api.get(f"/cases/{case['id']}/roads").json()["items"]:
            new = road["heard_at"] and _fresh(road["heard_at"])
            if road["kind"] in kinds - told and new:
                _reply(api, case["id"], road)
                told.add(road["kind"])
    return told


def _fresh(moment: str) -> bool:
    return (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds() < 120


def _reply(api: httpx.Client, case: str, road: dict[str, Any]) -> None:
    for part in (CAROUSEL, PASS):
        said = {"parts": [part], "client_id": mark(), "identity": road["identity"]}
        reply = api.post(f"/cases/{case}/replies", json=said)
        assert reply.status_code == 201, (road["kind"], reply.text)


def test_a_carousel_and_a_boarding_pass_arrive_on_every_channel(
    brezza: Installation, browser: Browser, api: httpx.Client, town: httpx.Client
) -> None:
    places = write(town)
    left = set(places)

    def all_answered() -> bool:
        left.difference_update(answer(api, left))
        return not left

    until(all_answered)
    for place in places.values():
        until(lambda place=place: "QX7P2M" in town.get(place).text)  # type: ignore[misc]
    context = browser.new_context(locale="it-IT", viewport={"width": 1440, "height": 1240})
    page = context.new_page()
    page.goto(f"http://localhost:{brezza.port + 1}/?lang=it")
    page.locator("#person").select_option(PHONE)
    for kind in places:
        _seen(page, kind)
    context.close()


def _seen(page: Page, kind: str) -> None:
    back = page.get_by_role("button", name="Tutte le app")
    if back.is_visible():
        back.click()
    page.locator(f".icons [data-app={kind}]").click()
    flow = page.locator(".flow")
    for words in ("Catania", "Palermo", "QX7P2M", "A12"):
        expect(flow).to_contain_text(words)
    if SHOTS:
        page.locator("#phone").screenshot(path=Path(SHOTS) / f"{kind}.png")


def test_a_two_typed_back_by_sms_is_the_second_answer(
    brezza: Installation, browser: Browser, api: httpx.Client, town: httpx.Client
) -> None:
    place, asked = _account(town, "sms"), f"Quale volo? {mark()}"
    town.post(place, json={"name": YUKI, "text": "Vorrei cambiare volo"})
    options = [{"id": f"bz{n}", "label": f"Volo delle {n}"} for n in (16, 18)]
    choice = {"type": "choice", "text": asked, "options": options}

    case = _answered_by(api, "sms", [choice])
    until(lambda: "2. Volo delle 18" in town.get(place).text)
    town.post(place, json={"name": YUKI, "text": "2"})

    desk = Desk(browser, brezza)
    desk.page.goto(f"/desk/cases/{case}/")
    expect(desk.page.locator("#flow .ev.in").last).to_contain_text("ha scelto: Volo delle 18")
    _shot(desk.page, "chosen")
    desk.close()


def test_a_comment_is_answered_for_all_and_goes_on_in_private(
    brezza: Installation, browser: Browser, town: httpx.Client
) -> None:
    page, inbox = _account(town, "facebook_page"), _account(town, "messenger")
    told, openly, private = (f"{words} {mark()}" for words in ("In coda", "Arriviamo", "Qui"))
    comment = {"name": YUKI, "act": "comment", "values": {"text": told}}
    assert town.post(page, json=comment).json()["hook"] == 200

    desk = Desk(browser, brezza)
    desk.opens_the_queue()
    desk.row(told).locator("a.row").click()
    expect(desk.page.locator("#flow")).to_contain_text(told)
    _choose(desk.page, "[data-public]")
    desk.page.locator("#words").fill(openly)
    desk.page.get_by_role("button", name="Pubblica").click()
    until(lambda: openly in town.get(f"{page.rpartition('/')[0]}/-").text)
    _choose(desk.page, "[data-takes-up]")
    desk.page.locator("#words").fill(private)
    desk.page.locator("#composer [data-send]:visible").click()
    expect(desk.bubble(private)).to_be_visible()
    _shot(desk.page, "public")

    until(lambda: private in town.get(inbox).text)
    assert private not in town.get(f"{page.rpartition('/')[0]}/-").text
    desk.close()


def _account(town: httpx.Client, kind: str) -> str:
    """Where Yuki meets the company on this kind."""
    accounts = town.get("/play/accounts").json()["accounts"]
    return next(f"/play/{kind}/{one['name']}/{PHONE}" for one in accounts if one["kind"] == kind)


def _answered_by(api: httpx.Client, kind: str, parts: list[dict[str, Any]]) -> str:
    """Say it to the newest of this kind, once it is there; gives the case."""
    found: list[str] = []

    def said() -> bool:
        for case in api.get("/cases", params={"limit": 100}).json()["items"]:
            for road in api.get(f"/cases/{case['id']}/roads").json()["items"]:
                if road["kind"] == kind and road["heard_at"] and _fresh(road["heard_at"]):
                    told = {"parts": parts, "client_id": mark(), "identity": road["identity"]}
                    reply = api.post(f"/cases/{case['id']}/replies", json=told)
                    assert reply.status_code == 201, reply.text
                    found.append(case["id"])
                    return True
        return False

    until(said)
    return found[0]


def _choose(page: Page, road: str) -> None:
    page.locator("#roads summary").click()
    page.locator(f"#roads label:has([name=road]{road})").first.click()


def test_a_code_on_the_till_leads_to_the_same_thread(
    brezza: Installation, browser: Browser, town: httpx.Client
) -> None:
    asked, agreed, later = (f"{words} {mark()}" for words in ("Domanda", "Accordo", "Grazie"))
    number = town.get("/play/town").json()["numbers"][0]
    told = town.post(
        f"/play/whatsapp/{number}/{PHONE}/messages", json={"name": YUKI, "text": asked}
    )
    assert told.json()["hook"] == 200

    tablet = Desk(browser, brezza)
    until(lambda: _looked_up(tablet.page))
    expect(tablet.page.locator(".counter .flow")).to_contain_text(asked)
    tablet.page.locator("#text").fill(agreed)
    tablet.page.get_by_role("button", name="Scrivilo al cliente").click()
    expect(tablet.page.get_by_role("status").first).to_contain_text("Scritto")
    _shot(tablet.page, "counter")

    phone = browser.new_context(locale="it-IT", viewport={"width": 390, "height": 844})
    page = phone.new_page()
    page.goto(tablet.page.locator("#code .square").get_attribute("data-says") or "")
    _shot(page, "admission")
    page.get_by_role("button", name=re.compile("telefono")).click()
    expect(page.locator("#lines")).to_contain_text(agreed)
    page.locator("#words").fill(later)
    page.locator("#words").press("Enter")
    _shot(page, "pocket")

    def one_thread() -> bool:
        tablet.page.reload()
        shown = tablet.page.locator(".counter .flow").inner_text()
        return all(words in shown for words in (asked, agreed, later))

    until(one_thread)
    phone.close()
    tablet.close()


def _looked_up(page: Page) -> bool:
    page.goto("/desk/counter/")
    _shot(page, "till")
    page.locator("#q").fill(f"+{PHONE}")
    page.locator("#q").press("Enter")
    page.wait_for_load_state()
    return "/customers/" in page.url


def _shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")
