"""Apple's JSON as types: every field may be missing, and some have two spellings."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct, field

from filo.core.text import UNREADABLE


class Attachment(Struct, rename="kebab"):
    """A file: where it rests, whose it is, and its key. Both spellings of each name come."""

    name: str = ""
    mime_type: str = ""
    mime: str = field(name="mimeType", default="")
    size: str | int = 0
    url: str = ""
    mmcs_url: str = ""
    owner: str = ""
    mmcs_owner: str = ""
    key: str = ""
    signature: str = ""
    signature_base64: str = ""
    title: str = ""

    @property
    def length(self) -> int:
        text = str(self.size)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 15 else 0


class Item(Struct):
    identifier: str = ""
    title: str = ""
    value: str = ""


class Section(Struct):
    items: list[Item] = []


class Picked(Struct):
    sections: list[Section] = []


class Slot(Struct, rename="camel"):
    identifier: str = ""
    start_time: str = ""


class Event(Struct):
    title: str = ""
    timeslots: list[Slot] = []


class Timed(Struct):
    event: Event = field(default_factory=Event)


class Quick(Struct, rename="camel"):
    selected_index: int = -1
    selected_identifier: str = ""
    items: list[Item] = []


class Answered(Struct, rename="camel"):
    title: str = ""
    page_identifier: str = ""
    items: list[Item] = []


class Dynamic(Struct):
    template: str = ""
    selections: list[Answered] = []


class Words(Struct):
    title: str = ""
    subtitle: str = ""


class Answer(Struct, rename="camel"):
    """What was picked; exactly one of the kinds is set."""

    request_identifier: str = ""
    list_picker: Picked | None = None
    event: Event | None = None
    time_picker: Timed | None = None
    quick: Quick | None = field(name="quick-reply", default=None)
    dynamic: Dynamic | None = None
    authenticate: dict[str, Any] | None = None
    payment: dict[str, Any] | None = None
    reply_message: Words = field(default_factory=Words)


class Interactive(Struct):
    answer: Answer = field(name="data", default_factory=Answer)
    reply_message: Words = field(name="replyMessage", default_factory=Words)
    objects: list[Any] = field(name="$objects", default_factory=list)


class Message(Struct, rename="camel"):
    type: str = ""
    id: str = ""
    source_id: str = ""
    destination_id: str = ""
    body: str = ""
    attachments: list[Attachment] = []
    interactive: Interactive | None = field(name="interactiveData", default=None)
    interactive_ref: Attachment | None = field(name="interactiveDataRef", default=None)
    intent: str = ""
    group: str = ""
    locale: str = ""
    reply_to_message_id: str = ""


message = msgspec.json.Decoder(Message)


class _From(Struct):
    source_id: str = field(name="sourceId", default="")


_from = msgspec.json.Decoder(_From)


def first_person(body: bytes) -> str:
    try:
        return _from.decode(body).source_id
    except UNREADABLE:
        return ""
