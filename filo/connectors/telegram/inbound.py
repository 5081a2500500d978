"""From an update to facts: one update a call, told by the name of its one value."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Raw

from filo.channels.contract import (
    Announced,
    Edited,
    Fact,
    Handle,
    OptedOut,
    Reacted,
    Request,
    Said,
    Text,
    Unknown,
    Withdrew,
)
from filo.channels.kit import from_epoch
from filo.connectors.telegram import wire
from filo.connectors.telegram.parts import told
from filo.connectors.telegram.people import message_id, own_phone, person
from filo.core.text import UNREADABLE

CUSTOM, PAID = "\N{SPARKLES}", "\N{WHITE MEDIUM STAR}"
LONG_ID = "~"  # begins the data of a button whose id was too long for it
T = TypeVar("T")


@dataclass(slots=True, frozen=True)
class Place:
    """Which update we are in, and what the channel knows of itself."""

    update: str
    at: datetime
    bot: str  # our bot's user name

    def time(self, stamp: int) -> datetime:
        try:
            return from_epoch(stamp) if stamp > 0 else self.at
        except (ValueError, OverflowError, OSError):
            return self.at


def facts(request: Request) -> list[Fact]:
    """Everything one update tells."""
    digest = hashlib.sha256(request.body).hexdigest()[:32]
    try:
        values = wire.update(request.body)
    except UNREADABLE as why:
        return [Unknown(f"an update that cannot be read: {why}", digest)]
    update = bytes(values.pop("update_id", Raw(b"")))[:24].decode("ascii", "replace") or digest
    bot = request.settings.get("username", "").removeprefix("@").lower()
    place = Place(update, request.at, bot)
    return [fact for name, raw in values.items() for fact in _of_value(name, raw, place)]


def _of_value(name: str, raw: Raw, place: Place) -> list[Fact]:
    if name not in MEANINGS:
        return [Unknown(f"update of type {name}", f"update:{place.update}")]
    kind, meaning = MEANINGS[name]
    try:
        return meaning(msgspec.json.decode(raw, type=kind), place)
    except UNREADABLE as why:
        return [Unknown(f"{name} that cannot be read: {why}", f"update:{place.update}")]


# --- messages -------------------------------------------------------------


def _said(message: wire.Message, place: Place) -> list[Fact]:
    if strange := _strange(message, place):
        return [strange]
    bot = message.sender_business_bot
    if bot and place.bot and bot.username.lower() == place.bot:
        return []  # what we wrote ourselves comes back from a business chat
    parts, name = told(message), _id(message)
    if not parts:
        return [Unknown("message of a sort that we cannot read", name)]
    ours = _ours(message)
    return [
        Said(
            id=name,
            at=place.time(message.date),
            by=_by(message),
            parts=parts,
            answers=_answers(message),
            context=_context(message),
            automatic=message.text == "/start" or message.is_from_offline,
            ours=ours,
            app=(f"@{bot.username}" if bot else "Telegram") if ours else "",
        )
    ]


def _edited(message: wire.Message, place: Place) -> list[Fact]:
    if strange := _strange(message, place):
        return [strange]
    parts, name = told(message), _id(message)
    if not parts:
        return [Unknown("edited message of a sort that we cannot read", f"update:{place.update}")]
    at = place.time(message.edit_date)
    return [Edited(f"{name}/{place.update}", name, parts, at, _by(message))]


def _strange(message: wire.Message, place: Place) -> Unknown | None:
    if message.chat.type != "private":
        what = f"message in a {message.chat.type}: the bot answers persons only"
        return Unknown(what, f"update:{place.update}")
    if not message.message_id or not message.chat.id:
        return Unknown("message without a number or a person", f"update:{place.update}")
    return None


def _ours(message: wire.Message) -> bool:
    """In a business chat the owner's own words come too; a chat is called by its customer."""
    return bool(message.business_connection_id) and message.sender.id != message.chat.id


def _by(message: wire.Message) -> Handle:
    connection = message.business_connection_id
    if message.sender.id != message.chat.id:
        return person(message.chat, connection=connection)
    return person(message.sender, connection=connection, phone=own_phone(message))


def _id(message: wire.Message) -> str:
    connection = message.business_connection_id
    return message_id(message.message_id, chat=message.chat.id, connection=connection)


def _answers(message: wire.Message) -> str:
    number, connection = message.reply_to_message.message_id, message.business_connection_id
    return message_id(number, chat=message.chat.id, connection=connection) if number else ""


def _context(message: wire.Message) -> dict[str, str]:
    command, _, payload = message.text.partition(" ")
    origin = message.forward_origin
    found = {
        "referral": payload.strip() if command == "/start" else "",
        "forwarded": (origin.name or "true") if origin else "",
        "quote": message.quote.text,
        "album": message.media_group_id,
        "topic": str(message.message_thread_id) if message.is_topic_message else "",
        "live": "true" if message.location and message.location.live_period else "",
        "language": message.sender.language_code,
    }
    return {name: value for name, value in found.items() if value}


def _tapped(tap: wire.Callback, place: Place) -> list[Fact]:
    message = tap.message
    if not tap.id or not tap.sender.id or (message and message.chat.type != "private"):
        return [Unknown("a tap outside of a private chat", f"update:{place.update}")]
    connection = message.business_connection_id if message else ""
    words = _label(tap) or tap.data
    if not words:
        return [Unknown("a tap on a button without a meaning", f"update:{place.update}")]
    return [
        Said(
            id=f"tap/{tap.id}",
            at=place.at,
            by=person(tap.sender, connection=connection),
            parts=(Text(words),),
            answers=_id(message) if message and message.message_id else "",
            context={} if tap.data.startswith(LONG_ID) else {"choice": tap.data},
        )
    ]


def _label(tap: wire.Callback) -> str:
    """What stood on the button: Telegram tells its data alone, and the message it hangs on."""
    rows = tap.message.reply_markup.inline_keyboard if tap.message else []
    labels = (key.text for row in rows for key in row if key.callback_data == tap.data)
    return next(labels, "")


# --- what else happens ----------------------------------------------------


def _reacted(reaction: wire.Reaction, place: Place) -> list[Fact]:
    user = reaction.user
    if not user or not user.id or reaction.chat.type != "private" or not reaction.message_id:
        return [Unknown("a reaction without a person", f"update:{place.update}")]
    about = message_id(reaction.message_id, chat=reaction.chat.id)
    at = place.time(reaction.date)
    return [Reacted(f"{about}/{place.update}", about, _newest(reaction), at, person(user))]


def _newest(reaction: wire.Reaction) -> str:
    """The reaction that was added; else what is left of several; empty when none is."""
    old, new = map(_emojis, (reaction.old_reaction, reaction.new_reaction))
    added = [emoji for emoji in new if emoji not in old]
    return next(iter((added or new)[::-1]), "")


def _emojis(reactions: list[wire.Emoji]) -> list[str]:
    special = {"custom_emoji": CUSTOM, "paid": PAID}
    return [emoji for one in reactions if (emoji := special.get(one.type, one.emoji))]


def _membership(change: wire.Membership, place: Place) -> list[Fact]:
    """In a private chat, `kicked` means that the person has blocked the bot."""
    old, new = change.old_chat_member.status, change.new_chat_member.status
    if change.chat.type != "private" or not change.chat.id or "kicked" not in (old, new):
        return [Unknown(f"membership: {old or '?'} became {new or '?'}", f"update:{place.update}")]
    at, by = place.time(change.date), person(change.chat)
    return [OptedOut(f"{by.value}/{place.update}", by, at, back=new != "kicked")]


def _connected(connection: wire.Connection, place: Place) -> list[Fact]:
    holds = connection.is_enabled and (connection.rights.can_reply or connection.can_reply)
    missing = "may not reply" if connection.is_enabled else "disabled by its owner"
    return [
        Announced(
            id=f"{connection.id}/{place.update}",
            what="restored" if holds else "restricted",
            at=place.time(connection.date),
            name=f"{connection.user.name} ({connection.id})",
            detail="" if holds else f"The business connection is {missing}.",
        )
    ]


def _deleted(deleted: wire.Deleted, place: Place) -> list[Fact]:
    by = person(deleted.chat, connection=deleted.business_connection_id)
    names = [
        message_id(number, chat=deleted.chat.id, connection=deleted.business_connection_id)
        for number in deleted.message_ids
    ]
    return [Withdrew(f"{name}/withdrawn", name, place.at, by) for name in names]


MEANINGS: dict[str, tuple[type, Callable[[Any, Place], list[Fact]]]] = {
    "message": (wire.Message, _said),
    "edited_message": (wire.Message, _edited),
    "business_message": (wire.Message, _said),
    "edited_business_message": (wire.Message, _edited),
    "deleted_business_messages": (wire.Deleted, _deleted),
    "business_connection": (wire.Connection, _connected),
    "callback_query": (wire.Callback, _tapped),
    "message_reaction": (wire.Reaction, _reacted),
    "my_chat_member": (wire.Membership, _membership),
}
