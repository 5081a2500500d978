"""Messages as the customer's browser shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from filo.conversations.queries import link, of_visitor
from filo.core import codes
from filo.core.clock import now
from filo.core.db import Cursor
from filo.core.ids import public
from filo.core.sql import statements
from filo.live.types import Line

sql = statements("filo.live")
OUT = ("sent", "delivered", "read")


class Spoken(msgspec.Struct, frozen=True):
    """A line, and whose it is. `unread` counts what nobody here has read in its case."""

    line: Line
    customer: int
    space: str
    value: str
    unread: int


def spoken(cur: Cursor, messages: Iterable[int], spaces: Sequence[str]) -> list[Spoken]:
    """Those messages that visitors of these channels may see, oldest first."""
    wanted = {"messages": sorted(set(messages)), "spaces": list(spaces)}
    if not wanted["messages"] or not spaces:
        return []
    found = [_spoken(record) for record in cur.execute(sql("lines"), wanted).fetchall()]
    return [each for each in found if each]


def newest(cur: Cursor, customer: int, spaces: Sequence[str], *, limit: int) -> list[Line]:
    """The last lines of one customer in these channels, oldest first."""
    asked = {"customer": customer, "spaces": list(spaces), "limit": limit}
    ids = [record[0] for record in cur.execute(sql("newest"), asked).fetchall()]
    return _unread_last(spoken(cur, ids, spaces))


def whose(cur: Cursor, names: Sequence[tuple[str, str]]) -> int | None:
    """The customer behind a visitor's names, once they have written."""
    asked = {"spaces": [space for space, _ in names], "values": [value for _, value in names]}
    row = cur.execute(sql("whose"), asked).fetchone()
    return row[0] if row else None


def _spoken(record: tuple[Any, ...]) -> Spoken | None:
    id_, customer, space, value, direction, parts, client, at, by, edited, withdrawn, *rest = record
    answers, chose, unread, deliveries, files = rest
    gone = [delivery for delivery in deliveries or () if delivery[1] in OUT]
    mine = direction == "in"
    said = parts if mine else [each[0] for each in gone]
    if not mine and not gone:
        return None  # still held, or failed: the customer has not been told it
    line = Line(
        id=public("msg", id_),
        mine=mine,
        at=at,
        state=("delivered" if unread else "read") if mine else _slowest(gone),
        parts=() if withdrawn else with_files(said, files, of_visitor(space, value)),
        by="" if mine else (by or ""),
        client_id=client or "",
        refs=() if mine else tuple(each[2] for each in gone if each[2]),
        answers=public("msg", answers) if answers else "",
        chose=chose or "" if mine else "",
        edited=edited,
        withdrawn=withdrawn,
    )
    return Spoken(line, customer, space, value, unread)


def with_files(
    parts: Sequence[dict[str, Any]], files: Iterable[int], reader: str
) -> tuple[dict[str, Any], ...]:
    """With the addresses of files: of those alone that belong to the message.

    A visitor may name any file's id; that it is theirs was decided when the message took it.
    """
    own = {public("att", file) for file in files}

    def addressed(part: Any) -> Any:
        if isinstance(part, list):
            return [addressed(one) for one in part]
        if not isinstance(part, dict):
            return part
        told = {name: addressed(value) for name, value in part.items()}
        if (file := part.get("attachment", "")) in own:
            told["url"] = link(file, name=part.get("name", ""), reader=reader, at=now())
        return told

    return tuple(_drawn(addressed(part)) for part in parts)


def _drawn(part: dict[str, Any]) -> dict[str, Any]:
    """With the cells of its code, for whoever paints them."""
    code = part.get("code")
    if not isinstance(code, dict):
        return part
    try:
        cells = codes.drawn(code.get("kind", ""), code.get("payload", ""))
    except codes.CodeRefused:
        return part
    return part | {"code": msgspec.to_builtins(cells)}


def _slowest(deliveries: Sequence[Sequence[str]]) -> str:
    return min((each[1] for each in deliveries), key=OUT.index)


def _unread_last(found: Sequence[Spoken]) -> list[Line]:
    """A case counts its unread words; they are its last ones."""
    left = max((each.unread for each in found), default=0)
    lines: list[Line] = []
    for each in reversed(found):
        line = each.line
        if line.mine:
            line = msgspec.structs.replace(line, state="delivered" if left > 0 else "read")
            left -= 1
        lines.append(line)
    return lines[::-1]
