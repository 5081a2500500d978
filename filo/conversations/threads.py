"""Reading a thread: all messages of one customer, on every channel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from filo.channels.contract import Part
from filo.conversations.scoping import limits, must_read
from filo.conversations.standing import below, standing
from filo.conversations.types import (
    AttachmentView,
    DeliveryView,
    MessagePage,
    MessageView,
    NotFound,
    PublicView,
    ReactionView,
    SystemLine,
)
from filo.core.db import Cursor
from filo.core.ids import public
from filo.core.sql import statements
from filo.staff.types import Scope

sql = statements("filo.conversations")
_parts = msgspec.json.Decoder(tuple[Part, ...])
_context = msgspec.json.Decoder(dict[str, str])


def thread(
    cur: Cursor,
    scope: Scope,
    customer: int,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = 50,
) -> MessagePage:
    """A page of the thread, oldest first: the newest, or those before or after a message."""
    must_read(cur, scope, customer)
    if after is not None:
        ids = _ids(cur, "page_after", limits(scope, customer=customer, after=after, many=limit + 1))
        shown, more = ids[:limit], ids[limit:]
        return MessagePage(
            views(cur, shown),
            before=public("msg", shown[0]) if shown else None,
            after=public("msg", shown[-1]) if more else None,
        )
    ids = _ids(cur, "page", limits(scope, customer=customer, before=before, many=limit + 1))
    shown, more = ids[:limit], ids[limit:]
    return MessagePage(
        views(cur, shown),
        before=public("msg", shown[-1]) if more else None,
        after=public("msg", shown[0]) if shown and before is not None else None,
    )


def message(cur: Cursor, scope: Scope, id: int) -> MessageView:
    """One message, or `NotFound` when the scope may not read it."""
    row = cur.execute(
        "SELECT m.customer_id FROM conversations_message AS m"
        " JOIN conversations_case AS c ON c.id = m.case_id"
        " WHERE m.id = %(id)s"
        " AND (NOT c.restricted OR %(everything)s OR c.team_id = ANY(%(teams)s::bigint[]))",
        limits(scope, id=id),
    ).fetchone()
    if row is None:
        raise NotFound("There is no such message.")
    must_read(cur, scope, row[0])
    return views(cur, [id])[0]


def lines(
    cur: Cursor, scope: Scope, customer: int, *, since: Any = None, limit: int = 200
) -> list[SystemLine]:
    """What happened to the customer's cases, oldest first, for the thread's system lines."""
    must_read(cur, scope, customer)
    rows = cur.execute(sql("lines"), limits(scope, customer=customer, since=since, many=limit))
    return [
        SystemLine(
            at=at,
            case=public("cas", case),
            reason=body.get("reason", "opened" if type_ == "case_opened" else ""),
            by=body.get("by_name", ""),
            to=body.get("to_name", ""),
            until=datetime.fromisoformat(body["until"]) if body.get("until") else None,
        )
        for at, type_, case, body in reversed(rows.fetchall())
    ]


def views(cur: Cursor, ids: Sequence[int]) -> tuple[MessageView, ...]:
    """Messages by number, in order, with all that hangs on them: four statements, up to three
    more where some are public."""
    if not ids:
        return ()
    wanted = {"ids": list(ids)}
    rows = cur.execute(sql("messages"), wanted).fetchall()
    sent = [row[0] for row in rows if row[6] == "out"]
    deliveries = _deliveries(cur, sent) if sent else {}
    attachments = _attachments(cur, wanted)
    reactions = _reactions(cur, wanted)
    exposed = _standing(cur, rows)
    return tuple(
        _view(
            row,
            deliveries.get(row[0], ()),
            attachments.get(row[0], ()),
            reactions.get(row[0], ()),
            exposed.get(row[0]),
        )
        for row in rows
    )


def tree(cur: Cursor, scope: Scope, posts: Sequence[int]) -> tuple[MessageView, ...]:
    """All that was said below these posts by people whom the reader may read, oldest first."""
    return views(cur, below(cur, scope, posts))


def _standing(cur: Cursor, rows: Sequence[tuple[Any, ...]]) -> dict[int, PublicView]:
    in_public = [row for row in rows if row[7] == "public"]
    changed = [row[0] for row in in_public if row[19] or row[20]]
    return standing(cur, [row[0] for row in in_public], changed)


def _ids(cur: Cursor, name: str, columns: dict[str, Any]) -> list[int]:
    return [row[0] for row in cur.execute(sql(name), columns).fetchall()]


def _deliveries(cur: Cursor, ids: list[int]) -> dict[int, list[DeliveryView]]:
    found: dict[int, list[DeliveryView]] = defaultdict(list)
    for message, id_, *rest in cur.execute(sql("deliveries"), {"ids": ids}).fetchall():
        found[message].append(DeliveryView(public("dlv", id_), *rest))
    return found


def _attachments(cur: Cursor, wanted: dict[str, list[int]]) -> dict[int, list[AttachmentView]]:
    found: dict[int, list[AttachmentView]] = defaultdict(list)
    for message, id_, *rest in cur.execute(sql("attachments"), wanted).fetchall():
        found[message].append(AttachmentView(public("att", id_), *rest))
    return found


def _reactions(cur: Cursor, wanted: dict[str, list[int]]) -> dict[int, list[ReactionView]]:
    found: dict[int, list[ReactionView]] = defaultdict(list)
    for message, emoji, by in cur.execute(sql("reactions"), wanted).fetchall():
        found[message].append(ReactionView(emoji, by))
    return found


def _view(
    row: tuple[Any, ...],
    deliveries: Sequence[DeliveryView],
    attachments: Sequence[AttachmentView],
    reactions: Sequence[ReactionView],
    exposed: PublicView | None,
) -> MessageView:
    return MessageView(
        id=public("msg", row[0]),
        customer=public("cus", row[1]),
        case=public("cas", row[2]),
        identity=_named("idn", row[3]),
        channel=_named("chn", row[4]),
        seq=row[5],
        direction=row[6],
        visibility=row[7],
        parts=_parts.decode(row[8]),
        at=row[9],
        answers=_named("msg", row[10]),
        client_id=row[11],
        deliveries=tuple(deliveries),
        kind=row[12],
        author=_named("stf", row[13]),
        author_name=row[14],
        subject=row[15],
        said_at=row[16],
        automatic=row[17],
        context=_context.decode(row[18]),
        edited_at=row[19],
        withdrawn_at=row[20],
        attachments=tuple(attachments),
        reactions=tuple(reactions),
        public=exposed,
    )


def _named(kind: str, number: int | None) -> str | None:
    return None if number is None else public(kind, number)
