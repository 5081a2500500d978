"""From Apple's call to facts: one message a call."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs

import msgspec

from filo.channels.contract import (
    Fact,
    Handle,
    Media,
    Native,
    OptedOut,
    Part,
    Request,
    Said,
    Text,
    Typed,
    Unknown,
)
from filo.channels.kit import short_moment, tapback
from filo.connectors.apple import wire
from filo.core.text import UNREADABLE

PLACE_OF_FILE = "\ufffc"
FORM = "form:"  # begins the reference of a form, so that its answer names it


@dataclass(slots=True)
class Told:
    parts: tuple[Part, ...]
    context: dict[str, str] = field(default_factory=dict)
    automatic: bool = False


def facts(request: Request) -> list[Fact]:
    digest = hashlib.sha256(request.body).hexdigest()[:32]
    try:
        message = wire.message.decode(request.body)
    except UNREADABLE as why:
        return [Unknown(f"a call that cannot be read: {why}", digest)]
    business = request.settings.get("business_id", "")
    to = "" if message.destination_id == business else message.destination_id
    if not message.source_id:
        return [Unknown(f"{message.type or '?'} of nobody", message.id or digest, to)]
    by = Handle(f"apple:{message.destination_id or business}", message.source_id)
    name = message.id or digest
    match message.type:
        case "typing_start" | "typing_end":
            return [Typed(by, request.at, on=message.type == "typing_start", to=to)]
        case "close":
            return [OptedOut(name, by, request.at, to=to)]
        case "text" | "interactive":
            return [_said(message, by, name, to, request)]
        case _:
            return [Unknown(f"message of type {message.type or '?'}", name, to)]


def _said(message: wire.Message, by: Handle, name: str, to: str, request: Request) -> Fact:
    found = _interactive(message) if message.type == "interactive" else _text(message)
    if not found.parts:
        return Unknown(f"{message.type} that says nothing", name, to)
    # What their device can show; `capability-list` comes in any case.
    able = request.headers.get("capability-list", "").upper().replace(" ", "")
    around = {
        "referral": message.intent,
        "referral_group": message.group,
        "language": message.locale,
        "capabilities": able,
    }
    return Said(
        id=name,
        at=request.at,
        by=by,
        parts=found.parts,
        to=to,
        answers=message.reply_to_message_id,
        context=found.context | {key: value for key, value in around.items() if value},
        automatic=found.automatic,
    )


# --- text and files -------------------------------------------------------


def _text(message: wire.Message) -> Told:
    if (reaction := tapback(message.body)) and not message.attachments:
        return Told((Text(message.body),), reaction, automatic=True)
    pieces = message.body.split(PLACE_OF_FILE)
    files = [_file(one) for one in message.attachments]
    parts: list[Part] = []
    for n, piece in enumerate(pieces):
        parts += [Text(piece.strip())] if piece.strip() else []
        parts += [file] if n < len(files) and n < len(pieces) - 1 and (file := files[n]) else []
    parts += [file for file in files[len(pieces) - 1 :] if file]
    return Told(tuple(parts))


def _file(one: wire.Attachment) -> Media | None:
    """Where it rests travels in its reference: asking for it needs all of that."""
    ref = Resting(
        url=one.url or one.mmcs_url,
        owner=one.owner or one.mmcs_owner,
        key=one.key,
        signature=one.signature,
        mark=one.signature_base64,
    )
    if not ref.url:
        return None
    return Media(
        mime=one.mime or one.mime_type or "application/octet-stream",
        name=one.name or one.title,
        ref=msgspec.json.encode(ref).decode(),
        size=one.length,
    )


class Resting(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a file of Apple's rests, and how it is opened."""

    url: str = ""
    owner: str = ""
    key: str = ""
    signature: str = ""  # hex
    mark: str = ""  # the same in base64


# --- what was picked ------------------------------------------------------


def _interactive(message: wire.Message) -> Told:
    if message.interactive:
        told = _picked(message.interactive, message.locale)
        if told.parts:
            return told
    rests = message.interactive_ref
    file = _file(rests) if rests else None
    if not rests or not file:
        return Told(())
    # Over 10 kB the answer rests with Apple, for seconds: it is fetched like a file. Its title
    # comes with the call, and is the answer as the customer sees it.
    parts: tuple[Part, ...] = (Text(rests.title), file) if rests.title else (file,)
    return Told(parts, {"large": "true"})


def _picked(interactive: wire.Interactive, locale: str) -> Told:
    answer = interactive.answer
    ready = (_listed(answer), _timed(answer, locale), _quick(answer), _form(answer), _else(answer))
    if found := next(filter(None, ready), None):
        return found
    told = answer.reply_message if answer.reply_message.title else interactive.reply_message
    words = "\n".join(filter(None, [told.title, told.subtitle])) or _archived(interactive.objects)
    return Told((Text(words),)) if words else Told(())


def _listed(answer: wire.Answer) -> Told | None:
    if not answer.list_picker:
        return None
    return _chosen([item for part in answer.list_picker.sections for item in part.items])


def _chosen(items: list[wire.Item]) -> Told | None:
    words = ", ".join(item.title or item.identifier for item in items)
    choice = ",".join(item.identifier for item in items)
    return Told((Text(words),), {"choice": choice}) if words else None


def _timed(answer: wire.Answer, locale: str) -> Told | None:
    """Newer phones name the event beside the rest, older ones inside a picker."""
    event = answer.event or (answer.time_picker.event if answer.time_picker else None)
    slots = event.timeslots if event else []
    if not slots:
        return None
    words = _moment(slots[0].start_time, locale) or slots[0].identifier
    return Told((Text(words),), {"choice": slots[0].identifier}) if words else None


def _moment(start: str, locale: str) -> str:
    """`2026-05-26T08:27+0000` as people write it."""
    try:
        return short_moment(datetime.fromisoformat(start), locale[:2])
    except ValueError:
        return start


def _quick(answer: wire.Answer) -> Told | None:
    quick = answer.quick
    if not quick:
        return None
    if 0 <= quick.selected_index < len(quick.items):
        return _chosen([quick.items[quick.selected_index]])
    return _chosen([one for one in quick.items if one.identifier == quick.selected_identifier])


def _form(answer: wire.Answer) -> Told | None:
    if not answer.dynamic or not answer.dynamic.selections:
        return None
    lines, context = [], {}
    for page in answer.dynamic.selections:
        given = ", ".join(item.value or item.title for item in page.items)
        lines.append(f"{page.title}: {given}")
        context[f"form.{page.page_identifier or page.title}"] = given
    named, _, id_ = answer.request_identifier.rpartition("#")[0].partition(FORM)
    return Told((Text("\n".join(lines)),), {"form": id_ or named or "?", **context})


def _else(answer: wire.Answer) -> Told | None:
    if answer.authenticate is not None:
        return Told(
            (Native("authenticate", "Signed in", dict(answer.authenticate)),), automatic=True
        )
    if answer.payment is not None:
        return Told((Native("payment", "Apple Pay", dict(answer.payment)),), automatic=True)
    return None


def _archived(objects: list[object]) -> str:
    """Some phones answer with an archive: an address in it holds the words, in base64."""
    for one in objects:
        if isinstance(one, str) and "replyMessage=" in one:
            coded = parse_qs(one.partition("?")[2]).get("replyMessage", [""])[0].replace(" ", "+")
            try:
                words = msgspec.json.decode(base64.b64decode(coded), type=wire.Words)
            except (*UNREADABLE, binascii.Error, ValueError):
                return ""
            return "\n".join(filter(None, [words.title, words.subtitle]))
    return ""
