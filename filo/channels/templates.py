"""The templates of a channel as rows: kept as the provider tells them, asked for, looked up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from filo.channels.contract import Announced, Approved
from filo.channels.types import Shelf, TemplateView
from filo.core.db import Cursor
from filo.core.events import Happening, emit, ring
from filo.core.ids import public
from filo.core.sql import statements

sql = statements("filo.channels")
EVERY = timedelta(hours=1)
AGAIN = timedelta(minutes=10)
_COLUMNS = (
    "SELECT channel_id, name, language, state, category, header, body, footer, buttons, variables,"
    " detail, neutral FROM channels_template"
)


def templates(cur: Cursor, channel: int) -> list[TemplateView]:
    """All of a channel: those that can be sent first."""
    cur.execute(
        _COLUMNS + " WHERE channel_id = %s AND state <> 'gone'"
        " ORDER BY state <> 'approved', name, language",
        [channel],
    )
    return [_view(row) for row in cur.fetchall()]


def template(cur: Cursor, channel: int, name: str, language: str) -> TemplateView | None:
    """One template, or None when the provider never told of it."""
    cur.execute(
        _COLUMNS + " WHERE channel_id = %s AND name = %s AND language = %s",
        [channel, name, language],
    )
    row = cur.fetchone()
    return _view(row) if row else None


def shelf(cur: Cursor, channel: int) -> Shelf:
    cur.execute(
        "SELECT read_at, due_at, problem FROM channels_library WHERE channel_id = %s", [channel]
    )
    row = cur.fetchone()
    return Shelf(*row) if row else Shelf()


def keep_templates(cur: Cursor, channel: int, found: Sequence[Approved], *, at: datetime) -> None:
    """What the provider has is what we have; what it has no more is gone."""
    cur.execute(
        sql("keep_templates"),
        {
            "channel": channel,
            "names": [one.name for one in found],
            "languages": [one.language for one in found],
            "states": [one.state for one in found],
            "categories": [one.category for one in found],
            "headers": [one.header for one in found],
            "bodies": [one.body for one in found],
            "footers": [one.footer for one in found],
            "buttons": ["\x1f".join(one.buttons) for one in found],
            "variables": ["\x1f".join(one.variables) for one in found],
            "details": [one.detail for one in found],
            "at": at,
        },
    )
    cur.execute(
        "UPDATE channels_template SET state = 'gone', changed_at = %(at)s"
        " WHERE channel_id = %(channel)s AND state <> 'gone' AND changed_at < %(at)s",
        {"channel": channel, "at": at},
    )
    _read(cur, channel, at=at, due=at + EVERY)


def not_listed(cur: Cursor, channel: int, why: str, *, at: datetime) -> None:
    """They could not be had: what we know stands, and we ask again before long."""
    _read(cur, channel, at=None, due=at + AGAIN, problem=why[:300])


def want_templates(cur: Cursor, channel: int, *, by: int | None = None) -> None:
    """Ask the provider as soon as a worker is free."""
    cur.execute(
        "INSERT INTO channels_library (channel_id, due_at) VALUES (%s, now())"
        " ON CONFLICT (channel_id) DO UPDATE SET due_at = now()",
        [channel],
    )
    _tell(cur, channel, "templates_asked", by)


def due_libraries(cur: Cursor, *, at: datetime) -> list[int]:
    """Channels whose templates are to be asked for now, or were never asked for."""
    cur.execute(
        "SELECT c.id FROM channels_channel AS c"
        " LEFT JOIN channels_library AS l ON l.channel_id = c.id"
        " WHERE c.active AND (l.channel_id IS NULL OR l.due_at <= %s) ORDER BY c.id",
        [at],
    )
    return [row[0] for row in cur.fetchall()]


def choose_neutral(
    cur: Cursor, channel: int, name: str, *, neutral: bool, by: int | None = None
) -> None:
    """Say that this template tells no more than that an answer is ready."""
    cur.execute(
        "UPDATE channels_template SET neutral = %s WHERE channel_id = %s AND name = %s",
        [neutral, channel, name],
    )
    _tell(cur, channel, "neutral_template", by)


def _tell(cur: Cursor, channel: int, what: str, by: int | None) -> None:
    author = {"by": public("stf", by)} if by else {}
    body = {"channel": public("chn", channel), "what": what, **author}
    emit(cur, [Happening("channel_changed", body=body)])
    ring(cur)


def announce(cur: Cursor, heard: Sequence[tuple[int, Announced]]) -> None:
    """The provider has approved, paused or disabled templates of ours."""
    news = [(channel, fact) for channel, fact in heard if fact.what == "template" and fact.name]
    if not news:
        return
    cur.execute(
        sql("announce_templates"),
        {
            "channels": [channel for channel, _ in news],
            "names": [fact.name for _, fact in news],
            "languages": [fact.language for _, fact in news],
            "states": [fact.state for _, fact in news],
            "details": [fact.detail for _, fact in news],
        },
    )


def _read(
    cur: Cursor, channel: int, *, at: datetime | None, due: datetime, problem: str = ""
) -> None:
    cur.execute(
        "INSERT INTO channels_library AS l (channel_id, read_at, due_at, problem)"
        " VALUES (%s, %s, %s, %s) ON CONFLICT (channel_id) DO UPDATE SET"
        " read_at = coalesce(EXCLUDED.read_at, l.read_at), due_at = EXCLUDED.due_at,"
        " problem = EXCLUDED.problem",
        [channel, at, due, problem],
    )


def _view(row: tuple[Any, ...]) -> TemplateView:
    *head, buttons, variables, detail, neutral = row
    known: list[Any] = [*head, tuple(buttons), tuple(variables), detail, neutral]
    return TemplateView(*known)
