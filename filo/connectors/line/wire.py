"""LINE's JSON as types: every field may be missing, and what we do not use is not read.

Events stay raw inside their call, so that one that cannot be read does not spoil its neighbours.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Raw, Struct, field

from filo.core.text import UNREADABLE


class Callback(Struct):
    destination: str = ""
    events: list[Raw] = []


class Source(Struct):
    type: str = ""
    user_id: str = field(name="userId", default="")


class Again(Struct):
    redelivered: bool = field(name="isRedelivery", default=False)


class Provider(Struct):
    """Where a picture's bytes are: with LINE, or at an address of somebody else."""

    type: str = ""
    address: str = field(name="originalContentUrl", default="")


class ImageSet(Struct):
    id: str = ""


class Message(Struct, rename="camel"):
    id: str = ""
    type: str = ""
    text: str = ""
    quoted_message_id: str = ""
    quote_token: str = ""
    content_provider: Provider = field(default_factory=Provider)
    image_set: ImageSet = field(default_factory=ImageSet)
    file_name: str = ""
    file_size: int = 0
    title: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    sticker_id: str = ""
    keywords: list[str] = []


class Unsend(Struct, rename="camel"):
    message_id: str = ""


class Postback(Struct):
    data: str = ""
    params: dict[str, Any] = {}


class Linked(Struct):
    result: str = ""
    nonce: str = ""


class Beacon(Struct):
    type: str = ""
    hwid: str = ""


class Membership(Struct, rename="camel"):
    type: str = ""
    membership_id: int = 0
    join_count: int = 0


class Delivered(Struct):
    data: str = ""


class Event(Struct, rename="camel"):
    type: str = ""
    mode: str = ""
    timestamp: int = 0  # milliseconds
    source: Source = field(default_factory=Source)
    webhook_event_id: str = ""
    delivery_context: Again = field(default_factory=Again)
    message: Message = field(default_factory=Message)
    unsend: Unsend = field(default_factory=Unsend)
    postback: Postback = field(default_factory=Postback)
    link: Linked = field(default_factory=Linked)
    delivery: Delivered = field(default_factory=Delivered)
    beacon: Beacon = field(default_factory=Beacon)
    membership: Membership = field(default_factory=Membership)


callback = msgspec.json.Decoder(Callback)
event = msgspec.json.Decoder(Event)


class _Sender(Struct):
    source: Source = field(default_factory=Source)


class _Senders(Struct):
    events: list[_Sender] = []


_senders = msgspec.json.Decoder(_Senders)


def first_person(body: bytes) -> str:
    try:
        events = _senders.decode(body).events
    except UNREADABLE:
        return ""
    return next((one.source.user_id for one in events if one.source.user_id), "")
