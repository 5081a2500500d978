"""Direct messages as facts: what was written, what was read, who is typing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from html import unescape

from msgspec import Raw

from filo.channels.contract import (
    Fact,
    Media,
    Part,
    Reported,
    Said,
    State,
    Text,
    Typed,
    Unknown,
)
from filo.connectors.x import wire
from filo.connectors.x.people import People
from filo.connectors.x.posts import MIMES
from filo.core.text import UNREADABLE


def facts(told: wire.Directs, people: People) -> Iterator[Fact]:
    for raw in told.direct_message_events:
        yield _read(raw, people)
    for raw in told.direct_message_indicate_typing_events:
        direct = _direct(raw)
        if direct and direct.sender_id and direct.sender_id != people.own:
            by, at = people.handle(direct.sender_id), people.time(direct.created_timestamp)
            yield Typed(by, at)
    for raw in told.direct_message_mark_read_events:
        direct = _direct(raw)
        if direct and direct.last_read_event_id and direct.sender_id != people.own:
            yield from _seen(direct, people)


def _read(raw: Raw, people: People) -> Fact:
    direct = _direct(raw)
    if direct is None or not direct.id:
        return Unknown("a message that cannot be read", hashlib.sha256(raw).hexdigest()[:32])
    made = direct.message_create
    ours = made.sender_id == people.own
    other = made.target.recipient_id if ours else made.sender_id
    parts = tuple(_parts(direct.id, made.message_data))
    if not other or not parts:
        return Unknown(f"a message of type {direct.type or '?'}", direct.id)
    chosen = (made.message_data.quick_reply_response or wire.Quick()).metadata
    return Said(
        id=direct.id,
        at=people.time(direct.created_timestamp),
        by=people.handle(other),
        parts=parts,
        ours=ours,
        app=made.source_app_id if ours else "",
        context={"choice": chosen} if chosen else {},
    )


def _parts(id_: str, words: wire.Words) -> Iterator[Part]:
    if words.text:
        yield Text(unescape(words.text))
    file = words.attachment.media if words.attachment else wire.File()
    if file.id_str:
        # The address of the event wants a signature of v1.1: the file is asked for by its ids.
        resource = file.media_url_https.rpartition("/")[2] or file.id_str
        mime = MIMES.get(file.type, "image/jpeg")
        yield Media(mime, ref=f"{id_}/{file.id_str}/{resource}")


def _seen(direct: wire.Direct, people: People) -> Iterator[Fact]:
    """A watermark: this one, and all before it."""
    at = people.time(direct.created_timestamp)
    last, who = direct.last_read_event_id, direct.sender_id
    yield Reported(last, State.READ, at, recipient=who)
    yield Reported("", State.READ, at, by=people.handle(who))


def _direct(raw: Raw) -> wire.Direct | None:
    try:
        return wire.direct.decode(raw)
    except UNREADABLE:
        return None
