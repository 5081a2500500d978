"""Every page says what its browser may load, and holds nothing that the policy would refuse."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client

from filo.channels.operations import connect
from filo.core.ids import public
from filo.staff.operations import invitation
from tests.fixtures import world
from tests.world import World

__all__ = ["world"]
ROOMS = (
    "/desk/?view=all",
    "/desk/views",
    "/desk/search?q=ada",
    "/desk/wishes",
    "/desk/settings/me",
    "/desk/settings/people/",
    "/desk/settings/teams/",
    "/desk/settings/channels/",
    "/desk/settings/channels/new/whatsapp/",
    "/desk/settings/channels/new/email/",
    "/desk/settings/journal/",
    "/account/password/",
    "/account/2fa/",
    "/account/2fa/totp/activate/",
    "/account/reauthenticate/",
    "/desk/cases/cas_0000000000099/",
    "/there/is/no/such/page",
)
BEFORE_LOGIN = ("/account/login/", "/account/logout/", "/account/welcome/nonsense", "/account/x")
TAG = re.compile(r"<[a-zA-Z][^>]*>")
HANDLER = re.compile(r"""\son[a-z]+\s*=|\sstyle\s*=|=\s*["']?\s*javascript:""", re.IGNORECASE)
INLINE = re.compile(r"<(?:script(?![^>]*\ssrc=)|style)(?![^>]*\snonce=)[^>]*>", re.IGNORECASE)
MEANT = re.compile(r'type="(?:application|text)/(?:json|template)"')  # nothing that runs


def complaints(answer: Any) -> list[str]:
    """What of this answer the policy forbids, or that there is no policy."""
    if "text/html" not in answer.headers.get("content-type", ""):
        return []
    policy = answer.headers.get("content-security-policy", "")
    strict = "default-src 'none'" in policy and "'unsafe" not in policy
    html = answer.content.decode()
    found = [] if strict else [f"policy: {policy!r}"]
    found += [tag for tag in TAG.findall(html) if HANDLER.search(tag)]
    return found + [tag for tag in INLINE.findall(html) if not MEANT.search(tag)]


@pytest.fixture
def admin(world: World) -> Client:
    boss = world.act(lambda cur: world.hire(cur, "boss@brezza.example", "Boss", role="admin"))
    client = Client(raise_request_exception=False)
    client.force_login(get_user_model().objects.get(pk=boss.staff))
    return client


def test_every_page_has_a_policy_and_nothing_inline(world: World, admin: Client) -> None:
    world.writes("ada", "Ciao <b>Brezza</b>")
    [(case,)] = world.rows("SELECT id FROM conversations_case")
    chat = world.act(connect, "webchat", "Chat", world.team, {"origins": ""})
    token = world.act(invitation, world.dora.staff)
    opened = f"/desk/cases/{public('cas', int(str(case)))}/"
    known = (opened, f"{opened}customer", f"/desk/settings/channels/{public('chn', chat)}/")
    found = {room: complaints(admin.get(room)) for room in (*ROOMS, *known)}
    guest = Client(raise_request_exception=False)
    strangers = (*BEFORE_LOGIN, f"/w/{public('chn', chat)}", token.partition("//")[2])
    found |= {room: complaints(guest.get(f"/{room.partition('/')[2]}")) for room in strangers}

    assert {room: told for room, told in found.items() if told} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "<p onclick='x()'>",
        "<p style='color:red'>",
        "<script>x()</script>",
        "<a href='javascript:x'>",
    ],
)
def test_a_planted_inline_piece_is_found(planted: str) -> None:
    answer = HttpResponse(planted)
    answer.headers["content-security-policy"] = "default-src 'none'; script-src 'nonce-x'"

    assert complaints(answer)


def test_a_page_without_a_policy_is_found() -> None:
    assert complaints(HttpResponse("<p>x</p>"))
