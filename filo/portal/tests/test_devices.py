"""An app tells on which device it runs, with a bearer alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from filo.channels.operations import connect
from filo.core.db import raw_cursor
from filo.core.ids import public

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(client: Client) -> str:
    number = connect(raw_cursor(), "app", "App", None, {"name": "Brezza"})
    return f"/w/{public('chn', number)}"


def ask(client: Client, place: str, wish: Any, method: str = "POST", **how: Any) -> int:
    path, mime = f"{place}/devices", "application/json"
    return client.generic(method, path, wish, content_type=mime, **how).status_code


def bearer(client: Client, place: str) -> dict[str, Any]:
    body = {"bearer": True}
    told = client.post(f"{place}/session", body, content_type="application/json").json()
    return {"headers": {"authorization": f"Bearer {told['token']}"}}


def devices() -> list[tuple[Any, ...]]:
    return raw_cursor().execute("SELECT platform, address FROM conversations_device").fetchall()


def test_a_device_comes_and_goes_with_its_owners_bearer(client: Client, place: str) -> None:
    wish = '{"platform": "apns", "address": "a1b2", "build": "4.2"}'
    mine, others = bearer(client, place), bearer(client, place)
    assert ask(client, place, wish, **mine) == 204
    assert devices() == [("apns", "a1b2")]
    assert ask(client, place, wish, "DELETE", **others) == 204
    assert devices() == [("apns", "a1b2")]
    assert ask(client, place, wish, "DELETE", **mine) == 204
    assert devices() == []


def test_a_cookie_or_nonsense_registers_nothing(client: Client, place: str) -> None:
    client.post(f"{place}/session", {}, content_type="application/json")
    assert ask(client, place, '{"platform": "apns", "address": "a1b2"}') == 401
    mine = bearer(client, place)
    for wish in (
        "{",
        '{"platform": "pager", "address": "1"}',
        '{"platform": "web", "address": ""}',
    ):
        assert ask(client, place, wish, **mine) == 400
    assert devices() == []


def test_a_browser_learns_our_key_and_other_channels_have_none(client: Client, place: str) -> None:
    assert len(client.get(f"{place}/devices").json()["key"]) == 87
    chat = connect(raw_cursor(), "webchat", "Chat", None, {})
    assert client.get(f"/w/{public('chn', chat)}/devices").status_code == 404
