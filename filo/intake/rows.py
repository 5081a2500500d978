"""Journal rows as requests again, just as the connector saw them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from filo.channels.contract import Request
from filo.core.ids import public
from filo.intake.reading import Doors
from filo.intake.types import Kept

_texts = msgspec.json.Decoder(dict[str, str])


def kept(rows: Iterable[tuple[Any, ...]], doors: Doors) -> list[Kept]:
    """`rows` as the statements `claim` and `row` select them."""
    return [Kept(row[0], row[1], _request(row, doors)) for row in rows]


def _request(row: tuple[Any, ...], doors: Doors) -> Request:
    _, channel, at, headers, query, body, _file = row
    door = doors.get(channel)
    return Request(
        body=bytes(body),
        at=at,
        headers=_texts.decode(headers),
        query=_texts.decode(query),
        channel=public("chn", channel),
        settings=door.settings if door else {},
    )
