"""Two kinds that a provider calls at one address: each reads what is its own."""

from __future__ import annotations

import json

import pytest

from filo.channels.operations import connect
from filo.core import clock
from filo.intake.journal import keep
from filo.intake.types import Entry
from tests.world import World

PAGE = "1000000000001"
INBOX = {"page_id": PAGE, "access_token": "t", "app_secret": "s", "verify_token": "v"}
MESSAGE = {
    "sender": {"id": "7000000000001"},
    "recipient": {"id": PAGE},
    "timestamp": 1790000000001,
    "message": {"mid": "m_1", "text": "In privato"},
}
COMMENT = {
    "item": "comment",
    "verb": "add",
    "post_id": f"{PAGE}_2",
    "parent_id": f"{PAGE}_2",
    "comment_id": "2_3",
    "from": {"id": "4000000000001", "name": "Ada Demo"},
    "message": "In pubblico",
    "created_time": 1790000001,
}


def arrives(world: World, channel: int) -> None:
    """One call of Meta that carries a message and a comment."""
    changes = [{"field": "feed", "value": COMMENT}]
    entry = {"id": PAGE, "time": 1790000002, "messaging": [MESSAGE], "changes": changes}
    body = json.dumps({"object": "page", "entry": [entry]}).encode()
    with world.connection.transaction():
        entry_ = Entry(channel=channel, lane=1, at=clock.now(), headers={}, query={}, body=body)
        keep(world.connection.cursor(), [entry_])
    world.read_all()


def told(world: World) -> list[tuple[object, ...]]:
    return world.rows(
        "SELECT channel.kind, visibility, parts -> 0 ->> 'text' FROM conversations_message"
        " JOIN channels_channel AS channel ON channel.id = channel_id ORDER BY 1"
    )


BOTH = [("facebook_page", "public", "In pubblico"), ("messenger", "private", "In privato")]


@pytest.mark.parametrize("called", ["messenger", "facebook_page"])
def test_a_call_that_two_kinds_share_reaches_both(world: World, called: str) -> None:
    channels = {kind: world.act(connect, kind, kind, world.team, INBOX) for kind, *_ in BOTH}

    arrives(world, channels[called])

    assert told(world) == BOTH


def test_who_has_another_secret_is_no_kin(world: World) -> None:
    inbox = world.act(connect, "messenger", "Inbox", world.team, INBOX)
    world.act(connect, "facebook_page", "Page", world.team, INBOX | {"app_secret": "other"})

    arrives(world, inbox)

    assert told(world) == BOTH[1:]
