"""The roads that lead in, and those that lead nowhere."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from filo.core.db import raw_cursor
from filo.staff import operations
from filo.staff.models import Staff

PASSWORD = "acqua alta a Venezia"


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    cache.clear()


@pytest.fixture
def dora(db: None) -> Staff:
    with transaction.atomic():
        cur = raw_cursor()
        operations.create_staff(cur, email="chief@x.example", role="admin", password=PASSWORD)
        new = operations.create_staff(cur, email="dora@x.example", name="Dora", password=PASSWORD)
    return Staff.objects.get(pk=new)


def knock(client: Client, email: str, password: str) -> str:
    """The name of whoever the client is logged in as afterwards, or nothing."""
    client.post("/account/login/", {"login": email, "password": password})
    return who(client)


def who(client: Client) -> str:
    return "" if client.get("/account/2fa/").status_code == 302 else "in"


def test_the_right_password_opens(dora: Staff, client: Client) -> None:
    assert knock(client, "DORA@x.example", PASSWORD) == "in"


def test_a_wrong_password_and_a_stranger_hear_the_same_words(dora: Staff, client: Client) -> None:
    wrong = client.post("/account/login/", {"login": "dora@x.example", "password": "no"})
    stranger = client.post("/account/login/", {"login": "eve@x.example", "password": "no"})

    def error(page: bytes) -> bytes:
        return page.partition(b'role="alert"')[2].partition(b"</div>")[0]

    assert error(wrong.content)
    assert error(wrong.content) == error(stranger.content)


def test_after_five_wrong_passwords_even_the_right_one_waits(dora: Staff, client: Client) -> None:
    for _ in range(5):
        assert knock(client, "dora@x.example", "wrong") == ""

    assert knock(client, "dora@x.example", PASSWORD) == ""


@pytest.mark.parametrize("road", ["signup/", "password/reset/", "email/", "confirm-email/"])
def test_nobody_signs_up_by_oneself(dora: Staff, client: Client, road: str) -> None:
    assert client.get(f"/account/{road}").status_code == 404


def test_sessions_die_when_a_person_is_switched_off_and_stay_dead(
    dora: Staff, client: Client
) -> None:
    knock(client, "dora@x.example", PASSWORD)

    operations.switch_off(raw_cursor(), dora.pk)
    assert who(client) == ""
    assert knock(Client(), "dora@x.example", PASSWORD) == ""
    operations.switch_on(raw_cursor(), dora.pk)

    assert who(client) == ""
    assert knock(Client(), "dora@x.example", PASSWORD) == "in"


def test_the_first_link_makes_the_administrator_and_then_there_is_no_such_page(
    db: None, client: Client
) -> None:
    with transaction.atomic():
        link = operations.first_run_link(raw_cursor())
    assert link is not None
    assert client.get(link).status_code == 200

    answer = client.post(
        link,
        {"name": "Ada", "email": "ada@x.example", "language": "en", "password": PASSWORD},
    )

    assert answer.status_code == 302
    assert Staff.objects.get().is_admin
    assert who(client) == "in"
    assert Client().get(link).status_code == 404


def test_no_first_administrator_without_the_link(db: None, client: Client) -> None:
    assert client.get("/account/first/guess").status_code == 404
    assert client.post("/account/first/guess", {"email": "eve@x.example"}).status_code == 404


@pytest.mark.parametrize("password", ["short", "password12", "new@x.example"])
def test_a_weak_password_is_refused(dora: Staff, client: Client, password: str) -> None:
    with transaction.atomic():
        cur = raw_cursor()
        link = operations.invitation(cur, operations.create_staff(cur, email="new@x.example"))

    answer = client.post(link, {"name": "Dora", "language": "it", "password": password})

    assert answer.status_code == 200
    assert who(client) == ""


def test_an_invitation_lets_in_once(dora: Staff, client: Client) -> None:
    with transaction.atomic():
        cur = raw_cursor()
        new = operations.create_staff(cur, email="new@x.example", name="Nina")
        link = operations.invitation(cur, new)

    client.post(link, {"name": "Nina B.", "language": "en", "password": PASSWORD})

    assert who(client) == "in"
    assert Staff.objects.get(pk=new).name == "Nina B."
    assert Client().get(link).status_code == 404


def test_with_an_authenticator_app_the_password_alone_does_not_open(
    dora: Staff, client: Client
) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(dora, secret)

    assert knock(client, "dora@x.example", PASSWORD) == ""
    code = totp.format_hotp_value(
        totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))
    )
    client.post("/account/2fa/authenticate/", {"code": code})

    assert who(client) == "in"


def test_the_seed_of_an_authenticator_app_is_sealed_in_its_row(dora: Staff) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(dora, secret)

    with connection.cursor() as cur:
        cur.execute("SELECT row_to_json(a)::text FROM mfa_authenticator a")
        assert secret not in cur.fetchall()[0][0]
    assert totp.TOTP(Authenticator.objects.get()).validate_code("000000") is False


def test_whoever_is_logged_in_reads_their_own_language(dora: Staff, client: Client) -> None:
    operations.set_wishes(raw_cursor(), dora.pk, language="en", wishes={})
    client.post("/account/login/", {"login": "dora@x.example", "password": PASSWORD})

    page = client.get("/account/2fa/", headers={"accept-language": "it"})

    assert b'<html lang="en"' in page.content


def test_who_lost_the_phone_comes_in_again_once_the_second_factors_are_forgotten(
    dora: Staff, client: Client
) -> None:
    totp.TOTP.activate(dora, totp.generate_totp_secret())
    assert knock(client, "dora@x.example", PASSWORD) == ""

    operations.forget_second_factors(raw_cursor(), dora.pk)

    assert knock(Client(), "dora@x.example", PASSWORD) == "in"


def test_end_sessions_logs_out_everywhere_and_the_password_still_opens(
    dora: Staff, client: Client
) -> None:
    knock(client, "dora@x.example", PASSWORD)

    operations.end_sessions(raw_cursor(), dora.pk)

    assert who(client) == ""
    assert knock(client, "dora@x.example", PASSWORD) == "in"


def test_who_has_no_password_is_asked_for_a_first_one(dora: Staff, client: Client) -> None:
    """They came by a passkey: the page that changes a password has nothing to change."""
    Staff.objects.filter(pk=dora.pk).update(password="!")
    client.force_login(Staff.objects.get(pk=dora.pk))

    answer = client.get("/account/password/", follow=True)
    client.post("/account/password/set/", {"password1": PASSWORD, "password2": PASSWORD})

    assert (answer.status_code, answer.redirect_chain[-1][0]) == (200, "/account/password/set/")
    assert Staff.objects.get(pk=dora.pk).check_password(PASSWORD)
