"""The gate and the settings in a real browser: axe and a narrow screen find nothing to mend."""

from __future__ import annotations

from collections.abc import Iterator
from secrets import token_hex
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from filo.channels.operations import connect
from filo.core.ids import public
from filo.staff import operations
from tests.journeys.running import Running

PASSWORD = "acqua alta a Venezia"
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def page(house: Running, browser: Browser) -> Iterator[Page]:
    """An administrator who has just come in by the link of the invitation."""
    with house.cursor() as cur:
        team = operations.first_team(cur)
        email = f"livia.{token_hex(3)}@brezza.example"
        admin = operations.create_staff(
            cur, email=email, name="Livia", role="admin", teams=[team], language="en"
        )
        link = operations.invitation(cur, admin)
    context = browser.new_context(base_url=house.origin, locale="en-GB")
    page = context.new_page()
    page.goto(link)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Come in").click()
    page.wait_for_url("**/account/2fa/")
    yield page
    context.close()


@pytest.fixture
def channel(house: Running) -> str:
    with house.cursor() as cur:
        return public("chn", connect(cur, "http", f"Totem {token_hex(2)}", None, {}))


def faults(page: Page, path: str) -> list[str]:
    page.goto(path)
    broken = [
        f"{path}: {fault['id']}: {fault['nodes'][0]['html'][:120]}"
        for fault in Axe().run(page).response["violations"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*broken, f"{path}: wider than the screen"] if wide else broken


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_at_the_gate_and_in_the_settings(
    page: Page, channel: str, colours: Any
) -> None:
    page.emulate_media(color_scheme=colours, reduced_motion="reduce")
    inside = [
        "/account/2fa/",
        "/account/password/",
        "/account/logout/",
        *[
            f"/desk/settings/{noun}"
            for noun in ("me", "people/", "teams/", "channels/", "journal/")
        ],
        "/desk/settings/channels/new/whatsapp/",
        f"/desk/settings/channels/{channel}/",
        f"/desk/settings/channels/{channel}/setup",
        f"/desk/settings/channels/{channel}/test?since=1&forged=0&unknown=0",
    ]
    found = [fault for path in inside for fault in faults(page, path)]
    page.set_viewport_size({"width": 390, "height": 844})
    found += [fault for path in inside[3:] for fault in faults(page, path)]
    page.context.clear_cookies()
    found += [
        fault for path in ("/account/login/", "/account/welcome/x") for fault in faults(page, path)
    ]

    assert found == []


def test_an_invited_colleague_comes_in_by_the_link_that_was_shown_once(
    page: Page, browser: Browser, house: Running
) -> None:
    page.goto("/desk/settings/people/")
    page.get_by_text("Invite somebody").click()
    page.get_by_label("E-mail address").fill(f"nina.{token_hex(3)}@brezza.example")
    page.get_by_label("Name", exact=True).fill("Nina Bruni")
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("One-time link").input_value()

    guest = browser.new_context(base_url=house.origin, locale="en-GB").new_page()
    guest.goto(link)
    guest.get_by_label("Password").fill(PASSWORD)
    guest.get_by_role("button", name="Come in").click()
    guest.goto("/desk/settings/me")

    expect(guest.get_by_role("heading", name="Nina Bruni")).to_be_visible()
    assert guest.goto("/desk/settings/people/").status == 403  # type: ignore[union-attr]
    guest.goto(link)
    expect(guest.get_by_role("heading", name="This link is over")).to_be_visible()
    guest.context.close()
