"""The ways in: sessions, guesses, forged headers, where one is sent next, what a logout leaves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client

from filo.core.db import raw_cursor
from filo.staff.models import Staff
from filo.staff.operations import create_staff

PASSWORD = "acqua alta a Venezia"
EMAIL = "dora@x.example"
LOGIN = "/account/login/"
ELSEWHERE = (
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https:///evil.example",
    "https://evil.example",
    "http:\\\\evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "//testserver@evil.example",
    "https://testserver.evil.example/",
)
TRY = """
import os, sys, django
sys.path.insert(0, os.getcwd())
django.setup()
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
from django.test import Client
client = Client()
client.post("/account/login/", {"login": sys.argv[1], "password": sys.argv[2]})
print("in" if client.get("/account/2fa/").status_code == 200 else "out")
"""


class Counting(MD5PasswordHasher):
    """How often a password was hashed: the one thing that takes time when somebody knocks."""

    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).hashed += 1
        return super().encode(password, salt)


@pytest.fixture
def dora(committed_db: str) -> Staff:
    cache.clear()
    new = create_staff(raw_cursor(), email=EMAIL, name="Dora", password=PASSWORD)
    return Staff.objects.get(pk=new)


def knock(client: Client, email: str = EMAIL, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": email, "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get("/account/2fa/").status_code == 200


def test_threat_8_a_session_that_was_there_before_the_login_is_none_after_it(dora: Staff) -> None:
    thief, victim = Client(), Client()
    thief.get(LOGIN)
    thief.post("/language/setlang/", {"language": "it"})
    planted = thief.session
    planted["planted"] = 1
    planted.save()
    victim.cookies[settings.SESSION_COOKIE_NAME] = str(planted.session_key)

    knock(victim)

    assert is_in(victim)
    assert victim.cookies[settings.SESSION_COOKIE_NAME].value != planted.session_key
    thief.cookies[settings.SESSION_COOKIE_NAME] = str(planted.session_key)
    assert not is_in(thief)


def test_threat_7_known_and_unknown_cost_the_same_work(dora: Staff, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    dora.set_password(PASSWORD)
    dora.save()
    work = []
    for email in (EMAIL, "eve@x.example"):
        Counting.hashed = 0
        answer = knock(Client(), email, "wrong")
        work.append((Counting.hashed, answer.status_code))

    assert work[0] == work[1]
    assert work[0][0] == 1


@pytest.mark.slow
def test_threat_7_tries_are_counted_for_all_web_processes(dora: Staff) -> None:
    def elsewhere(password: str) -> str:
        """In a web process of its own."""
        given = {**os.environ, "DJANGO_SETTINGS_MODULE": "filo.project.settings"}
        told = subprocess.run(  # noqa: S603
            [sys.executable, "-c", TRY, EMAIL, password],
            cwd=Path(__file__).parents[3],
            env=given,
            capture_output=True,
            text=True,
            check=True,
        )
        return told.stdout.strip()

    assert elsewhere(PASSWORD) == "in"
    for _ in range(5):
        knock(Client(), EMAIL, "wrong")

    assert elsewhere(PASSWORD) == "out"


@pytest.mark.parametrize(
    "header", ["Remote-User", "X-Remote-User", "X-Forwarded-User", "X-Forwarded-Email", "X-User"]
)
def test_threat_9_a_header_is_nobodys_login(dora: Staff, header: str) -> None:
    for name in (EMAIL, str(dora.pk)):
        told = Client(headers={header: name}, REMOTE_USER=name).get("/desk/")

        assert told.status_code == 302
        assert told["location"].startswith(LOGIN)


@pytest.mark.parametrize("place", ELSEWHERE)
def test_threat_35_nobody_is_sent_elsewhere(dora: Staff, place: str) -> None:
    client = Client()
    told = [knock(client, next=place), client.get(LOGIN, {"next": place})]
    told.append(client.post("/account/reauthenticate/", {"password": PASSWORD, "next": place}))
    told.append(client.post("/language/setlang/", {"language": "it", "next": place}))
    told.append(client.post("/desk/wishes", {"theme": "turn"}, headers={"referer": place}))
    told.append(client.post("/account/logout/", {"next": place}))

    assert is_in(client) is False
    for answer in told:
        assert answer.status_code == 302
        assert answer["location"].startswith("/")
        assert not answer["location"].startswith(("//", "/\\"))


def test_threat_35_ones_own_page_is_come_back_to(dora: Staff) -> None:
    assert knock(Client(), next="/desk/search?q=a")["location"] == "/desk/search?q=a"


def test_threat_34_a_logout_leaves_nothing_in_the_browser(dora: Staff) -> None:
    client = Client()
    knock(client)

    told = client.post("/account/logout/")

    assert told["clear-site-data"] == '"cache", "storage"'
    assert told["cache-control"] == "no-store"
    assert not is_in(client)
