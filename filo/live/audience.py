"""Who may read an event: values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from filo.core.db import Cursor
from filo.core.ids import number, public
from filo.core.sql import statements
from filo.live.cursor import Entry
from filo.staff.types import Scope

sql = statements("filo.live")


class Row(msgspec.Struct, frozen=True):
    """One row of a queue, as facts: a tab decides whether it is one of its own."""

    case: str
    customer: str
    team: str
    owner: str  # bot, queue, or the person's id
    owner_name: str
    status: str
    due_at: datetime | None
    unread: int
    kind: str


class Audience(msgspec.Struct, frozen=True):
    """The teams that may read. Nobody's is for administrators only."""

    teams: frozenset[int] = frozenset()
    only: int | None = None  # the one team of a restricted case

    def lets(self, scope: Scope) -> bool:
        if scope.everything:
            return True
        if self.only is not None:
            return self.only in scope.teams
        return not self.teams.isdisjoint(scope.teams)


class Register(msgspec.Struct, frozen=True):
    """What is known now about the customers and cases of some events."""

    teams: Mapping[int, frozenset[int]]
    rows: Mapping[int, Row]
    restricted: Mapping[int, int]

    def audience(self, entry: Entry) -> Audience:
        only = self.restricted.get(entry.case) if entry.case else None
        teams = self.teams.get(entry.customer or 0, frozenset())
        return Audience(teams | _left(entry), only)


def is_moved(entry: Entry) -> bool:
    """A case went to another team: those whom it left may hear that it did, and no more."""
    return entry.type == "case_changed" and entry.body.get("reason") == "moved"


def _left(entry: Entry) -> frozenset[int]:
    if not is_moved(entry) or "from" not in entry.body:
        return frozenset()
    return frozenset({number("tem", str(entry.body["from"]))})


def look_up(cur: Cursor, entries: Iterable[Entry]) -> Register:
    """Two queries, whatever the count."""
    entries = list(entries)
    customers = sorted({entry.customer for entry in entries if entry.customer})
    cases = sorted({entry.case for entry in entries if entry.case})
    readers = cur.execute(sql("readers"), {"customers": customers}).fetchall() if customers else []
    found = cur.execute(sql("rows"), {"cases": cases}).fetchall() if cases else []
    return Register(
        teams={customer: frozenset(teams) for customer, teams in readers},
        rows={record[0]: _row(record) for record in found},
        restricted={record[0]: record[2] for record in found if record[8]},
    )


def _row(record: tuple[Any, ...]) -> Row:
    case, customer, team, owner_type, owner, name, status, due_at, _, unread, kind = record
    return Row(
        case=public("cas", case),
        customer=public("cus", customer),
        team=public("tem", team),
        owner=public("stf", owner) if owner else owner_type,
        owner_name=name or "",
        status=status,
        due_at=due_at,
        unread=unread,
        kind=kind,
    )


def teams_of(cur: Cursor, customer: int) -> frozenset[int]:
    """The teams that may read one customer."""
    row = cur.execute(sql("readers"), {"customers": [customer]}).fetchone()
    return frozenset(row[1]) if row else frozenset()
