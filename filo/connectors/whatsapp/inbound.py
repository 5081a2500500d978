"""From Meta's webhook to facts: entries, changes, and in each the messages, statuses and news."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

import msgspec
from msgspec import Raw

from filo.channels.contract import (
    Edited,
    Fact,
    Handle,
    Moved,
    OptedOut,
    Reacted,
    Reported,
    Request,
    Said,
    State,
    Unknown,
    Withdrew,
)
from filo.channels.kit import from_epoch
from filo.connectors.whatsapp import news, wire
from filo.connectors.whatsapp.errors import STOPPED_MARKETING, reason_for
from filo.connectors.whatsapp.parts import told
from filo.connectors.whatsapp.people import author, handle, space_of
from filo.core.text import UNREADABLE

STATES = {
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.READ,
    "played": State.READ,
    "failed": State.FAILED,
}
PHONE_APP = "WhatsApp Business"
MARKETING = {"marketing_messages": "marketing"}

T = TypeVar("T")

# Not strict: a number in quotes is still a number.
_calls = msgspec.json.Decoder(wire.Calls, strict=False)
_envelope = msgspec.json.Decoder(wire.Envelope, strict=False)
_value = msgspec.json.Decoder(wire.Value, strict=False)
_message = msgspec.json.Decoder(wire.Message, strict=False)
_status = msgspec.json.Decoder(wire.Status, strict=False)
_preference = msgspec.json.Decoder(wire.Preference, strict=False)
_id_update = msgspec.json.Decoder(wire.IdUpdate, strict=False)


@dataclass(slots=True, frozen=True)
class Place:
    """Where in a webhook we are: for which account and number, and when it came."""

    waba: str
    to: str  # the number, when it is not the one this channel was set up for
    at: datetime
    contacts: list[wire.Contact]

    def time(self, stamp: str | int) -> datetime:
        try:
            return from_epoch(stamp)
        except (ValueError, OverflowError, OSError):
            return self.at


def facts(request: Request) -> list[Fact]:
    """Everything one call tells, in its order."""
    try:
        entries = _envelope.decode(request.body).entry
    except UNREADABLE as why:
        return [Unknown(f"a call that cannot be read: {why}", _digest(request.body))]
    return [
        fact
        for entry in entries
        for change in entry.changes
        for fact in _of_change(change, entry, request)
    ]


def _of_change(change: wire.Change, entry: wire.Entry, request: Request) -> list[Fact]:
    if change.field in news.READERS:
        return news.facts(change, entry, request.at)
    if change.field == "calls":
        return _called(change, entry, request)
    try:
        value = _value.decode(change.value)
    except UNREADABLE as why:
        return [Unknown(f"{change.field} that cannot be read: {why}", _digest(change.value))]
    place = _place(value, entry, request)
    found = list(_of_value(value, place))
    if not found:
        found = [Unknown(change.field or "a change without a field", _digest(change.value))]
    return found


def _called(change: wire.Change, entry: wire.Entry, request: Request) -> list[Fact]:
    try:
        value = _calls.decode(change.value)
    except UNREADABLE as why:
        return [Unknown(f"calls that cannot be read: {why}", _digest(change.value))]
    number = value.metadata.phone_number_id
    to = "" if number == request.settings.get("phone_number_id") else number
    waba = entry.id or request.settings.get("waba_id", "")
    return list(news.calls(value, waba=waba, to=to, at=request.at))


def _place(value: wire.Value, entry: wire.Entry, request: Request) -> Place:
    number = value.metadata.phone_number_id
    return Place(
        waba=entry.id or request.settings.get("waba_id", ""),
        to="" if number == request.settings.get("phone_number_id") else number,
        at=request.at,
        contacts=value.contacts,
    )


def _of_value(value: wire.Value, place: Place) -> Iterator[Fact]:
    for index, raw in enumerate(value.messages):
        yield _read(raw, _message, partial(_of_message, index=index, place=place))
    for raw in value.statuses:
        yield from _of_status(raw, place)
    for raw in value.message_echoes:
        yield _read(raw, _message, partial(_echo, place=place))
    for raw in value.user_preferences:
        yield _read(raw, _preference, partial(_preferred, place=place))
    for raw in value.user_id_update:
        yield _read(raw, _id_update, partial(_rotated, place=place))
    for error in value.errors:
        yield Unknown(f"error {error.code}: {error.words}", to=place.to)


def _read(raw: Raw, decoder: msgspec.json.Decoder[T], meaning: Callable[[T], Fact]) -> Fact:
    try:
        return meaning(decoder.decode(raw))
    except UNREADABLE as why:
        return Unknown(f"something that cannot be read: {why}", _digest(raw))


# --- messages -------------------------------------------------------------


def _of_message(message: wire.Message, index: int, place: Place) -> Fact:
    by = author(message, index=index, contacts=place.contacts, waba=place.waba)
    if by is None or not message.id:
        return _unreadable(message, place)
    return _event(message, by, place) or _said(message, by, place)


def _event(message: wire.Message, by: Handle, place: Place) -> Fact | None:
    """What a message does, when it is not something said."""
    at = place.time(message.timestamp)
    match message:
        case wire.Message(type="reaction", reaction=wire.Reaction(message_id=about) as it) if about:
            return Reacted(message.id, about, it.emoji, at, by, place.to)
        case wire.Message(type="revoke", revoke=wire.Revoke(original_message_id=about)) if about:
            return Withdrew(message.id, about, at, by, place.to)
        case wire.Message(type="edit", edit=wire.Edit() as edit):
            return _edited(message, edit, by, place)
        case wire.Message(type="system", system=wire.System() as system):
            return _moved(message, system, by, place)
    return None


def _edited(message: wire.Message, edit: wire.Edit, by: Handle, place: Place) -> Fact | None:
    new = told(edit.message) if edit.message else None
    if new is None or not edit.original_message_id:
        return None
    at = place.time(message.timestamp)
    return Edited(message.id, edit.original_message_id, new.parts, at, by, place.to)


def _moved(message: wire.Message, system: wire.System, by: Handle, place: Place) -> Fact | None:
    at = place.time(message.timestamp)
    if system.type in ("user_changed_number", "customer_changed_number"):
        old = handle(message.sender, waba=place.waba, name=by.name) or by
        new = handle(system.wa_id or system.new_wa_id, system.user_id, waba=place.waba)
    elif system.type == "user_changed_user_id":
        old = handle(message.from_user_id, waba=place.waba, name=by.name) or by
        new = handle(system.user_id, waba=place.waba)
    else:
        return None
    if new is None or (new.space, new.value) == (old.space, old.value):
        return None
    return Moved(message.id, old, new, at, place.to)


def _said(message: wire.Message, by: Handle, place: Place) -> Fact:
    found = told(message)
    if found is None:
        return _unreadable(message, place)
    return Said(
        id=message.id,
        at=place.time(message.timestamp),
        by=by,
        parts=found.parts,
        to=place.to,
        answers=message.context.id,
        context=found.context,
        automatic=found.automatic,
    )


def _echo(message: wire.Message, place: Place) -> Fact:
    """What the company wrote from its own phone: said to the person it names."""
    to = handle(message.to, message.to_user_id, waba=place.waba)
    if to is None or not message.id:
        return _unreadable(message, place)
    fact = _event(message, to, place) or _said(message, to, place)
    return (
        msgspec.structs.replace(fact, ours=True, app=PHONE_APP) if isinstance(fact, Said) else fact
    )


def _unreadable(message: wire.Message, place: Place) -> Unknown:
    why = f"{message.errors[0].code} {message.errors[0].words}" if message.errors else ""
    words = f"message of type {message.type or '?'} that cannot be read {why}".strip()
    return Unknown(words, message.id, place.to)


# --- statuses -------------------------------------------------------------


def _of_status(raw: Raw, place: Place) -> Iterator[Fact]:
    try:
        status = _status.decode(raw)
    except UNREADABLE as why:
        yield Unknown(f"a status that cannot be read: {why}", _digest(raw))
        return
    yield _reported(status, place)
    about = _recipient(status, place)
    if about and any(error.code == STOPPED_MARKETING for error in status.errors):
        at = place.time(status.timestamp)
        yield OptedOut(f"{STOPPED_MARKETING}:{status.id}", about, at, "marketing", to=place.to)


def _reported(status: wire.Status, place: Place) -> Fact:
    state = STATES.get(status.status)
    if state is None or not (status.id or status.biz_opaque_callback_data):
        return Unknown(f"status {status.status or '?'}", f"{status.id}:{status.status}", place.to)
    recipient = _recipient(status, place)
    error = status.errors[0] if status.errors else None
    played = "played" if status.status == "played" else ""
    return Reported(
        message=status.id,
        state=state,
        at=place.time(status.timestamp),
        reason=reason_for(error.code if error else 0) if state is State.FAILED else None,
        detail=f"{error.code} {error.words}".strip() if error else played,
        to=place.to,
        recipient=recipient.value if recipient else "",
        ref=status.biz_opaque_callback_data,
    )


def _recipient(status: wire.Status, place: Place) -> Handle | None:
    if status.recipient_type == "group":
        ids = (status.recipient_participant_id, status.recipient_participant_user_id)
    else:
        ids = (status.recipient_id, status.recipient_user_id)
    return handle(*ids, waba=place.waba)


# --- news about people ----------------------------------------------------


def _preferred(preference: wire.Preference, place: Place) -> Fact:
    by = handle(preference.wa_id, preference.user_id, waba=place.waba)
    if by is None or not preference.value:
        return Unknown("user_preferences without a person or a wish", to=place.to)
    return OptedOut(
        id=f"{by.value}:{preference.category}:{preference.value}:{preference.timestamp}",
        by=by,
        at=place.time(preference.timestamp),
        purpose=MARKETING.get(preference.category, preference.category),
        back=preference.value != "stop",
        to=place.to,
    )


def _rotated(update: wire.IdUpdate, place: Place) -> Fact:
    old = handle(update.user_id.previous, waba=place.waba)
    new = handle(update.user_id.current, waba=place.waba)
    if old is None or new is None:
        return Unknown("user_id_update without both ids", to=place.to)
    phone = handle(update.wa_id, waba=place.waba)
    also = ((phone.space, phone.value),) if phone else ()
    return Moved(
        id=f"{old.value}:{new.value}",
        old=old,
        new=Handle(space_of(place.waba), new.value, also=also),
        at=place.time(update.timestamp),
        to=place.to,
    )


def _digest(raw: Raw | bytes) -> str:
    """A key for what has no id: the same thing told twice is one thing."""
    return hashlib.sha256(bytes(raw)).hexdigest()[:32]
