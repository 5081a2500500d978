"""Tell the absent that they have an answer: their devices first, then an e-mail with its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filo.channels import queries as channels
from filo.channels import registry
from filo.channels.contract import Card, Part, Text
from filo.channels.types import ChannelConfig
from filo.conversations.operations import tell
from filo.core.db import Cursor
from filo.core.sql import statements
from filo.outbound.notices import PUSH_AFTER, Absent, Deed, next_step
from filo.outbound.zones import zone_of

sql = statements("filo.outbound")
MARK = "outbound.notices"
OVERLAP = 2_000  # events: what commits late has an older number
HOUSE_ZONE = "Europe/Rome"
MAIL_SPACE = "email"  # where mail goes, whichever channel carries it
MOST_WORDS = 600
_parts = msgspec.json.Decoder(tuple[Part, ...])


class Told(msgspec.Struct, frozen=True):
    """A notice that is due, as its row has it."""

    id: int
    case: int
    identity: int
    first: int
    state: str
    mail: int | None
    customer: int
    since: datetime
    unread: int
    spoke: bool
    reached: bool


Pusher = Callable[[Cursor, Told], None]
_pushers: list[Pusher] = []


def push_with(pusher: Pusher) -> None:
    """Whoever knows people's devices is asked to wake them."""
    _pushers.append(pusher)


def notify(cur: Cursor, *, at: datetime) -> int:
    """Begin notices for new answers, and take each due one a step further. Safe to run twice."""
    known = channels.load(cur)
    looked_at = [one.id for one in known if (card := _card(one)) and card.looked_at]
    if not looked_at:
        return 0
    _begin(cur, looked_at, at=at)
    due = [Told(*row) for row in cur.execute(sql("due_notices"), {"at": at}).fetchall()]
    for one in due:
        _step(cur, one, _mailbox(known), at=at)
    return len(due)


def _card(channel: ChannelConfig) -> Card | None:
    try:
        return registry.card_of(channel.kind, channel.settings)
    except registry.NoSuchKind:
        return None


def _mailbox(known: Sequence[ChannelConfig]) -> ChannelConfig | None:
    return next(
        (one for one in known if one.active and (card := _card(one)) and card.family == "mail"),
        None,
    )


def _begin(cur: Cursor, looked_at: Sequence[int], *, at: datetime) -> None:
    row = cur.execute("SELECT value FROM core_fact WHERE name = %s", [MARK]).fetchone()
    [(newest,)] = cur.execute("SELECT coalesce(max(id), 0) FROM core_event").fetchall()
    mark = max(0, int(row[0]) - OVERLAP) if row else newest
    cur.execute(
        sql("begin_notices"),
        {
            "mark": mark,
            "channels": list(looked_at),
            "since": at - timedelta(hours=12),
            "after": PUSH_AFTER,
        },
    )
    cur.execute(
        "INSERT INTO core_fact (name, value) VALUES (%s, %s)"
        " ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value",
        [MARK, str(newest)],
    )


def _step(cur: Cursor, one: Told, mailbox: ChannelConfig | None, *, at: datetime) -> None:
    addresses = cur.execute(
        "SELECT id, space, value, verified, state FROM customers_identity"
        " WHERE customer_id = %s ORDER BY verified DESC, id",
        [one.customer],
    ).fetchall()
    mails = [row for row in addresses if row[1] == MAIL_SPACE and not row[4]]
    absent = Absent(
        one.state, one.since, one.unread, one.spoke, one.reached, bool(mails and mailbox)
    )
    zone = zone_of(((row[1], row[2]) for row in addresses), house=HOUSE_ZONE)
    step = next_step(absent, at=at, zone=zone)
    match step.deed:
        case Deed.WAIT:
            _stand(cur, one, one.state, step.at or at)
        case Deed.OVER:
            if one.mail:
                cur.execute(sql("stop_notice"), {"mail": one.mail})
            _stand(cur, one, "over", at)
        case Deed.PUSH:
            for push in _pushers:
                push(cur, one)
            _stand(cur, one, "pushed", at)
        case Deed.MAIL:
            assert mailbox is not None
            identity, _space, _value, verified, _state = mails[0]
            said = _digest(cur, one, verified=verified)
            client_id = f"notice:{one.id}"
            mail = tell(
                cur, one.case, said, client_id=client_id, identity=identity, channel=mailbox.id
            )
            cur.execute("UPDATE outbound_notice SET mail = %s WHERE id = %s", [mail, one.id])
            _stand(cur, one, "mailed", at)


def _stand(cur: Cursor, one: Told, state: str, due: datetime) -> None:
    cur.execute(
        "UPDATE outbound_notice SET state = %s, due_at = %s WHERE id = %s", [state, due, one.id]
    )


def _digest(cur: Cursor, one: Told, *, verified: bool) -> list[Part]:
    """What they have not read. The words themselves only to an address that is proved theirs."""
    rows = cur.execute(
        "SELECT m.parts::text, cu.language FROM conversations_message AS m"
        " JOIN customers_customer AS cu ON cu.id = m.customer_id"
        " WHERE m.identity_id = %s AND m.direction = 'out' AND m.id >= %s"
        " AND m.withdrawn_at IS NULL ORDER BY m.id LIMIT 20",
        [one.identity, one.first],
    ).fetchall()
    with translation.override(rows[0][1] or "it"):
        count = len(rows)
        head = ngettext(
            "You have an answer from us that you have not read.",
            "You have %(n)d answers from us that you have not read.",
            count,
        ) % {"n": count}
        tail = _("Answer this e-mail, or come back to the chat: it is the same conversation.")
    words = [_words(_parts.decode(parts)) for parts, _language in rows] if verified else []
    return [Text("\n\n".join(piece for piece in (head, *words, tail) if piece))]


def _words(parts: Sequence[Part]) -> str:
    return "\n".join(getattr(part, "text", "") for part in parts)[:MOST_WORDS].strip()
