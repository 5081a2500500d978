"""Answer a customer, or note something among ourselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from filo.channels.contract import Media, Part, Template, Text
from filo.channels.fitting import filled, fit
from filo.channels.queries import template
from filo.channels.types import BadTemplate
from filo.conversations.checking import faults
from filo.conversations.held import HOUSE, Held, hold_to_read, hold_to_work, told
from filo.conversations.keeping import NEVER, give_up
from filo.conversations.roads import Way, closed, must_be_open, way_to, ways
from filo.conversations.threads import views
from filo.conversations.types import (
    AT_ONCE,
    WORD,
    CannotSend,
    Keeping,
    NewerWords,
    NotFound,
    Written,
)
from filo.conversations.uploads import attach, on_paper, own_files, with_addresses
from filo.conversations.words import preview, searchable, words
from filo.core import clock
from filo.core.db import Cursor
from filo.core.events import Happening, emit, ring
from filo.core.ids import public
from filo.core.sql import statements
from filo.core.text import fold, storable
from filo.staff.types import Scope

sql = statements("filo.conversations")
NOW = timedelta(0)
LONGEST = 100_000  # characters in one message, whatever the channel


def reply(
    cur: Cursor,
    actor: Scope,
    case: int,
    parts: Sequence[Part],
    *,
    client_id: str,
    identity: int | None = None,
    channel: int | None = None,
    last_seen: int | None = None,
    hold: timedelta = NOW,
    keep: Keeping = AT_ONCE,
    ahead: Template | None = None,
    automatic: bool = False,
) -> Written:
    """Answer in this case, in private; the same `client_id` again is the same message.

    `identity` and `channel` choose the road (default: the one they wrote by last). `last_seen`
    is the newest message that the writer had seen: newer words raise `NewerWords`. `hold` keeps
    the deliveries back that long, so that they can be recalled. `keep` lets it wait for the
    customer's next word (`ahead` is the template that says it is ready) or for a chosen time.
    `automatic`: nobody wrote it by hand.
    """
    held = hold_to_work(cur, actor, case)
    if written := already(cur, case, client_id):
        return written
    if held.status == "solved":
        raise CannotSend("solved", "This case is solved. Re-open it first.")
    nothing_newer(cur, held, last_seen)
    at = clock.now()
    way = _way(ways(cur, case=case, customer=held.customer), identity, channel)
    message = say(
        cur,
        actor,
        held,
        way,
        parts,
        client_id=client_id,
        at=at,
        hold=hold,
        keep=keep,
        ahead=ahead,
        automatic=automatic,
    )
    return Written(views(cur, [message])[0], new=True)


def say(
    cur: Cursor,
    actor: Scope,
    held: Held,
    way: Way,
    parts: Sequence[Part],
    *,
    client_id: str,
    at: datetime,
    hold: timedelta,
    keep: Keeping = AT_ONCE,
    ahead: Template | None = None,
    automatic: bool = False,
) -> int:
    """The words by this way, on their way; returns the number of the message."""
    said = _approved(cur, way, own_files(cur, actor, _checked(parts)))
    _must_pass(way, said, keep, at=at, by_hand=not automatic)
    if not way.public:
        give_up(cur, held.id, "superseded")
    if ahead is not None:
        _say_ahead(cur, held, way, ahead, actor, client_id, at)
    language = _language(cur, held, said)
    said = on_paper(cur, actor, said, language, at=at)
    message = _write(cur, held, way, said, actor, client_id, at, automatic=automatic)
    _send_off(cur, message, way, said, at, hold, keep, language=language)
    _answered(cur, held, actor, message, said, at)
    _tell(cur, held, "message_written", message, client_id)
    cur.execute("SELECT pg_notify('filo_outbox', '')")
    return message


def note(
    cur: Cursor,
    actor: Scope,
    case: int,
    text: str,
    *,
    client_id: str,
    mentions: Sequence[int] = (),
) -> Written:
    """Write something that only staff read. Whoever reads the customer may note."""
    held = hold_to_read(cur, actor, case)
    if written := already(cur, case, client_id):
        return written
    at = clock.now()
    said = _checked([Text(text)])
    message = _insert(cur, held, said, actor, client_id, at, {"direction": "note"})
    _mention(cur, message, mentions)
    _tell(cur, held, "note_written", message, client_id)
    return Written(views(cur, [message])[0], new=True)


def tell(
    cur: Cursor, case: int, parts: Sequence[Part], *, client_id: str, identity: int, channel: int
) -> int | None:
    """Say something by ourselves, to an address that may never have written: a notice.

    It stands in the thread as automatic, and the case stays as it is: nobody has answered. The
    same `client_id` again says nothing; None too where the address wants nothing of us.
    """
    held = hold_to_read(cur, HOUSE, case)
    way = way_to(cur, identity=identity, channel=channel)
    if already(cur, case, client_id) or way.shut:
        return None
    at = clock.now()
    said = _checked(parts)
    message = _write(cur, held, way, said, HOUSE, client_id, at, automatic=True)
    _send_off(cur, message, way, said, at, NOW)
    _tell(cur, held, "message_written", message, client_id)
    cur.execute("SELECT pg_notify('filo_outbox', '')")
    return message


def already(cur: Cursor, case: int, client_id: str) -> Written | None:
    """The message that this client id wrote before: a repeat is no second answer."""
    row = cur.execute(
        "SELECT id FROM conversations_message"
        " WHERE case_id = %s AND client_id = %s AND direction <> 'in'",
        [case, client_id],
    ).fetchone()
    return Written(views(cur, [row[0]])[0], new=False) if row else None


def nothing_newer(cur: Cursor, held: Held, last_seen: int | None) -> None:
    if last_seen is None:
        return
    rows = cur.execute(
        "SELECT id FROM conversations_message WHERE customer_id = %s AND id > %s"
        " AND direction = 'in' AND NOT automatic ORDER BY id LIMIT 50",
        [held.customer, last_seen],
    ).fetchall()
    if rows:
        raise NewerWords(views(cur, [row[0] for row in rows]))


def _way(found: Sequence[Way], identity: int | None, channel: int | None) -> Way:
    for way in found:
        here = identity in {None, way.identity} and channel in {None, way.channel.id}
        if here and not way.about:
            return way
    if identity is not None:
        raise NotFound("The customer never wrote from this address: choose one of theirs.")
    if found:
        raise CannotSend(
            "public_only", "They wrote in public only: an answer there is another verb."
        )
    raise CannotSend("no_road", "There is no road to this customer yet: they never wrote.")


def _checked(parts: Sequence[Part]) -> tuple[Part, ...]:
    said = tuple(part for part in parts if not (isinstance(part, Text) and not part.text.strip()))
    if not said:
        raise CannotSend("empty", "There is nothing to send: write something first.")
    if wrong := faults(said):
        raise CannotSend("bad_part", "; ".join(wrong[:5]) + ".")
    if sum(len(words(part)) for part in said) > LONGEST:
        raise CannotSend("too_long", f"At most {LONGEST:,} characters go into one message.")
    return said


def _language(cur: Cursor, held: Held, said: Sequence[Part]) -> str:
    """Theirs, where labels of ours stand among the words."""
    if all(isinstance(part, Text | Media) for part in said):
        return ""
    row = cur.execute(
        "SELECT language FROM customers_customer WHERE id = %s", [held.customer]
    ).fetchone()
    return str(row[0] or "") if row else ""


def _must_pass(
    way: Way, said: Sequence[Part], keep: Keeping, *, at: datetime, by_hand: bool
) -> None:
    """Free words go through an open window; templates, and what waits for one, need none."""
    if keep.until is not None and keep.until <= at:
        raise CannotSend("past", "This time is past. Choose a later one.")
    templates = way.takes_templates and all(isinstance(part, Template) for part in said)
    if not templates and keep.awaits != WORD:
        must_be_open(way, at=keep.until or at, by_hand=by_hand)
    elif code := way.shut:
        raise closed(way, code)


def _say_ahead(
    cur: Cursor, held: Held, way: Way, ahead: Template, actor: Scope, client_id: str, at: datetime
) -> None:
    """The neutral template, before the answer that waits: it is in the thread as what it is."""
    if not way.takes_templates:
        raise CannotSend("template", f"{way.channel.name} knows no templates.")
    said = (_as_approved(cur, way, ahead),)
    ref = f"{client_id}:ahead"
    message = _write(cur, held, way, said, actor, ref, at, automatic=True)
    _send_off(cur, message, way, said, at, NOW)
    _tell(cur, held, "message_written", message, ref)


def _approved(cur: Cursor, way: Way, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Templates as the provider approved them: the words are theirs, only the values are ours."""
    return tuple(
        _as_approved(cur, way, part) if isinstance(part, Template) else part for part in parts
    )


def _as_approved(cur: Cursor, way: Way, part: Template) -> Part:
    if not way.takes_templates:
        return Text(part.text)
    known = template(cur, way.channel.id, part.name, part.language)
    if known is None:
        raise CannotSend(
            "template", f"{way.channel.name} has no template {part.name} in '{part.language}'."
        )
    try:
        return filled(known, part.values, header=part.header)
    except BadTemplate as problem:
        raise CannotSend("template", str(problem)) from problem


def _write(
    cur: Cursor,
    held: Held,
    way: Way,
    said: tuple[Part, ...],
    actor: Scope,
    client_id: str,
    at: datetime,
    *,
    automatic: bool = False,
) -> int:
    row = cur.execute(
        "UPDATE customers_identity SET last_seq = last_seq + 1 WHERE id = %s RETURNING last_seq",
        [way.identity],
    ).fetchone()
    assert row is not None
    return _insert(
        cur,
        held,
        said,
        actor,
        client_id,
        at,
        {
            "direction": "out",
            "identity": way.identity,
            "channel": way.channel.id,
            "seq": row[0],
            "visibility": "public" if way.public else "private",
            "answers": way.about,
            "automatic": automatic,
        },
    )


def _insert(
    cur: Cursor,
    held: Held,
    said: tuple[Part, ...],
    actor: Scope,
    client_id: str,
    at: datetime,
    more: dict[str, Any],
) -> int:
    before = {"was_due": held.due_at.isoformat() if held.due_at else "", "was": held.status}
    columns = {
        "customer": held.customer,
        "case": held.id,
        "identity": None,
        "channel": None,
        "seq": None,
        "visibility": "private",
        "parts": storable(msgspec.json.encode(said).decode()),
        "subject": held.subject,
        "words": fold(storable(searchable(said))),
        "author": actor.staff or None,
        "answers": None,
        "client_id": storable(client_id),
        "automatic": False,
        "context": msgspec.json.encode(before).decode(),
        "at": at,
    }
    row = cur.execute(sql("say_out"), columns | more).fetchone()
    assert row is not None
    message: int = row[0]
    attach(cur, message, said)
    return message


def _send_off(
    cur: Cursor,
    message: int,
    way: Way,
    said: tuple[Part, ...],
    at: datetime,
    hold_for: timedelta,
    keep: Keeping = AT_ONCE,
    *,
    language: str = "",
) -> None:
    spoken = fit(with_addresses(said, at), way.card.can, language=language).parts
    dead = way.channel.needs_you
    cur.execute(
        sql("send_off"),
        {
            "message": message,
            "identity": way.identity,
            "channel": way.channel.id,
            "reason": keep.reason or ("undo" if hold_for else "held" if dead else ""),
            "awaits": keep.awaits,
            "due": keep.until or (NEVER if keep.awaits else at + hold_for),
            "spoken": [storable(msgspec.json.encode(part).decode()) for part in spoken],
        },
    )


def _answered(
    cur: Cursor, held: Held, actor: Scope, message: int, said: tuple[Part, ...], at: datetime
) -> None:
    cur.execute(
        sql("answered"),
        {
            "case": held.id,
            "staff": actor.staff,
            "message": message,
            "words": storable(preview(said)),
            "at": at,
        },
    )
    cur.execute(
        "DELETE FROM conversations_draft WHERE case_id = %s AND staff_id = %s",
        [held.id, actor.staff],
    )
    if held.owner is None:
        told(cur, held, actor, "taken")


def _mention(cur: Cursor, message: int, staff: Sequence[int]) -> None:
    if staff:
        cur.execute(
            "INSERT INTO conversations_mention (message_id, staff_id)"
            " SELECT %s, id FROM staff_staff WHERE id = ANY(%s::bigint[])"
            " ON CONFLICT ON CONSTRAINT mention_once DO NOTHING",
            [message, list(staff)],
        )


def _tell(cur: Cursor, held: Held, type_: str, message: int, client_id: str) -> None:
    body = {"message": public("msg", message), "client_id": client_id}
    emit(cur, [Happening(type_, held.customer, held.id, body)])
    ring(cur)
