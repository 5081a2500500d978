"""The devices of customers: registered by their app, woken when somebody says that it is time.

A device belongs to whoever showed their pass last: a tablet that changes hands takes its old
owner's notices to nobody. It is woken once for each asking, whether the push arrives or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from filo.channels.contract import Device
from filo.conversations.types import Enrolled, Waking
from filo.core import arrays
from filo.core.db import Cursor
from filo.core.ids import public
from filo.core.sql import statements

sql = statements("filo.conversations")
MOST = 20  # devices of one person: the newest of them
_keys = msgspec.json.Decoder(dict[str, str])


def enrol(
    cur: Cursor, told: Enrolled, *, channel: int, space: str, value: str, at: datetime
) -> None:
    """This device is theirs from now on."""
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


def rouse(cur: Cursor, identity: int) -> int:
    """The devices of this identity are to be woken; returns how many there are.

    With them those of the same login on a channel beside it, where the same thread is shown.
    """
    return cur.execute(
        "UPDATE conversations_device AS device SET due = true, due_at = NULL, tries = 0"
        " FROM customers_identity AS told JOIN customers_identity AS who"
        " ON who.customer_id = told.customer_id AND who.value = told.value"
        " WHERE told.id = %s AND who.space LIKE 'web:%%'"
        " AND device.space = who.space AND device.value = who.value",
        [identity],
    ).rowcount


def to_wake(cur: Cursor, channels: Mapping[int, object], *, at: datetime) -> Sequence[Waking]:
    """Those that are due, which from now on they are no more."""
    asked = {"channels": arrays.bigints(list(channels)), "at": at}
    rows = cur.execute(sql("to_wake"), asked).fetchall()
    return [
        Waking(
            id_,
            channel,
            Device(platform, address, _keys.decode(keys)),
            language,
            public("msg", about) if about else "",
            tries,
        )
        for id_, channel, platform, address, keys, language, tries, about in rows
    ]


def wake_later(cur: Cursor, due: Waking, *, at: datetime) -> None:
    """Its push service asked for patience. Who was asked for anew meanwhile is not put off."""
    cur.execute(
        "UPDATE conversations_device SET due = true, due_at = %s, tries = %s"
        " WHERE id = %s AND NOT due",
        [at, due.tries + 1, due.id],
    )
