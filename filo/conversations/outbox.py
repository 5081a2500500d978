"""Second thoughts about what is on its way: recall, try again, settle what is uncertain."""

from __future__ import annotations

from datetime import datetime

import msgspec

from filo.channels.contract import Part
from filo.conversations.exposing import go_on_no_more
from filo.conversations.held import Held, hold_to_work, told
from filo.conversations.types import CannotSend, NotFound
from filo.conversations.words import preview, words
from filo.core.db import Cursor
from filo.core.events import Happening, emit, ring
from filo.core.ids import public
from filo.core.sql import statements
from filo.staff.types import NotAllowed, Scope

sql = statements("filo.conversations")
_parts = msgspec.json.Decoder(tuple[Part, ...])


def recall(cur: Cursor, actor: Scope, message: int) -> str:
    """Undo a send that has not begun; gives the text back. `CannotSend("gone")` when too late.

    What tells the public of it is taken back with it.
    """
    for (pointer,) in cur.execute(
        "SELECT e.message_id FROM conversations_exposure AS e JOIN conversations_message AS m"
        " ON m.id = e.message_id WHERE e.points_to = %s AND m.withdrawn_at IS NULL",
        [message],
    ).fetchall():
        recall(cur, actor, pointer)
    go_on_no_more(cur, message)
    row = cur.execute(
        "SELECT m.case_id, m.author_id, m.parts::text, m.context, EXISTS (SELECT 1"
        " FROM conversations_delivery AS d WHERE d.message_id = m.id AND d.awaits <> '')"
        " FROM conversations_message AS m WHERE m.id = %s AND m.direction = 'out'",
        [message],
    ).fetchone()
    if row is None:
        raise NotFound("There is no such message.")
    case, author, parts, context, kept = row
    held = hold_to_work(cur, actor, case)
    if author != actor.staff and not kept:
        raise NotAllowed("Only who wrote it takes it back.")
    stopped = cur.execute(sql("recall"), {"message": message}).fetchone()
    if stopped is None or not stopped[0]:
        raise CannotSend("gone", "Too late: it is already on its way.")
    cur.execute(
        "UPDATE conversations_message SET parts = '[]', ts = NULL, withdrawn_at = now()"
        " WHERE id = %s",
        [message],
    )
    if not kept or held.last_message == message:
        _put_back(cur, held, context)
    body = {"message": public("msg", message)}
    emit(cur, [Happening("message_withdrawn", held.customer, held.id, body)])
    ring(cur)
    return "\n".join(words(part) for part in _parts.decode(parts))


def retry(cur: Cursor, actor: Scope, delivery: int) -> None:
    """Try a failed delivery again, and the parts that it stopped."""
    held, state = _delivery(cur, actor, delivery)
    if state != "failed":
        raise CannotSend("not_failed", "Only a failed message is sent again.")
    rows = cur.execute(sql("retry"), {"id": delivery}).fetchall()
    _changed(cur, held, rows)
    cur.execute("SELECT pg_notify('filo_outbox', '')")


def settle(cur: Cursor, actor: Scope, delivery: int, *, sent: bool) -> None:
    """A person has looked: an uncertain delivery did arrive, or did not."""
    held, state = _delivery(cur, actor, delivery)
    if state != "uncertain":
        raise CannotSend("not_uncertain", "This message is not in doubt.")
    rows = cur.execute(
        "UPDATE conversations_delivery SET state = %s, reason = %s, changed_at = now()"
        " WHERE id = %s AND state = 'uncertain' RETURNING id, message_id, state",
        ["sent" if sent else "failed", "settled", delivery],
    ).fetchall()
    _changed(cur, held, rows)
    told(cur, held, actor, "settled")


def _delivery(cur: Cursor, actor: Scope, delivery: int) -> tuple[Held, str]:
    row = cur.execute(
        "SELECT m.case_id FROM conversations_delivery AS d"
        " JOIN conversations_message AS m ON m.id = d.message_id WHERE d.id = %s",
        [delivery],
    ).fetchone()
    if row is None:
        raise NotFound("There is no such delivery.")
    held = hold_to_work(cur, actor, row[0])
    state = cur.execute(
        "SELECT state FROM conversations_delivery WHERE id = %s FOR UPDATE", [delivery]
    ).fetchone()
    assert state is not None
    return held, state[0]


def _put_back(cur: Cursor, held: Held, context: dict[str, str]) -> None:
    """The case as it was before the answer that never left."""
    due = context.get("was_due")
    cur.execute(
        sql("put_back"),
        {
            "case": held.id,
            "due": datetime.fromisoformat(due) if due else None,
            "status": context.get("was", "open"),
        },
    )
    row = cur.execute(
        "SELECT parts::text FROM conversations_message AS m"
        " JOIN conversations_case AS c ON c.last_message = m.id WHERE c.id = %s",
        [held.id],
    ).fetchone()
    cur.execute(
        "UPDATE conversations_case SET last_text = %s WHERE id = %s",
        [preview(_parts.decode(row[0])) if row else "", held.id],
    )


def _changed(cur: Cursor, held: Held, rows: list[tuple[int, int, str]]) -> None:
    emit(
        cur,
        [
            Happening(
                "delivery_changed",
                held.customer,
                held.id,
                {"message": public("msg", m), "delivery": public("dlv", d), "state": state},
            )
            for d, m, state in rows
        ],
    )
    ring(cur)
