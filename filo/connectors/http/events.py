"""The events of an `http` call, and the fact that each of them is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Annotated

import msgspec

from filo.channels.contract import (
    Announced,
    Edited,
    Fact,
    Handle,
    Media,
    Moderated,
    Moderation,
    Part,
    Post,
    Reacted,
    Reason,
    Reported,
    Request,
    Said,
    State,
    Typed,
    Unknown,
    Withdrew,
)
from filo.channels.kit import e164
from filo.core.text import UNREADABLE

MOST_EVENTS = 500
ANNOUNCED = frozenset({"template", "quality", "limit", "revoked", "restricted", "restored"})
OUR_DELIVERY = "dlv_"  # how the public id of a delivery begins


class Sender(msgspec.Struct, frozen=True):
    id: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""


class Event(msgspec.Struct):
    """One event as the peer writes it; which fields it needs depends on its type."""

    type: str
    id: str = ""
    at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    sender: Sender = msgspec.field(name="from", default_factory=Sender)
    parts: tuple[Part, ...] = ()
    answers: str = ""
    message: str = ""
    state: State | None = None
    reason: Reason | None = None
    detail: str = ""
    emoji: str = ""
    action: Moderation | None = None
    context: dict[str, str] = {}
    # in public, and said by the company elsewhere
    public: bool | None = None  # None: as the channel is
    post: Post | None = None
    reach: int = 0
    rating: int = 0
    url: str = ""
    ours: bool = False
    app: str = ""
    # about the channel itself
    what: str = ""
    name: str = ""


class _Call(msgspec.Struct):
    events: tuple[msgspec.Raw, ...] = ()


class _SenderId(msgspec.Struct):
    id: str = ""


class _Head(msgspec.Struct):
    sender: _SenderId = msgspec.field(name="from", default_factory=_SenderId)


class _Name(msgspec.Struct):
    type: object = ""
    id: object = ""


_call = msgspec.json.Decoder(_Call)
_event = msgspec.json.Decoder(Event)
_head = msgspec.json.Decoder(_Head)
_name = msgspec.json.Decoder(_Name)


@lru_cache(maxsize=1)  # a call asks four times in a row: how many, whose, and the thanks
def events(body: bytes) -> tuple[msgspec.Raw, ...]:
    """The events, each still unread, so that one bad event does not spoil its neighbours."""
    try:
        return _call.decode(body).events
    except UNREADABLE:
        return ()


def first_sender(body: bytes) -> str:
    """The id of whoever the first event is from; empty when there is none."""
    try:
        found = events(body)
        return _head.decode(found[0]).sender.id if found else ""
    except UNREADABLE:
        return ""


def fact(raw: msgspec.Raw, request: Request) -> Fact:
    """What one event says; `Unknown` when it cannot be read or lacks what its type needs."""
    try:
        event = _event.decode(raw)
    except UNREADABLE as why:
        return _unreadable(raw, str(why))
    read = READERS.get(event.type)
    found = read(event, _handle(event.sender, request), request) if read else None
    return found or Unknown(f"event {event.type!r} of no known type, or incomplete", event.id)


def _said(event: Event, by: Handle, request: Request) -> Said | None:
    if not (event.id and event.parts and (by.value or (event.ours and event.answers))):
        return None
    as_the_channel = request.settings.get("public") == "true"
    return Said(
        id=event.id,
        at=event.at or request.at,
        by=by,
        parts=_safe(event.parts),
        answers=event.answers,
        context=event.context,
        public=as_the_channel if event.public is None else event.public,
        ours=event.ours,
        post=event.post,
        reach=event.reach,
        rating=event.rating,
        url=event.url,
        app=event.app,
    )


def _reported(event: Event, by: Handle, request: Request) -> Reported | None:
    if event.state is None or not event.message:
        return None
    return Reported(
        message=event.message,
        state=event.state,
        at=event.at or request.at,
        reason=event.reason or (Reason.OTHER if event.state is State.FAILED else None),
        detail=event.detail,
        recipient=by.value,
        ref=event.message if event.message.startswith(OUR_DELIVERY) else "",
    )


def _reacted(event: Event, by: Handle, request: Request) -> Reacted | None:
    if not (event.id and by.value and event.message):
        return None
    return Reacted(event.id, event.message, event.emoji, event.at or request.at, by)


def _edited(event: Event, by: Handle, request: Request) -> Edited | None:
    if not (event.id and by.value and event.message and event.parts):
        return None
    return Edited(event.id, event.message, _safe(event.parts), event.at or request.at, by)


def _withdrew(event: Event, by: Handle, request: Request) -> Withdrew | None:
    if not (event.id and by.value and event.message):
        return None
    return Withdrew(event.id, event.message, event.at or request.at, by)


def _moderated(event: Event, by: Handle, request: Request) -> Moderated | None:
    if not (event.id and event.message and event.action):
        return None
    return Moderated(event.id, event.message, event.action, event.at or request.at)


def _typed(event: Event, by: Handle, request: Request) -> Typed | None:
    return Typed(by, event.at or request.at) if by.value else None


def _announced(event: Event, by: Handle, request: Request) -> Announced | None:
    if not (event.id and event.what in ANNOUNCED):
        return None
    return Announced(
        event.id,
        event.what,
        event.at or request.at,
        name=event.name,
        detail=event.detail,
    )


READERS: dict[str, Callable[[Event, Handle, Request], Fact | None]] = {
    "said": _said,
    "reported": _reported,
    "reacted": _reacted,
    "edited": _edited,
    "withdrew": _withdrew,
    "moderated": _moderated,
    "typed": _typed,
    "announced": _announced,
}


def _handle(sender: Sender, request: Request) -> Handle:
    phone, email = e164(sender.phone), sender.email.strip().lower()
    also = [("phone", phone)] if phone else []
    also += [("email", email)] if email.count("@") == 1 else []
    space = request.settings.get("space") or f"http:{request.channel}"
    return Handle(space, sender.id, sender.name, tuple(also))


def _safe(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """A peer may not point at attachments that we keep: they may be somebody else's."""
    return tuple(
        msgspec.structs.replace(part, attachment="", ref="") if isinstance(part, Media) else part
        for part in parts
    )


def _unreadable(raw: msgspec.Raw, why: str) -> Unknown:
    try:
        name = _name.decode(raw)
    except UNREADABLE:
        return Unknown(f"event that cannot be read: {why}")
    return Unknown(
        f"event {name.type!r} that cannot be read: {why}",
        name.id if isinstance(name.id, str) else "",
    )
