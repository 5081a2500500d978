"""Connect a channel, change it, switch it. No operation calls the provider."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from filo.channels import queries, registry
from filo.channels.contract import Announced, Card, Setting
from filo.channels.setup import (
    drop_draft,
    finish_draft,
    keep_draft,
    keep_hops,
    seal_drafts_again,
    tick,
)
from filo.channels.templates import (
    announce,
    choose_neutral,
    keep_templates,
    not_listed,
    want_templates,
)
from filo.channels.types import BadSettings, ChannelHealth
from filo.core import events, sealing, vault
from filo.core.db import Cursor
from filo.core.ids import public
from filo.staff import operations as staff

__all__ = [
    "announced",
    "change",
    "choose_neutral",
    "connect",
    "drop_draft",
    "finish_draft",
    "keep_draft",
    "keep_hops",
    "keep_templates",
    "mark",
    "move",
    "not_listed",
    "seal_again",
    "settled",
    "switch",
    "tick",
    "want_templates",
]

# Sooner is better; these are the promises that a new channel starts with.
PROMISES = {
    "chat": timedelta(minutes=5),
    "messaging": timedelta(hours=1),
    "mail": timedelta(days=1),
}
BELL = "filo_channels"
STANDING = frozenset({"revoked", "restricted", "restored"})  # whether the channel may be used
REVOKED = "The provider withdrew our key. Connect the channel again."
RESTRICTED = "The provider restricted this channel."


def connect(
    cur: Cursor,
    kind: str,
    name: str,
    team: int | None,
    settings: Mapping[str, str],
    answer_within: timedelta | None = None,
    *,
    by: int | None = None,
) -> int:
    """Add a channel; `team` None takes the first team. Raises `BadSettings`."""
    card = _card(kind)
    complete = settled(card, settings)
    owner = team if team is not None else staff.first_team(cur)
    cur.execute(
        "INSERT INTO channels_channel (kind, name, team_id, sealed, answer_within) "
        "VALUES (%s, %s, %s, '', %s) RETURNING id",
        [kind, name.strip() or card.name, owner, answer_within or PROMISES[card.family]],
    )
    new = _number(cur)
    _seal(cur, new, complete)
    cur.execute("INSERT INTO channels_health (channel_id, keyed_at) VALUES (%s, now())", [new])
    _ring(cur, new, "connected", by)
    return new


def change(
    cur: Cursor,
    id: int,
    *,
    name: str | None = None,
    team: int | None = None,
    settings: Mapping[str, str] | None = None,
    answer_within: timedelta | None = None,
    by: int | None = None,
) -> None:
    """Change what is given. A secret given empty stays as it is; a mended channel is well again."""
    channel = queries.one(cur, id)
    cur.execute(
        "UPDATE channels_channel SET name = COALESCE(%s, name), team_id = COALESCE(%s, team_id), "
        "answer_within = COALESCE(%s, answer_within), changed_at = now() WHERE id = %s",
        [(name or "").strip() or None, team, answer_within, id],
    )
    if settings is not None:
        card = _card(channel.kind)
        kept = {field.name for field in card.settings if field.secret}
        given = {key: text for key, text in settings.items() if text.strip() or key not in kept}
        _seal(cur, id, settled(card, {**channel.settings, **given}))
        mark(cur, id, state="ok")
        fresh = any(channel.settings.get(key) != text for key, text in given.items() if key in kept)
        cur.execute(
            "UPDATE channels_health SET exchange_from = NULL, "
            "keyed_at = CASE WHEN %s THEN now() ELSE keyed_at END WHERE channel_id = %s",
            [fresh, id],
        )
    _ring(cur, id, "settings" if settings is not None else "name", by)


def switch(cur: Cursor, id: int, active: bool, *, by: int | None = None) -> None:
    """Let a channel rest, or wake it. What arrives while it rests is refused."""
    queries.one(cur, id)
    cur.execute(
        "UPDATE channels_channel SET active = %s, changed_at = now() WHERE id = %s", [active, id]
    )
    _ring(cur, id, "on" if active else "off", by)


def mark(cur: Cursor, id: int, *, state: str, reason: str = "") -> None:
    """Say how the channel does (`ok`, or `needs_you` and why); the bell rings only for news."""
    cur.execute(
        "INSERT INTO channels_health AS health (channel_id, state, reason) VALUES (%s, %s, %s) "
        "ON CONFLICT (channel_id) DO UPDATE SET state = EXCLUDED.state, reason = EXCLUDED.reason "
        "WHERE (health.state, health.reason) <> (EXCLUDED.state, EXCLUDED.reason)",
        [id, state, reason],
    )
    if cur.rowcount:
        _ring(cur, id, state, None)


def announced(cur: Cursor, news: Sequence[tuple[int, Announced]]) -> None:
    """What providers say of the channels themselves: told, and kept (health, templates)."""
    announce(cur, news)
    for channel, fact in sorted(news, key=lambda pair: pair[1].at):
        body = {
            "channel": public("chn", channel),
            "what": fact.what,
            "name": fact.name,
            "state": fact.state,
            "detail": fact.detail,
        }
        events.emit(cur, [events.Happening("channel_announced", body=body)])
        if _is_news(cur, channel, fact):
            _take_to_heart(cur, channel, fact)


def _is_news(cur: Cursor, channel: int, fact: Announced) -> bool:
    """What is older than the newest we know of the same sort of thing is past."""
    if fact.what not in STANDING:
        return True
    cur.execute(
        "INSERT INTO channels_health AS health (channel_id, announced_at) VALUES (%s, %s) "
        "ON CONFLICT (channel_id) DO UPDATE SET announced_at = EXCLUDED.announced_at "
        "WHERE health.announced_at IS NULL OR health.announced_at <= EXCLUDED.announced_at",
        [channel, fact.at],
    )
    return bool(cur.rowcount)


def _take_to_heart(cur: Cursor, channel: int, fact: Announced) -> None:
    words = fact.detail or fact.state
    match fact.what:
        case "quality":
            cur.execute(
                "UPDATE channels_health SET quality = %s WHERE channel_id = %s", [words, channel]
            )
        case "limit":
            cur.execute(
                "UPDATE channels_health SET quota = %s WHERE channel_id = %s", [words, channel]
            )
        case "revoked":
            mark(cur, channel, state="needs_you", reason=words or REVOKED)
        case "restricted":
            mark(cur, channel, state="needs_you", reason=words or RESTRICTED)
        case "restored":
            mark(cur, channel, state="ok")


def key_ends(cur: Cursor, id: int, ends: datetime | None) -> ChannelHealth:
    """Note when the channel's key ends, as its settings tell; returns its health."""
    cur.execute(
        "UPDATE channels_health SET ends_at = %s WHERE channel_id = %s"
        " AND ends_at IS DISTINCT FROM %s",
        [ends, id, ends],
    )
    return queries.health(cur, id)


def key_renewed(
    cur: Cursor, id: int, settings: Mapping[str, str], *, ends: datetime | None, at: datetime
) -> None:
    """A fresh key: sealed, and a channel that lacked one is well again."""
    change(cur, id, settings=settings)
    cur.execute(
        "UPDATE channels_health SET ends_at = %s, renewed_at = %s, looked_at = NULL"
        " WHERE channel_id = %s",
        [ends, at, id],
    )


def key_waits(cur: Cursor, id: int, *, until: datetime) -> None:
    """The key holds, and is too young to be exchanged: nobody is asked before, nobody warned."""
    cur.execute("UPDATE channels_health SET exchange_from = %s WHERE channel_id = %s", [until, id])


def key_stays(cur: Cursor, id: int, *, why: str, at: datetime, over: bool) -> None:
    """The key could not be exchanged: warned of while it holds, a stop once it is over."""
    cur.execute("UPDATE channels_health SET looked_at = %s WHERE channel_id = %s", [at, id])
    body = {"channel": public("chn", id), "what": "key", "name": "", "state": "", "detail": why}
    events.emit(cur, [events.Happening("channel_announced", body=body)])
    events.ring(cur)
    if over:
        mark(cur, id, state="needs_you", reason=why or REVOKED)


def move(cur: Cursor, id: int, cursor: str, *, ended_at: datetime | None = None) -> None:
    """Keep how far a channel was polled; `ended_at` once there was nothing more to fetch."""
    cur.execute(
        "INSERT INTO channels_cursor AS kept (channel_id, cursor, polled_at) "
        "VALUES (%s, %s, COALESCE(%s, now())) ON CONFLICT (channel_id) DO UPDATE "
        "SET cursor = EXCLUDED.cursor, polled_at = COALESCE(%s, kept.polled_at)",
        [id, cursor, ended_at, ended_at],
    )


# --- settings ----------------------------------------------------------------


def settled(card: Card, given: Mapping[str, str]) -> dict[str, str]:
    """The given settings completed with defaults and made secrets, or `BadSettings`."""
    known = {field.name for field in card.settings}
    problems = {
        name: f"{card.name} has no setting '{name}'." for name in given if name not in known
    }
    asked = [field for field in card.settings if card.asks(field, given)]
    unasked = {field.name: given.get(field.name, "") for field in card.settings}
    values = unasked | {field.name: _value(field, given.get(field.name, "")) for field in asked}
    for field in asked:
        if problem := _problem(field, values[field.name]):
            problems[field.name] = problem
    if problems:
        raise BadSettings(problems)
    return values


def _value(field: Setting, given: str) -> str:
    text = str(given).strip() or field.default
    return _made() if field.made and not text else text


def _problem(field: Setting, value: str) -> str:
    if field.required and not value:
        return f"{field.label} is missing."
    if value and field.choices and value not in field.choices:
        return f"{field.label} must be one of: {', '.join(field.choices)}."
    return ""


def _made() -> str:
    """A secret in the shape of Standard Webhooks; elsewhere it is just a long word.

    Without the signs of base64 that an address would not take as a password.
    """
    while True:
        made = base64.b64encode(secrets.token_bytes(33)).decode()
        if made.isalnum():
            return f"whsec_{made}"


def _card(kind: str) -> Card:
    try:
        return registry.connector(kind).card
    except registry.NoSuchKind:
        kinds = ", ".join(registry.kinds())
        raise BadSettings({"kind": f"There is no channel '{kind}'. There are: {kinds}."}) from None


def seal_again(cur: Cursor) -> int:
    """Seal all settings under the newest key, after a rotation; returns how many it were."""
    cur.execute("SELECT id, sealed FROM channels_channel ORDER BY id FOR UPDATE")
    sealed_again = 0
    for channel, sealed in cur.fetchall():
        # what cannot be opened stays as it is: its channel says so, and somebody types it again
        with suppress(vault.Unopenable):
            if vault.is_old(sealed):
                _seal(cur, channel, sealing.open_settings(sealed, row=queries.row_of(channel)))
                sealed_again += 1
    seal_drafts_again(cur)
    return sealed_again


# --- rows --------------------------------------------------------------------


def _seal(cur: Cursor, id: int, settings: Mapping[str, str]) -> None:
    sealed = sealing.seal_settings(settings, row=queries.row_of(id))
    cur.execute("UPDATE channels_channel SET sealed = %s WHERE id = %s", [sealed, id])


def _number(cur: Cursor) -> int:
    row = cur.fetchone()
    assert row is not None, "RETURNING gives the row"
    number: int = row[0]
    return number


def _ring(cur: Cursor, id: int, what: str, by: int | None) -> None:
    """Every process that holds channels listens; the ring is heard when the transaction commits."""
    author = {"by": public("stf", by)} if by else {}
    body = {"channel": public("chn", id), "what": what, **author}
    events.emit(cur, [events.Happening("channel_changed", body=body)])
    events.ring(cur)
    cur.execute("SELECT pg_notify(%s, %s)", [BELL, str(id)])
