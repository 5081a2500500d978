"""From Viber's callback to facts: one event a call."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from filo.channels.contract import (
    Contact,
    Fact,
    Handle,
    Location,
    Media,
    Native,
    OptedOut,
    Part,
    Reason,
    Reported,
    Request,
    Said,
    State,
    Text,
    Unknown,
)
from filo.channels.kit import from_epoch
from filo.connectors.viber import wire
from filo.core.text import UNREADABLE

STATES = {"delivered": State.DELIVERED, "seen": State.READ, "failed": State.FAILED}
SILENT = {"webhook", "client_status", "action"}  # Viber speaks of itself
MIMES = {"picture": "image/jpeg", "video": "video/mp4", "sticker": "image/png"}


@dataclass(slots=True, frozen=True)
class Place:
    space: str  # a person's id holds for one bot
    at: datetime


class Asked(msgspec.Struct):
    """What we asked with our last message: it comes back with whatever they write next."""

    choices: dict[str, str] = {}  # label -> id


def facts(request: Request) -> list[Fact]:
    digest = hashlib.sha256(request.body).hexdigest()[:32]
    try:
        event = wire.event.decode(request.body)
    except UNREADABLE as why:
        return [Unknown(f"a call that cannot be read: {why}", digest)]
    if event.event in SILENT:
        return []
    place = Place(f"viber:{request.settings.get('bot', '')}", _time(event, request.at))
    meaning = MEANINGS.get(event.event)
    if meaning is None or not event.who:
        return [Unknown(f"event {event.event or '?'} that cannot be read", digest)]
    found = meaning(event, place)
    return [found] if found else []


def _time(event: wire.Event, at: datetime) -> datetime:
    try:
        return from_epoch(event.timestamp) if event.timestamp > 0 else at
    except (ValueError, OverflowError, OSError):
        return at


def _by(event: wire.Event, place: Place) -> Handle:
    return Handle(place.space, event.who, event.sender.name or event.user.name)


def _key(event: wire.Event) -> str:
    """Each event has a token of its own; without one, the moment tells them apart."""
    return f"{event.event}/{event.message_token or event.timestamp}/{event.who}"


# --- one for each event ---------------------------------------------------


def _said(event: wire.Event, place: Place) -> Fact:
    if event.chat_id:
        return Unknown("message in a group: the bot answers persons only", _key(event))
    part = told(event.message)
    if part is None or not event.message_token:
        return Unknown(f"message of type {event.message.type or '?'}", _key(event))
    choice = _choice(event.message)
    found = {"choice": choice, "language": event.sender.language or ""}
    return Said(
        id=str(event.message_token),
        at=place.at,
        by=_by(event, place),
        parts=(part,),
        context={name: value for name, value in found.items() if value},
    )


def _choice(message: wire.Message) -> str:
    """A button says its label as if it had been typed; which one it was, our own note tells."""
    try:
        asked = msgspec.json.decode(message.tracking_data or "{}", type=Asked)
    except UNREADABLE:
        return ""
    return asked.choices.get(message.text or "", "")


def _reported(event: wire.Event, place: Place) -> Fact:
    state = STATES[event.event]
    return Reported(
        message=str(event.message_token),
        state=state,
        at=place.at,
        reason=Reason.OTHER if state is State.FAILED else None,
        detail=event.desc if state is State.FAILED else "",
        recipient=event.who,
    )


def _subscribed(event: wire.Event, place: Place) -> Fact:
    return OptedOut(_key(event), _by(event, place), place.at, back=True)


def _unsubscribed(event: wire.Event, place: Place) -> Fact:
    return OptedOut(_key(event), _by(event, place), place.at)


def _opened(event: wire.Event, place: Place) -> Fact | None:
    """They came by a link of ours; a chat that was only opened says nothing."""
    if not event.context:
        return None
    return Said(
        id=_key(event),
        at=place.at,
        by=_by(event, place),
        parts=(Native("opened", f"Opened the chat: {event.context}"),),
        context={"referral": event.context},
        automatic=True,
    )


MEANINGS: dict[str, Callable[[wire.Event, Place], Fact | None]] = {
    "message": _said,
    "delivered": _reported,
    "seen": _reported,
    "failed": _reported,
    "subscribed": _subscribed,
    "unsubscribed": _unsubscribed,
    "conversation_started": _opened,
}


# --- what a message says --------------------------------------------------


def told(message: wire.Message) -> Part | None:
    match message.type:
        case "text" | "url":
            words = message.text or message.media
            return Text(words) if words else None
        case "picture" | "video" | "file":
            return _file(message)
        case "sticker":
            return _file(message, sticker=True) or Native(
                "sticker", f"Sticker {message.sticker_id}"
            )
        case "location" if message.location:
            place = message.location
            found = place.lat is not None and place.lon is not None
            return Location(place.lat or 0.0, place.lon or 0.0) if found else None
        case "contact" if message.contact:
            card = message.contact
            phone = f"+{card.phone_number.removeprefix('+')}" if card.phone_number else ""
            return Contact(card.name or phone or "?", (phone,) if phone else ())
        case _:
            return None


def _file(message: wire.Message, *, sticker: bool = False) -> Media | None:
    """The address lives about an hour: it is fetched at once."""
    if not message.media:
        return None
    name = message.file_name or ""
    guessed = mimetypes.guess_type(name)[0] if name else None
    return Media(
        mime=guessed or MIMES.get(message.type, "application/octet-stream"),
        caption=message.text or "",
        name=name,
        ref=message.media,
        size=max(0, message.size or 0),
        sticker=sticker,
    )
