"""The devices of customers: registered by their app, woken when an answer reached no open socket.

A device belongs to whoever showed their pass last: a tablet that changes hands takes its old
owner's notices to nobody. It is told of a message once, whether the push arrives or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from filo.channels.contract import Device
from filo.conversations.types import Enrolled, Waking
from filo.core import arrays
from filo.core.db import Cursor
from filo.core.sql import statements

sql = statements("filo.conversations")
PATIENCE = timedelta(seconds=10)  # an open socket has told us by then that it was delivered
FRESH = timedelta(days=1)
MOST = 20  # devices of one person: the newest of them
_keys = msgspec.json.Decoder(dict[str, str])


def enrol(
    cur: Cursor, told: Enrolled, *, channel: int, space: str, value: str, at: datetime
) -> None:
    """This device is theirs from now on; what they had before it is no news to it."""
    cur.execute(
        sql("enrol"),
        {
            "channel": channel,
            "space": space,
            "value": value,
            "keys": msgspec.json.encode(told.keys).decode(),
            "at": at,
            "most": MOST,
            **{name: getattr(told, name) for name in ("platform", "address", "build", "language")},
        },
    )


def dismiss(cur: Cursor, address: str, *, channel: int, space: str, value: str) -> int:
    """They logged out there: no notices any more. Returns how many devices that were."""
    return cur.execute(
        "DELETE FROM conversations_device"
        " WHERE channel_id = %s AND address = %s AND space = %s AND value = %s",
        [channel, address, space, value],
    ).rowcount


def forget_device(cur: Cursor, id: int) -> None:
    """Its push service says that it is gone."""
    cur.execute("DELETE FROM conversations_device WHERE id = %s", [id])


def to_wake(cur: Cursor, channels: Mapping[int, object], *, at: datetime) -> Sequence[Waking]:
    """Those with an answer that nobody's socket took. They count as told from now on."""
    rows = cur.execute(
        sql("to_wake"),
        {
            "channels": arrays.bigints(list(channels)),
            "until": at - PATIENCE,
            "since": at - FRESH,
        },
    ).fetchall()
    return [
        Waking(id_, channel, Device(platform, address, _keys.decode(keys)))
        for id_, channel, platform, address, keys in rows
    ]
