"""What a visitor's browser may say, one JSON object a call."""

from __future__ import annotations

from datetime import datetime

import msgspec

from filo.channels.contract import (
    Contact,
    Fact,
    Handle,
    Location,
    Media,
    Moved,
    Reported,
    Said,
    State,
    Text,
    Typed,
    Unknown,
)
from filo.channels.kit import from_epoch
from filo.core.text import UNREADABLE

LONGEST_TEXT = 8000
MOST_PARTS = 12
MOST_REFS = 200
MOST_FIELDS = 40


class By(msgspec.Struct, frozen=True, omit_defaults=True):
    """The visitor behind a call, as `unseal` proved it."""

    space: str
    value: str
    name: str = ""
    also: tuple[tuple[str, str], ...] = ()

    @property
    def handle(self) -> Handle:
        return Handle(self.space, self.value, self.name, self.also)


class Send(msgspec.Struct, frozen=True, tag_field="cmd", tag="send"):
    """`at` is the browser's clock: the same words sent again must be the same words.

    `body` and `reply_to` are other names for `text` and `answers`.
    """

    client_id: str
    text: str = ""
    body: str = ""
    parts: tuple[Text | Media | Location | Contact, ...] = ()
    choice: str = ""
    answers: str = ""
    reply_to: str = ""
    page: str = ""
    at: float = 0.0
    form: str = ""
    fields: dict[str, str] = {}


class Typing(msgspec.Struct, frozen=True, tag_field="cmd", tag="typing"):
    on: bool = True


class Delivered(msgspec.Struct, frozen=True, tag_field="cmd", tag="delivered"):
    refs: tuple[str, ...] = ()
    up_to: str = ""


class Read(msgspec.Struct, frozen=True, tag_field="cmd", tag="read"):
    refs: tuple[str, ...] = ()
    up_to: str = ""


class Identify(msgspec.Struct, frozen=True, tag_field="cmd", tag="identify"):
    """Whom the token names stands beside the command, where `unseal` alone writes."""

    jwt: str


Command = Send | Typing | Delivered | Read | Identify


class Opened(msgspec.Struct, frozen=True):
    """A call once it is known to be theirs."""

    by: By
    command: msgspec.Raw
    proved: By | None = None  # by the token of an `identify`


def facts(command: Command, by: By, proved: By | None, at: datetime) -> list[Fact]:
    match command:
        case Send():
            return [_said(command, by, at)]
        case Typing(on):
            return [Typed(by.handle, at, on)]
        case Delivered(refs, up_to):
            return _reports((*refs, up_to), State.DELIVERED, by, at)
        case Read(refs, up_to):
            return _reports((*refs, up_to), State.READ, by, at)
        case Identify():
            return _moved(by, proved, at)


def _said(command: Send, by: By, at: datetime) -> Fact:
    id_ = f"{by.value}:{command.client_id}"
    words = command.text or command.body
    written = (Text(words[:LONGEST_TEXT]),) if words.strip() else ()
    parts = (*written, *(part for part in command.parts if _is_fit(part)))[:MOST_PARTS]
    if not command.client_id or not parts:
        return Unknown("an empty message, or one without a client id", id_)
    context = {"choice": command.choice, "page": command.page, **_filled_in(command)}
    return Said(
        id=id_,
        at=_moment(command.at, at),
        by=by.handle,
        parts=parts,
        answers=command.answers or command.reply_to,
        client_id=command.client_id[:100],
        context={name: text[:500] for name, text in context.items() if text},
    )


def _filled_in(command: Send) -> dict[str, str]:
    """The answers of a form, by the names of its fields."""
    if not command.form:
        return {}
    answers = list(command.fields.items())[:MOST_FIELDS]
    return {"form": command.form} | {f"form.{name[:60]}": told for name, told in answers}


def _is_fit(part: Text | Media | Location | Contact) -> bool:
    """Files come by our own upload door: an address that a visitor wrote is never fetched."""
    match part:
        case Media():
            return bool(part.attachment) and not part.url and not part.ref
        case Text(text):
            return bool(text.strip()) and len(text) <= LONGEST_TEXT
    return True


def _moment(given: float, at: datetime) -> datetime:
    if not 0 < given / 1000 <= at.timestamp():
        return at
    return from_epoch(given / 1000)


def _reports(refs: tuple[str, ...], state: State, by: By, at: datetime) -> list[Fact]:
    return [Reported(ref, state, at, recipient=by.value) for ref in refs[:MOST_REFS] if ref]


def _moved(by: By, proved: By | None, at: datetime) -> list[Fact]:
    """Who was nobody has logged in: the thread goes on under their name, never the reverse."""
    if proved is None or proved.value == by.value:
        return []
    return [Moved(f"{by.value}>{proved.value}", by.handle, proved.handle, at)]


def opened(body: bytes) -> Opened | None:
    try:
        return msgspec.json.decode(body, type=Opened)
    except UNREADABLE:
        return None
