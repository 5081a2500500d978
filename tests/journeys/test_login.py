"""How one comes in, in a real browser: with a code from an app, a recovery code, a passkey."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Browser, Page, expect

from filo.core.db import connect
from filo.live.tests.browsing import chromium
from filo.staff import operations
from tests.journeys.running import Running

PASSWORD = "acqua alta a Venezia"
EMAIL = "dora@brezza.example"
PORT = 8203
WEB = "filo.project.web"
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(committed_db: str, browser: Browser) -> Iterator[Page]:
    with connect(name="test") as connection, connection.cursor() as cur:
        team = operations.create_team(cur, "Prenotazioni")
        dora = operations.create_staff(cur, email=EMAIL, name="Dora", teams=[team], language="en")
        link = operations.invitation(cur, dora)
    house = Running(committed_db, PORT)
    house.start(WEB)
    try:
        house.wait()
        context = browser.new_context(base_url=house.origin, locale="en-GB")
        page = context.new_page()
        come_in_first(page, link)
        yield page
        context.close()
    finally:
        house.stop(WEB)


def come_in_first(page: Page, link: str) -> None:
    """As every colleague does: by the link of the invitation."""
    page.goto(link)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Come in").click()
    page.wait_for_url("**/account/2fa/")


def log_in(page: Page) -> None:
    page.goto("/account/login/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(lambda url: "/account/login/" not in url)


def log_out(page: Page) -> None:
    page.goto("/desk/settings/me")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/account/login/**")


def prove_it_again(page: Page) -> None:
    """Whoever changes the locks says the password once more."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def code_of(secret: str) -> str:
    moment = next(totp.yield_hotp_counters_from_time())
    return str(totp.format_hotp_value(totp.hotp_value(secret, moment)))


def test_a_code_from_the_app_then_a_recovery_code_when_the_phone_is_lost(page: Page) -> None:
    page.goto("/account/2fa/totp/activate/")
    prove_it_again(page)
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("[name=code]").fill(code_of(secret))
    page.get_by_role("button", name="Activate").click()
    codes = page.locator("#recovery_codes").input_value().split()
    log_out(page)

    log_in(page)
    page.goto("/desk/")
    assert "/2fa/authenticate/" in page.url, "the password alone opened the desk"
    page.locator("[name=code]").fill(codes[0])
    page.get_by_role("button", name="Sign In").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def test_a_passkey_opens_the_desk_with_no_password(page: Page) -> None:
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    finger = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": finger})
    page.goto("/account/2fa/webauthn/add/")
    prove_it_again(page)
    page.locator("[name=passwordless]").check()
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#recovery_codes")).to_be_visible()
    log_out(page)

    page.goto("/account/login/")
    page.get_by_role("button", name="Log in with a passkey").click()

    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def test_a_stolen_session_dies_with_the_person_it_was_stolen_from(page: Page) -> None:
    page.goto("/desk/")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()

    with connect(name="test") as connection, connection.cursor() as cur:
        (row,) = cur.execute("SELECT id FROM staff_staff").fetchall()
        operations.switch_off(cur, row[0])

    page.goto("/desk/")
    assert "/account/login/" in page.url
