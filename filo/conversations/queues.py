"""Reading queues: which cases, in which order, a page at a time."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from filo.conversations.scoping import limits, must_read
from filo.conversations.types import CaseFilter, CasePage, CaseView, Counts, NotFound, Owner
from filo.core.db import Cursor
from filo.core.ids import BadId, number, public
from filo.core.sql import statements
from filo.core.text import UNREADABLE
from filo.staff.types import Scope

sql = statements("filo.conversations")


class BadCursor(ValueError):
    """The cursor is none of ours, or belongs to another order."""


class Mark(msgspec.Struct, frozen=True):
    """Where a page ended: the value sorted by, and the case."""

    sort: str
    at: datetime | None
    id: int


class Order(msgspec.Struct, frozen=True):
    """One way to sort, as SQL. `nulls` says that cases without a value come after all others."""

    column: str
    direction: str
    nulls: bool = False

    @property
    def comparison(self) -> str:
        return ">" if self.direction == "ASC" else "<"


STATUSES = ("open", "waiting", "snoozed", "solved")
ORDERS = {
    "due": Order("due_at", "ASC", nulls=True),
    "newest": Order("last_at", "DESC"),
    "oldest": Order("last_at", "ASC"),
}


def cases(
    cur: Cursor, scope: Scope, wanted: CaseFilter, *, after: str | None = None, limit: int = 50
) -> CasePage:
    """A page of the cases that the scope may work on, or of all cases of a readable customer."""
    order = ORDERS.get(wanted.sort, ORDERS["due"])
    if wanted.customer is not None:
        must_read(cur, scope, wanted.customer)
    mark = _opened(after, wanted.sort) if after else None
    found: list[tuple[int, datetime | None]] = []
    if not (mark and order.nulls and mark.at is None):
        found = _slice(cur, scope, wanted, order, mark, limit + 1, null=False)
    if order.nulls and len(found) <= limit:
        past = mark if mark and mark.at is None else None
        found += _slice(cur, scope, wanted, order, past, limit + 1 - len(found), null=True)
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    return CasePage(
        views(cur, scope, [id_ for id_, _ in shown]),
        next=_sealed(Mark(wanted.sort, last[1], last[0])) if last else None,
    )


def case(cur: Cursor, scope: Scope, id: int) -> CaseView:
    """One case, or `NotFound` when the scope may not read it."""
    found = views(cur, scope, [id])
    if not found:
        raise NotFound("There is no such case.")
    return found[0]


def counts(cur: Cursor, scope: Scope) -> Counts:
    """The numbers beside the views; none counts further than a thousand."""
    row = cur.execute(sql("counts"), limits(scope)).fetchone()
    assert row is not None
    teams = cur.execute(sql("counts_by_team"), limits(scope)).fetchall()
    mine, to_take, all_, waiting, snoozed, mentions = row
    return Counts(
        mine=mine,
        to_take=to_take,
        all=all_,
        waiting=waiting,
        snoozed=snoozed,
        mentions=mentions,
        by_team={public("tem", team): many for team, many in teams},
    )


def views(cur: Cursor, scope: Scope, ids: Sequence[int]) -> tuple[CaseView, ...]:
    """Cases by number, in the order given; what the scope may not read is left out."""
    if not ids:
        return ()
    rows = cur.execute(sql("case_columns"), limits(scope, ids=list(ids))).fetchall()
    by_id = {row[0]: _view(row) for row in rows}
    return tuple(by_id[id_] for id_ in ids if id_ in by_id)


def _slice(
    cur: Cursor,
    scope: Scope,
    wanted: CaseFilter,
    order: Order,
    mark: Mark | None,
    many: int,
    *,
    null: bool,
) -> list[tuple[int, datetime | None]]:
    """Numbers and sort values: each team's share by its own index, then merged."""
    conditions, values = _conditions(scope, wanted)
    conditions.append(_position(order, mark, null=null))
    values |= {"at": mark.at if mark else None, "id": mark.id if mark else None, "many": many}
    # For the null slice the column sorts nothing, but makes the planner take the same index.
    direction = "ASC" if null else order.direction
    place = f"c.{order.column} {direction}, c.id {direction}"
    share = f"""SELECT c.id, c.{order.column} FROM conversations_case AS c
        WHERE {" AND ".join(conditions)} ORDER BY {place} LIMIT %(many)s"""  # noqa: S608  # nosec B608
    if _by_team(wanted):
        mine = "unnest(%(teams)s::bigint[]) AS t (id)"
        teams = "staff_team AS t" if scope.everything else mine
        share = share.replace("WHERE ", "WHERE c.team_id = t.id AND ", 1)
        merged = f"SELECT c.* FROM {teams} CROSS JOIN LATERAL ({share}) AS c"  # noqa: S608  # nosec B608
        share = f"{merged} ORDER BY {place} LIMIT %(many)s"
    return cur.execute(share.encode(), limits(scope, **values)).fetchall()


def _by_team(wanted: CaseFilter) -> bool:
    return wanted.customer is None and wanted.team is None and wanted.owner != "me"


def _conditions(scope: Scope, wanted: CaseFilter) -> tuple[list[str], dict[str, Any]]:
    # What is not wanted, a word each: that opens the partial indexes, and the planner, who takes
    # "unsolved" and "open" for two rare things, walks along the order instead of sorting it all.
    conditions = [f"c.status <> '{status}'" for status in STATUSES if status not in wanted.status]
    values: dict[str, Any] = {}
    for column, value in (
        ("customer_id", wanted.customer),
        ("team_id", wanted.team),
        ("channel_id", wanted.channel),
    ):
        if value is not None:
            conditions.append(f"c.{column} = %({column})s")
            values[column] = value
    if wanted.team is not None and wanted.customer is None:
        conditions.append("(%(everything)s OR c.team_id = ANY(%(teams)s::bigint[]))")
    _by_owner(scope, wanted.owner, conditions, values)
    return conditions, values


def _by_owner(scope: Scope, owner: str, conditions: list[str], values: dict[str, Any]) -> None:
    match owner:
        case "":
            return
        case "me":
            conditions.append("c.owner_id = %(staff)s")
        case "queue" | "bot":
            conditions.append("c.owner_type = %(owner)s")
            values["owner"] = owner
        case person:
            conditions.append("c.owner_id = %(owner)s")
            values["owner"] = _person(person)


def _person(text: str) -> int:
    try:
        return number("stf", text)
    except BadId:
        return -1  # nobody: an empty page, as for a colleague without cases


def _position(order: Order, mark: Mark | None, *, null: bool) -> str:
    if null:
        return f"c.{order.column} IS NULL" + (" AND c.id > %(id)s" if mark else "")
    words = f"c.{order.column} IS NOT NULL" if order.nulls else "true"
    if mark is None:
        return words
    return f"{words} AND (c.{order.column}, c.id) {order.comparison} (%(at)s::timestamptz, %(id)s)"


def _sealed(mark: Mark) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(mark)).decode().rstrip("=")


def _opened(cursor: str, sort: str) -> Mark:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        mark = msgspec.json.decode(raw, type=Mark)
    except (*UNREADABLE, binascii.Error, ValueError) as problem:
        raise BadCursor("This cursor is not one of ours. Start from the first page.") from problem
    if mark.sort != sort:
        raise BadCursor("This cursor belongs to another order. Start from the first page.")
    return mark


def _view(row: tuple[Any, ...]) -> CaseView:
    return CaseView(
        id=public("cas", row[0]),
        customer=public("cus", row[1]),
        team=public("tem", row[2]),
        channel=public("chn", row[3]),
        status=row[4],
        owner=Owner(row[5], public("stf", row[6]) if row[6] else None, row[7]),
        due_at=row[8],
        last_message=public("msg", row[9]) if row[9] else None,
        kind=row[10],
        customer_name=row[11],
        team_name=row[12],
        channel_name=row[13],
        subject=row[14],
        last_text=row[15],
        last_direction=row[16],
        last_at=row[17],
        opened_at=row[18],
        solved_at=row[19],
        snoozed_until=row[20],
        unread=row[21],
        restricted=row[22],
        draft=row[23],
        labels=tuple(public("chn", label) for label in row[24]),
    )
