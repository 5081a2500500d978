from __future__ import annotations

from http.cookies import Morsel
from typing import Any

import pytest
from django.test import Client

from filo.channels.operations import connect, switch
from filo.channels.queries import one
from filo.core import clock, passes
from filo.core.db import raw_cursor
from filo.core.ids import public
from filo.staff.operations import create_team

pytestmark = pytest.mark.django_db
SHOP = "https://www.brezza.example"


class Door:
    """One web chat channel and a browser before it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        cur = raw_cursor()
        team = create_team(cur, "Rebooking")
        self.number = connect(cur, "webchat", "Brezza", team, {"origins": SHOP})
        self.id = public("chn", self.number)
        self.settings = one(cur, self.number).settings

    def ask(self, wanted: dict[str, Any] | None = None, **how: Any) -> Any:
        return self.client.post(
            f"/w/{self.id}/session", wanted or {}, content_type="application/json", **how
        )

    def token(self, sub: str, key: str = "") -> str:
        until = int(clock.now().timestamp()) + 600
        claims = passes.Claims(sub, until, self.id, email=f"{sub}@conti.example")
        return passes.word_for(claims, key=key or self.settings["jwt_secret"])

    def cookie(self) -> Morsel[str]:
        (found,) = self.client.cookies.values()
        return found

    def holder(self) -> passes.Pass:
        found = passes.glance(self.cookie().value)
        assert found is not None
        return found


@pytest.fixture
def door(client: Client) -> Door:
    return Door(client)


def test_looking_at_the_panel_sets_no_cookie(door: Door) -> None:
    page = door.client.get(f"/w/{door.id}")
    assert page.status_code == 200
    assert not door.client.cookies


def test_the_panel_may_stand_on_the_companys_sites_alone(door: Door) -> None:
    page = door.client.get(f"/w/{door.id}")
    policy = page.headers["content-security-policy"]
    assert f"frame-ancestors 'self' {SHOP}" in policy
    assert "unsafe" not in policy
    assert "x-frame-options" not in page.headers


def test_a_stranger_keeps_their_name(door: Door) -> None:
    first = door.ask().json()
    name = door.holder().value
    again = door.ask().json()

    assert door.holder().value == name
    assert first["key"] == again["key"]
    assert not again["signed_in"]


def test_the_cookie_is_for_us_alone_and_apart_for_each_site(door: Door) -> None:
    door.ask(secure=True)
    set_cookie = door.cookie().OutputString()
    assert door.cookie().key.startswith("__Host-")
    for word in ("HttpOnly", "Secure", "SameSite=None", "Path=/; Partitioned"):
        assert word in set_cookie
    assert "Domain" not in set_cookie


def test_who_logs_in_takes_along_what_they_wrote_as_a_stranger(door: Door) -> None:
    door.ask()
    before = door.holder().value
    assert door.ask({"jwt": door.token("ada")}).json()["signed_in"]

    assert door.holder().value == "ada"
    assert (f"web:{door.id}", before) in door.holder().also
    assert ("email", "ada@conti.example") in door.holder().also


def test_who_was_somebody_else_takes_nothing_along(door: Door) -> None:
    door.ask()
    door.ask({"jwt": door.token("ada")})
    door.ask({"jwt": door.token("bea")})
    assert door.holder().also == (("email", "bea@conti.example"),)


def test_a_channel_with_the_same_key_has_the_same_login(door: Door) -> None:
    """And one with a key of its own has customers of its own, whatever their numbers."""
    cur, key = raw_cursor(), door.settings["jwt_secret"]
    app = public("chn", connect(cur, "app", "App", None, {"name": "B", "jwt_secret": key}))
    other = public("chn", connect(cur, "app", "Other", None, {"name": "B"}))
    door.ask({"jwt": door.token("ada")})
    names = door.holder().names
    assert names == ((f"web:{door.id}", "ada"), (f"web:{app}", "ada"))
    assert other not in str(door.holder())


def test_after_a_log_out_there_is_nobody(door: Door) -> None:
    door.ask({"jwt": door.token("ada")})
    assert door.ask({"leave": True}).status_code == 204
    assert door.cookie()["max-age"] == 0
    assert door.client.get(f"/w/{door.id}/lines").status_code == 401


def test_a_word_signed_by_somebody_else_changes_nothing(door: Door) -> None:
    assert door.ask({"jwt": door.token("ada", key="theirs")}).status_code == 401
    assert not door.client.cookies


def test_where_cookies_fail_a_bearer_stands_in(door: Door) -> None:
    given = door.ask({"bearer": True}).json()
    assert not door.client.cookies
    headers = {"authorization": f"Bearer {given['token']}"}
    assert door.client.get(f"/w/{door.id}/lines", headers=headers).json()["lines"] == []
    again = door.ask({"bearer": True}, headers=headers).json()
    assert again["key"] == given["key"]


@pytest.mark.parametrize(
    ("origin", "status", "echoed"),
    [
        (SHOP, 200, SHOP),
        ("http://testserver", 200, None),
        (f"{SHOP}.evil.example", 403, None),
        ("null", 403, None),
    ],
)
def test_origins_are_compared_exactly(
    door: Door, origin: str, status: int, echoed: str | None
) -> None:
    answer = door.ask(headers={"origin": origin})
    assert answer.status_code == status
    assert answer.headers.get("access-control-allow-origin") == echoed


def test_only_a_visitor_may_upload(door: Door) -> None:
    assert door.client.post(f"/w/{door.id}/ticket").status_code == 401
    door.ask()
    assert "/files/" in door.client.post(f"/w/{door.id}/ticket").json()["url"]


def test_there_is_no_door_where_there_is_no_chat(door: Door) -> None:
    cur = raw_cursor()
    mute = connect(cur, "http", "Peer", None, {"deliver_to": "https://peer.example/"})
    switch(cur, door.number, False)
    for channel in (public("chn", mute), door.id, "chn_nonsense"):
        assert door.client.get(f"/w/{channel}").status_code == 404


def test_the_launcher_carries_no_comment(client: Client) -> None:
    launcher = client.get("/w.js")
    assert b"//" not in launcher.content.replace(b"://", b"")
    assert launcher.headers["cache-control"] == "public, max-age=300"


def test_nonsense_is_refused_in_words_of_http(door: Door) -> None:
    bad = door.client.post(f"/w/{door.id}/session", b"{", content_type="application/json")
    assert bad.status_code == 400
    assert door.client.get(f"/w/{door.id}/session").status_code == 405
