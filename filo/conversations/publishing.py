"""Answer where everyone can read it: its own permission, its own guards, at most once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import msgspec

from filo.channels import registry
from filo.channels.contract import Moderates, Moderation, Part
from filo.channels.queries import one as channel_of
from filo.conversations.held import Held, hold_to_work
from filo.conversations.replying import NOW, already, nothing_newer, say
from filo.conversations.roads import Way, ways
from filo.conversations.threads import views
from filo.conversations.types import CannotSend, NotFound, PublicDraft, Written
from filo.core import clock
from filo.core.db import Cursor
from filo.core.events import Happening, emit, ring
from filo.core.ids import public
from filo.core.sql import statements
from filo.staff.types import NotAllowed, Scope

sql = statements("filo.conversations")
ASK = "Answering in public needs a permission of its own. Ask an administrator for it."


Guard = Callable[[Cursor, PublicDraft], None]
_guards: list[Guard] = []


def guard_public_with(guards: Sequence[Guard]) -> None:
    """`before_public_send`: each is asked and raises `CannotSend` to stop it."""
    _guards[:] = guards


def reply_in_public(
    cur: Cursor,
    actor: Scope,
    case: int,
    parts: Sequence[Part],
    *,
    client_id: str,
    about: int | None = None,
    last_seen: int | None = None,
    hold: timedelta = NOW,
    points_to: int | None = None,
) -> Written:
    """Answer below a public message of this customer (default: their last one in this case).

    The same `client_id` again is the same message. With `points_to` it tells of that private
    message, and is not said if that one fails.
    """
    held = hold_to_work(cur, actor, case)
    if not actor.may_answer_in_public(held.team):
        raise NotAllowed(ASK)
    if written := already(cur, case, client_id):
        return written
    if held.status == "solved":
        raise CannotSend("solved", "This case is solved. Re-open it first.")
    nothing_newer(cur, held, last_seen)
    at = clock.now()
    way = _way(cur, held, about)
    draft = PublicDraft(
        case, held.customer, way.about, actor.staff, way.channel.id, tuple(parts), at
    )
    for guard in _guards:
        guard(cur, draft)
    message = say(cur, actor, held, way, parts, client_id=client_id, at=at, hold=hold)
    _stand(cur, message, way.about, points_to)
    return Written(views(cur, [message])[0], new=True)


def moderate(cur: Cursor, actor: Scope, message: int, action: Moderation) -> None:
    """Hide, like or delete public words at the provider's; the sender carries it out."""
    row = cur.execute(
        "SELECT m.case_id, m.channel_id FROM conversations_message AS m"
        " JOIN conversations_exposure AS e ON e.message_id = m.id WHERE m.id = %s",
        [message],
    ).fetchone()
    if row is None:
        raise NotFound("There is no such public message.")
    held = hold_to_work(cur, actor, row[0])
    if not actor.may_answer_in_public(held.team):
        raise NotAllowed(ASK)
    _must_be_possible(cur, row[1], action)
    if _waits(cur, message, action):
        return
    cur.execute(
        "INSERT INTO conversations_moderation (message_id, action, staff_id) VALUES (%s, %s, %s)",
        [message, action.value, actor.staff],
    )
    body = {
        "message": public("msg", message),
        "action": action.value,
        "state": "pending",
        "by": public("stf", actor.staff),
        "by_name": actor.name,
    }
    emit(cur, [Happening("moderation_changed", held.customer, held.id, body)])
    ring(cur)
    cur.execute("SELECT pg_notify('filo_outbox', '')")


def _way(cur: Cursor, held: Held, about: int | None) -> Way:
    open_ways = [way for way in ways(cur, case=held.id, customer=held.customer) if way.public]
    if about is None and open_ways:
        return open_ways[0]
    row = cur.execute(
        "SELECT m.identity_id, m.channel_id FROM conversations_message AS m"
        " JOIN conversations_exposure AS e ON e.message_id = m.id"
        " WHERE m.id = %s AND m.customer_id = %s AND e.deleted_at IS NULL",
        [about, held.customer],
    ).fetchone()
    for way in open_ways:
        if row == (way.identity, way.channel.id):
            return msgspec.structs.replace(way, about=about)
    raise CannotSend("not_public", "This customer said nothing in public that could be answered.")


def _stand(cur: Cursor, message: int, about: int | None, points_to: int | None) -> None:
    """Ours stands below the same post, under what it answers."""
    cur.execute(sql("stand_below"), {"message": message, "about": about, "points_to": points_to})


def _must_be_possible(cur: Cursor, channel: int, action: Moderation) -> None:
    config = channel_of(cur, channel)
    card = registry.card_of(config.kind, config.settings)
    able = isinstance(registry.connector(config.kind), Moderates)
    if not able or action not in card.can.moderation:
        raise CannotSend("not_possible", f"{card.name} does not allow this.")


def _waits(cur: Cursor, message: int, action: Moderation) -> bool:
    row = cur.execute(
        "SELECT 1 FROM conversations_moderation"
        " WHERE message_id = %s AND action = %s AND state = 'pending'",
        [message, action.value],
    ).fetchone()
    return row is not None
