"""A case, held for writing: its customer locked first, then itself."""

from __future__ import annotations

from datetime import datetime

import msgspec

from filo.conversations.scoping import limits
from filo.conversations.types import NotFound
from filo.core.db import Cursor
from filo.core.events import Happening, emit, ring
from filo.core.ids import public
from filo.core.sql import statements
from filo.customers.operations import lock
from filo.staff.types import NotAllowed, Scope

sql = statements("filo.conversations")


HOUSE = Scope(staff=0, name="Filo", email="", role="admin", teams=())


class Held(msgspec.Struct, frozen=True):
    id: int
    customer: int
    team: int
    channel: int
    status: str
    owner_type: str
    owner: int | None
    due_at: datetime | None
    subject: str
    matter: str
    restricted: bool
    last_message: int | None = None


def hold_to_read(cur: Cursor, actor: Scope, case: int) -> Held:
    """Lock and read the case; `NotFound` when the actor may not read it."""
    columns = limits(actor, case=case)
    row = cur.execute(sql("case_for_writing"), columns).fetchone()
    if row is None:
        raise NotFound("There is no such case.")
    lock(cur, [row[1]])
    row = cur.execute(sql("case_for_writing") + b" FOR UPDATE OF c", columns).fetchone()
    if row is None:
        raise NotFound("There is no such case.")
    return Held(*row)


def hold_to_work(cur: Cursor, actor: Scope, case: int) -> Held:
    """The same, for somebody who may also answer: of its team, or its owner."""
    held = hold_to_read(cur, actor, case)
    if not actor.may_work(held.team) and held.owner != actor.staff:
        raise NotAllowed("This case belongs to another team. Ask its team, or write a note.")
    return held


def told(cur: Cursor, held: Held, actor: Scope, reason: str, **more: object) -> None:
    """Say what happened to the case, and to whom it is due."""
    body = {
        "case": public("cas", held.id),
        "reason": reason,
        "by": public("stf", actor.staff),
        "by_name": actor.name,
        **more,
    }
    emit(cur, [Happening("case_changed", held.customer, held.id, body)])
    ring(cur)
