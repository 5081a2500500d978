"""From LINE's webhook to facts: one fact for each event."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs

from msgspec import Raw

from filo.channels.contract import (
    Announced,
    Edited,
    Fact,
    Handle,
    Location,
    Media,
    Native,
    OptedOut,
    Part,
    Reported,
    Request,
    Said,
    State,
    Text,
    Unknown,
    Withdrew,
)
from filo.channels.kit import from_epoch
from filo.connectors.line import wire
from filo.core.text import UNREADABLE

STICKERS = "https://stickershop.line-scdn.net/stickershop/v1/sticker/{}/android/sticker.png"
MIMES = {"image": "image/jpeg", "video": "video/mp4", "audio": "audio/mp4"}
# Who comes and goes in groups, which module answers, that a video was seen to its end.
SILENT = {
    *("join", "leave", "memberJoined", "memberLeft"),
    *("module", "activated", "deactivated", "videoPlayComplete"),
}
MODULES = {"botSuspended": "restricted", "botResumed": "restored"}


@dataclass(slots=True, frozen=True)
class Place:
    space: str  # a person's id holds for all accounts of one provider (LINE's word for a company)
    at: datetime


def space_of(settings: dict[str, str]) -> str:
    return f"line:{settings.get('provider_id', '')}"


def facts(request: Request) -> list[Fact]:
    """Everything one call tells; nothing, when LINE only tries whether we are there."""
    try:
        events = wire.callback.decode(request.body).events
    except UNREADABLE as why:
        return [Unknown(f"a call that cannot be read: {why}", _digest(request.body))]
    place = Place(space_of(request.settings), request.at)
    return [fact for raw in events if (fact := _read(raw, place))]


def _read(raw: Raw, place: Place) -> Fact | None:
    try:
        event = wire.event.decode(raw)
    except UNREADABLE as why:
        return Unknown(f"an event that cannot be read: {why}", _digest(bytes(raw)))
    name = event.webhook_event_id or _digest(bytes(raw))
    if event.type in SILENT:
        return None
    if event.type in MODULES:
        return Announced(name, MODULES[event.type], _time(event, place))
    if event.type == "delivery" and event.delivery.data:
        return _reported(event, place)
    return _of_person(event, name, place)


def _of_person(event: wire.Event, name: str, place: Place) -> Fact:
    meaning = MEANINGS.get(event.type)
    if meaning is None:
        return Unknown(f"event of type {event.type or '?'}", name)
    if event.source.type != "user" or not event.source.user_id:
        what = event.source.type or "place without a person"
        return Unknown(f"{event.type} in a {what}: the account answers persons only", name)
    who = Handle(place.space, event.source.user_id)
    return meaning(event, who, name, _time(event, place)) or Unknown(
        f"{event.type} of no use", name
    )


def _time(event: wire.Event, place: Place) -> datetime:
    try:
        return from_epoch(event.timestamp) if event.timestamp > 0 else place.at
    except (ValueError, OverflowError, OSError):
        return place.at


def _reported(event: wire.Event, place: Place) -> Fact:
    """A notification by phone number has arrived; its data is the reference we gave."""
    at = _time(event, place)
    return Reported("", State.DELIVERED, at, ref=event.delivery.data)


# --- one for each type ----------------------------------------------------


def _said(event: wire.Event, who: Handle, name: str, at: datetime) -> Fact | None:
    message = event.message
    part = told(message)
    if part is None or not message.id:
        return None
    context = {
        "album": message.image_set.id,
        "quote_token": message.quote_token,
        # Another module answers in this chat at present: we only listen.
        "standby": "true" if event.mode == "standby" else "",
    }
    return Said(
        id=message.id,
        at=at,
        by=who,
        parts=(part,),
        answers=message.quoted_message_id,
        context={key: value for key, value in context.items() if value},
        automatic=event.mode == "standby",
    )


def _edited(event: wire.Event, who: Handle, name: str, at: datetime) -> Fact | None:
    part = told(event.message)
    if part is None or not event.message.id:
        return None
    return Edited(name, event.message.id, (part,), at, who)


def _unsent(event: wire.Event, who: Handle, name: str, at: datetime) -> Fact | None:
    about = event.unsend.message_id
    return Withdrew(name, about, at, who) if about else None


def _followed(event: wire.Event, who: Handle, name: str, at: datetime) -> Fact:
    return OptedOut(name, who, at, back=True)


def _left(event: wire.Event, who: Handle, name: str, at: datetime) -> Fact:
    """They blocked the account: what we send from now on is taken, and shown to nobody."""
    return OptedOut(name, who, at)


def _chose(event: wire.Event, who: Handle, name: str, at: datetime) -> Fact | None:
    """A tap. Ours say which label was tapped; those of a rich menu may say anything."""
    given = parse_qs(event.postback.data)
    choice = given.get("choice", [event.postback.data])[0]
    when = next((value for value in event.postback.params.values() if isinstance(value, str)), "")
    words = when or given.get("label", [choice])[0]
    if not words:
        return None
    context = {"choice": choice} | ({"moment": when} if when else {})
    return Said(name, at, who, (Text(words),), context=context)


def _linked(event: wire.Event, who: Handle, name: str, at: datetime) -> Fact | None:
    """They logged in at our site from LINE: the nonce is what our site gave them."""
    if event.link.result != "ok" or not event.link.nonce:
        return None
    part = Native("account_link", "Account linked", {"nonce": event.link.nonce})
    context = {"referral": event.link.nonce, "referral_type": "account_link"}
    return Said(name, at, who, (part,), context=context, automatic=True)


def _near(event: wire.Event, who: Handle, name: str, at: datetime) -> Fact | None:
    """They came near a beacon of ours, or went."""
    place = event.beacon
    if not place.hwid:
        return None
    part = Native("beacon", f"Beacon {place.hwid}: {place.type}", {"hwid": place.hwid})
    return Said(name, at, who, (part,), context={"beacon": place.hwid}, automatic=True)


def _member(event: wire.Event, who: Handle, name: str, at: datetime) -> Fact | None:
    """They joined, left or renewed a paid membership of the account."""
    plan = event.membership
    if not plan.type:
        return None
    payload: dict[str, object] = {"id": plan.membership_id, "times": plan.join_count}
    part = Native("membership", f"Membership {plan.membership_id}: {plan.type}", payload)
    return Said(name, at, who, (part,), context={"membership": plan.type}, automatic=True)


MEANINGS: dict[str, Callable[[wire.Event, Handle, str, datetime], Fact | None]] = {
    "message": _said,
    "messageEdited": _edited,
    "unsend": _unsent,
    "follow": _followed,
    "unfollow": _left,
    "postback": _chose,
    "accountLink": _linked,
    "beacon": _near,
    "membership": _member,
}


# --- what a message says --------------------------------------------------


def told(message: wire.Message) -> Part | None:
    match message.type:
        case "text":
            return Text(message.text) if message.text else None
        case "image" | "video" | "audio" | "file":
            return _file(message)
        case "sticker":
            words = message.text or ", ".join(message.keywords[:3])
            where = STICKERS.format(message.sticker_id)
            return Media("image/png", caption=words, ref=where, sticker=True)
        case "location" if message.latitude is not None and message.longitude is not None:
            return Location(message.latitude, message.longitude, message.title, message.address)
        case _:
            return None


def _file(message: wire.Message) -> Media:
    """The bytes are asked for by the message's id, or stand at an address of somebody else."""
    guessed = mimetypes.guess_type(message.file_name)[0] if message.file_name else None
    outside = message.content_provider.address.startswith(("https://", "http://"))
    return Media(
        mime=MIMES.get(message.type) or guessed or "application/octet-stream",
        name=message.file_name,
        ref=message.content_provider.address if outside else message.id,
        size=max(0, message.file_size),
    )


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:32]
