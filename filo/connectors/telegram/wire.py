"""Telegram's JSON as types: every field may be missing, and what we do not use is not read.

Field names are Telegram's (Bot API 10.0). An update is kept as raw values by name, so that an
update of a sort we do not know is told by its name.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Raw, Struct, field

from filo.core.text import UNREADABLE


class User(Struct):
    id: int = 0
    is_bot: bool = False
    first_name: str = ""
    last_name: str = ""
    username: str = ""
    language_code: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.username


class Chat(Struct):
    id: int = 0
    type: str = "private"
    first_name: str = ""
    last_name: str = ""
    title: str = ""
    username: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.title or self.username


class Entity(Struct):
    type: str = ""
    offset: int = 0  # in UTF-16 code units
    length: int = 0
    url: str = ""


class File(Struct):
    """A photo's size, a document, a voice note, …: all have the same fields."""

    file_id: str = ""
    file_name: str = ""
    mime_type: str = ""
    file_size: int = 0
    file_path: str = ""
    emoji: str = ""
    is_animated: bool = False
    is_video: bool = False


class Location(Struct):
    latitude: float | None = None
    longitude: float | None = None
    live_period: int = 0


class Venue(Struct):
    location: Location = field(default_factory=Location)
    title: str = ""
    address: str = ""


class Contact(Struct):
    phone_number: str = ""
    first_name: str = ""
    last_name: str = ""
    user_id: int = 0


class PollOption(Struct):
    text: str = ""


class Poll(Struct):
    question: str = ""
    options: list[PollOption] = []


class Dice(Struct):
    emoji: str = ""
    value: int = 0


class MiniAppWords(Struct):
    data: str = ""
    button_text: str = ""


class Paid(Struct):
    currency: str = ""
    total_amount: int = 0
    invoice_payload: str = ""


class Shared(Struct):
    """What a person chose to share of others: only how many."""

    users: list[Any] = []


class Quote(Struct):
    text: str = ""


class Origin(Struct):
    """Who wrote what was forwarded; which fields are there depends on the type."""

    type: str = ""
    sender_user: User = field(default_factory=User)
    sender_user_name: str = ""
    sender_chat: Chat = field(default_factory=Chat)
    chat: Chat = field(default_factory=Chat)

    @property
    def name(self) -> str:
        return (
            self.sender_user.name or self.sender_user_name or self.sender_chat.name
        ) or self.chat.name


class Button(Struct):
    text: str = ""
    callback_data: str = ""


class Markup(Struct):
    inline_keyboard: list[list[Button]] = []


class Above(Struct):
    """The message that this one answers."""

    message_id: int = 0


class Message(Struct):
    message_id: int = 0
    date: int = 0
    edit_date: int = 0
    chat: Chat = field(default_factory=Chat)
    sender: User = field(name="from", default_factory=User)
    business_connection_id: str = ""
    sender_business_bot: User | None = None
    text: str = ""
    entities: list[Entity] = []
    caption: str = ""
    caption_entities: list[Entity] = []
    photo: list[File] = []
    document: File | None = None
    voice: File | None = None
    audio: File | None = None
    video: File | None = None
    video_note: File | None = None
    animation: File | None = None
    sticker: File | None = None
    location: Location | None = None
    venue: Venue | None = None
    contact: Contact | None = None
    poll: Poll | None = None
    dice: Dice | None = None
    story: dict[str, Any] | None = None
    web_app_data: MiniAppWords | None = None
    users_shared: Shared | None = None
    successful_payment: Paid | None = None
    write_access_allowed: dict[str, Any] | None = None
    reply_to_message: Above = field(default_factory=Above)
    external_reply: dict[str, Any] | None = None
    quote: Quote = field(default_factory=Quote)
    forward_origin: Origin | None = None
    media_group_id: str = ""
    message_thread_id: int = 0
    is_topic_message: bool = False
    is_from_offline: bool = False
    reply_markup: Markup = field(default_factory=Markup)


class Callback(Struct):
    """A tap on a button. `message` may be one that can no longer be seen (`date` is 0)."""

    id: str = ""
    sender: User = field(name="from", default_factory=User)
    message: Message | None = None
    data: str = ""


class Emoji(Struct):
    type: str = ""
    emoji: str = ""


class Reaction(Struct):
    chat: Chat = field(default_factory=Chat)
    message_id: int = 0
    user: User | None = None
    date: int = 0
    old_reaction: list[Emoji] = []
    new_reaction: list[Emoji] = []


class Status(Struct):
    status: str = ""


class Membership(Struct):
    chat: Chat = field(default_factory=Chat)
    sender: User = field(name="from", default_factory=User)
    date: int = 0
    old_chat_member: Status = field(default_factory=Status)
    new_chat_member: Status = field(default_factory=Status)


class Rights(Struct):
    can_reply: bool = False


class Connection(Struct):
    """The chats of a Telegram Business account that its owner gave to the bot."""

    id: str = ""
    user: User = field(default_factory=User)
    date: int = 0
    is_enabled: bool = False
    can_reply: bool = False  # before Bot API 9.0
    rights: Rights = field(default_factory=Rights)


class Deleted(Struct):
    business_connection_id: str = ""
    chat: Chat = field(default_factory=Chat)
    message_ids: list[int] = []


class _Id(Struct):
    id: int = 0


class _Who(Struct):
    chat: _Id = field(default_factory=_Id)
    sender: _Id = field(name="from", default_factory=_Id)


_update = msgspec.json.Decoder(dict[str, Raw])
_who = msgspec.json.Decoder(_Who)


def update(body: bytes) -> dict[str, Raw]:
    return _update.decode(body)


def first_person(body: bytes) -> str:
    """Whose turn it is: a private chat has the number of its person."""
    try:
        values = [raw for name, raw in update(body).items() if name != "update_id"]
        found = _who.decode(values[0]) if values else _Who()
    except UNREADABLE:
        return ""
    number = found.chat.id or found.sender.id
    return str(number) if number else ""


class _TapId(Struct):
    id: str = ""


class _Tap(Struct):
    callback_query: _TapId | None = None


_tap = msgspec.json.Decoder(_Tap)


def tap_of(body: bytes) -> str:
    """The id of the tap that this update tells; empty for any other."""
    try:
        found = _tap.decode(body).callback_query
    except UNREADABLE:
        return ""
    return found.id if found else ""
