"""How one comes in, in a real browser: with a code from an app, a recovery code, a passkey."""

from __future__ import annotations

from collections.abc import Iterator
from secrets import token_hex

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Browser, Page, expect

from filo.staff import operations
from tests.journeys.running import Running
from tests.journeys.test_axe import check

PASSWORD = "acqua alta a Venezia"
pytestmark = pytest.mark.browser


@pytest.fixture
def email() -> str:
    return f"dora.{token_hex(3)}@brezza.example"


@pytest.fixture
def page(house: Running, browser: Browser, email: str) -> Iterator[Page]:
    with house.cursor() as cur:
        team = operations.first_team(cur)
        dora = operations.create_staff(cur, email=email, name="Dora", teams=[team], language="en")
        link = operations.invitation(cur, dora)
    context = browser.new_context(base_url=house.origin, locale="en-GB")
    page = context.new_page()
    come_in_first(page, link)
    yield page
    context.close()


def come_in_first(page: Page, link: str) -> None:
    """As every colleague does: by the link of the invitation."""
    page.goto(link)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Come in").click()
    page.wait_for_url("**/account/2fa/")


def log_in(page: Page, email: str) -> None:
    page.goto("/account/login/")
    page.get_by_label("Email").fill(email)
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


def test_a_code_from_the_app_then_a_recovery_code_when_the_phone_is_lost(
    page: Page, email: str
) -> None:
    page.goto("/account/2fa/totp/activate/")
    prove_it_again(page)
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("[name=code]").fill(code_of(secret))
    page.get_by_role("button", name="Activate").click()
    codes = page.locator("#recovery_codes").input_value().split()
    log_out(page)

    log_in(page, email)
    page.goto("/desk/")
    assert "/2fa/authenticate/" in page.url, "the password alone opened the desk"
    assert check(page, "authenticate") == []
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


def test_a_stolen_session_dies_with_the_person_it_was_stolen_from(
    page: Page, house: Running, email: str
) -> None:
    page.goto("/desk/")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()

    with house.cursor() as cur:
        found = cur.execute("SELECT id FROM staff_staff WHERE email = %s", [email]).fetchall()
        operations.switch_off(cur, found[0][0])

    page.goto("/desk/")
    assert "/account/login/" in page.url
