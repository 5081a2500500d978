"""Who looks at which case and who types: told to all processes, never stored."""

from __future__ import annotations

import asyncio
from functools import partial

import msgspec

from filo.core.db import Cursor
from filo.core.events import hint
from filo.core.ids import BadId, number
from filo.core.sql import statements
from filo.core.text import UNREADABLE
from filo.live.books import Books
from filo.live.door import Asked, Send, answer
from filo.live.presence import Beat
from filo.live.who import reader, session_of
from filo.staff.types import Scope

sql = statements("filo.live")


class Said(msgspec.Struct, frozen=True):
    """What a tab says every 15 s, and whenever it changes. Neither: the person has left."""

    case: str
    looking: bool = True
    typing: bool = False
    note: bool = False


async def take(asked: Asked, body: bytes | None, send: Send, books: Books) -> None:
    if not asked.comes_from_us:
        return await answer(send, 403)
    scope = await asyncio.to_thread(reader, session_of(asked))
    if scope is None:
        return await answer(send, 401)
    try:
        said = msgspec.json.decode(body or b"", type=Said)
        told = await books.ask(partial(tell, scope=scope, said=said, case=number("cas", said.case)))
    except (*UNREADABLE, BadId):
        return await answer(send, 400)
    return await answer(send, 204 if told else 404)


def tell(cur: Cursor, *, scope: Scope, said: Said, case: int) -> bool:
    """Ring it on; false when there is no such case for this person."""
    row = cur.execute(sql("case_readers"), {"case": case}).fetchone()
    if row is None:
        return False
    customer, teams, team, restricted = row
    beat = Beat(
        case=case,
        customer=customer,
        staff=scope.staff,
        name=scope.name,
        teams=tuple(teams),
        only=team if restricted else None,
        looking=said.looking,
        typing=said.typing,
        note=said.note,
    )
    if not beat.audience.lets(scope):
        return False
    hint(cur, [msgspec.to_builtins(beat)])
    return True
