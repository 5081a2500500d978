"""Journal rows as requests again, just as the connector saw them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from filo.channels.contract import Request
from filo.core.ids import public
from filo.intake.journal import body_of
from filo.intake.reading import Doors
from filo.intake.types import Kept

HEAVY = 64 * 1024 * 1024  # bytes of one batch: mails bring large files
_texts = msgspec.json.Decoder(dict[str, str])


def kept(rows: Iterable[tuple[Any, ...]], doors: Doors) -> list[Kept]:
    """`rows` as `claim` and `row` select them; when they weigh too much the last ones wait."""
    found: list[Kept] = []
    weight = 0
    for row in rows:
        found.append(Kept(row[0], row[1], _request(row, doors)))
        weight += len(found[-1].request.body)
        if weight > HEAVY:
            break
    return found


def _request(row: tuple[Any, ...], doors: Doors) -> Request:
    _, channel, at, headers, query, body, file, *_ = row
    door = doors.get(channel)
    return Request(
        body=body_of(body, file),
        at=at,
        headers=_texts.decode(headers),
        query=_texts.decode(query),
        channel=public("chn", channel),
        settings=door.settings if door else {},
    )
