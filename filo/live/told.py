"""Events as they are told: facts and bubbles, rendered once and shared as bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

import msgspec

from filo.core.db import Cursor
from filo.core.ids import BadId, number, public
from filo.live.audience import Audience, Register, Row, is_moved, look_up
from filo.live.cursor import Entry, Log, Position
from filo.live.lines import spoken
from filo.live.operations import bubbles

READ = "read"  # why a case changed: somebody here has seen the customer's words
SHOWN = frozenset(
    {
        "message_received",
        "message_written",
        "note_written",
        "delivery_changed",
        "reaction_changed",
        "moderation_changed",
        "message_edited",
        "message_withdrawn",
        "attachment_ready",
        "attachment_refused",
    }
)


class Told(msgspec.Struct, frozen=True):
    """What a browser is handed for one event. `html` holds patches for pages that show it."""

    cursor: str
    type: str
    at: datetime
    customer: str | None = None
    case: str | None = None
    data: dict[str, Any] = {}  # the event's own body
    row: Row | None = None
    html: str = ""


class Sheet(msgspec.Struct, frozen=True):
    """One event, ready: who may read it, and the frame in each language."""

    position: Position
    audience: Audience
    frames: Mapping[str, bytes]


class Whisper(msgspec.Struct, frozen=True):
    """What a customer's browser is handed. An empty space: every channel of that customer."""

    position: Position
    customer: int
    frame: bytes
    space: str = ""
    value: str = ""


def tell(
    cur: Cursor, log: Log, entries: Sequence[Entry], languages: Iterable[str]
) -> list[tuple[Entry, Audience, dict[str, Told]]]:
    """A page of events in the wanted languages: a fixed number of queries."""
    register = look_up(cur, entries)
    drawn = {language: _drawn(cur, entries, language) for language in languages}
    return [
        (
            entry,
            register.audience(entry),
            {language: _told(log, entry, register, drawn[language]) for language in drawn},
        )
        for entry in entries
    ]


def sheets(
    cur: Cursor, log: Log, entries: Sequence[Entry], languages: Iterable[str]
) -> list[Sheet]:
    return [
        Sheet(
            entry.position,
            audience,
            {language: frame(told, id=told.cursor) for language, told in by_language.items()},
        )
        for entry, audience, by_language in tell(cur, log, entries, languages)
    ]


def whispers(
    cur: Cursor, log: Log, entries: Sequence[Entry], spaces: Iterable[str]
) -> list[Whisper]:
    """The same page for the visitors of some channels."""
    places = {message: entry.position for entry in entries if (message := message_of(entry))}
    said = [
        Whisper(
            place := places[number("msg", each.line.id)],
            each.customer,
            frame({"type": "message", "line": each.line}, id=log.name(place)),
            each.space,
            each.value,
        )
        for each in spoken(cur, places, sorted(spaces))
    ]
    read = [_read(log, entry) for entry in entries if _tells_that_we_read(entry)]
    return sorted(said + read, key=lambda whisper: whisper.position)


def _tells_that_we_read(entry: Entry) -> bool:
    return entry.customer is not None and entry.body.get("reason") == READ


def _read(log: Log, entry: Entry) -> Whisper:
    told = frame({"type": "read"}, id=log.name(entry.position))
    return Whisper(entry.position, entry.customer or 0, told)


def frame(body: object, *, id: str = "", event: str = "") -> bytes:
    """One server-sent event. JSON has no bare newline, so the body is one line."""
    head = f"id: {id}\n" if id else ""
    head += f"event: {event}\n" if event else ""
    return head.encode() + b"data: " + msgspec.json.encode(body) + b"\n\n"


def message_of(entry: Entry) -> int | None:
    """The message that an event speaks of."""
    if entry.type not in SHOWN:
        return None
    try:
        return number("msg", str(entry.body.get("message", "")))
    except BadId:
        return None


def _drawn(cur: Cursor, entries: Sequence[Entry], language: str) -> dict[int, str]:
    """Bubbles by the event that brings them: the last one of each message."""
    last = {message: entry.position for entry in entries if (message := message_of(entry))}
    html = bubbles(cur, sorted(last), language)
    return {last[message].id: bubble for message, bubble in html.items()}


def _told(log: Log, entry: Entry, register: Register, drawn: Mapping[int, str]) -> Told:
    customer = public("cus", entry.customer) if entry.customer else None
    bubble = drawn.get(entry.position.id, "")
    return Told(
        cursor=log.name(entry.position),
        type=entry.type,
        at=entry.at,
        customer=customer,
        case=public("cas", entry.case) if entry.case else None,
        data=entry.body,
        row=None if is_moved(entry) else register.rows.get(entry.case or 0),
        html=_patch(customer, bubble) if customer and bubble else "",
    )


def _patch(customer: str, bubble: str) -> str:
    """A bubble goes to the end of its thread, or takes the place of the one with its id."""
    to = escape(f'[data-thread="{customer}"]')
    return f'<template data-to="{to}" data-how="upsert">{bubble}</template>'
