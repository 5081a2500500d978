"""Viber's JSON as types: every field may be missing, and what we do not use is not read.

A message token is larger than 2^53: here it is a whole number, in our facts a text.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct, field

from filo.core.text import UNREADABLE


class Person(Struct):
    id: str = ""
    name: str = ""
    avatar: str | None = None
    language: str | None = None


class Contact(Struct):
    name: str | None = None
    phone_number: str = ""


class Location(Struct):
    lat: float | None = None
    lon: float | None = None


class Message(Struct):
    type: str = ""
    text: str | None = None
    media: str | None = None
    file_name: str | None = None
    size: int | None = None
    contact: Contact | None = None
    location: Location | None = None
    sticker_id: int | str | None = None
    tracking_data: str | None = None


class Event(Struct):
    event: str = ""
    timestamp: int = 0  # milliseconds
    message_token: int = 0
    sender: Person = field(default_factory=Person)
    user: Person = field(default_factory=Person)
    user_id: str = ""
    message: Message = field(default_factory=Message)
    context: str | None = None
    subscribed: bool = False
    desc: str = ""
    chat_id: str | None = None

    @property
    def who(self) -> str:
        return self.sender.id or self.user.id or self.user_id


class _Who(Struct):
    id: str = ""


class _Look(Struct):
    event: str = ""
    sender: _Who = field(default_factory=_Who)
    user: _Who = field(default_factory=_Who)
    user_id: str = ""
    subscribed: bool = False


event = msgspec.json.Decoder(Event)
_look = msgspec.json.Decoder(_Look)


def first_person(body: bytes) -> str:
    try:
        found = _look.decode(body)
    except UNREADABLE:
        return ""
    return found.sender.id or found.user.id or found.user_id


def opens(body: bytes) -> bool:
    """Somebody new has opened our chat, and may be welcomed."""
    try:
        found = _look.decode(body)
    except UNREADABLE:
        return False
    return found.event == "conversation_started" and not found.subscribed
