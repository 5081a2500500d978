"""What a customer can do on the phone, and how Meta writes it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from filo.emulators.web import Answer, Refused
from filo.emulators.world import File, Number, Person, World


class Picture(msgspec.Struct):
    mime: str
    base64: str
    caption: str = ""
    name: str = ""
    voice: bool = False


class About(msgspec.Struct):
    """A reaction, an edit or a revocation: of which message, and what."""

    message: str
    emoji: str = ""
    text: str = ""


class Press(msgspec.Struct):
    message: str
    option: str


class Play(msgspec.Struct):
    """What a customer does."""

    text: str = ""
    media: Picture | None = None
    location: dict[str, Any] | None = None
    contact: dict[str, Any] | None = None
    reaction: About | None = None
    edit: About | None = None
    revoke: About | None = None
    press: Press | None = None
    raw: dict[str, Any] | None = None  # any other type, as Meta writes it
    reply_to: str = ""
    name: str = ""
    identity: Literal["both", "phone", "bsuid", "in_from"] = "both"


def content_of(play: Play, number: Number, world: World) -> dict[str, Any]:
    """The type, its object and its context, as Meta writes them."""
    found = _said(play, number, world)
    if play.reply_to:
        found["context"] = {"from": number.display, "id": play.reply_to}
    return found


def _said(play: Play, number: Number, world: World) -> dict[str, Any]:
    for name, told in SAYINGS.items():
        if given := getattr(play, name):
            return told(given, number, world)
    raise Refused(Answer.json({"error": "nothing to say"}, status=400))


def _text(text: str, *_: object) -> dict[str, Any]:
    return {"type": "text", "text": {"body": text}}


def _reaction(about: About, *_: object) -> dict[str, Any]:
    emoji = {"emoji": about.emoji} if about.emoji else {}
    return {"type": "reaction", "reaction": {"message_id": about.message, **emoji}}


def _edit(about: About, *_: object) -> dict[str, Any]:
    edit = {"original_message_id": about.message, "message": _text(about.text)}
    return {"type": "edit", "edit": edit}


def _revoke(about: About, *_: object) -> dict[str, Any]:
    return {"type": "revoke", "revoke": {"original_message_id": about.message}}


def _location(place: dict[str, Any], *_: object) -> dict[str, Any]:
    return {"type": "location", "location": place}


def _contact(card: dict[str, Any], *_: object) -> dict[str, Any]:
    return {"type": "contacts", "contacts": [card]}


def _raw(raw: dict[str, Any], *_: object) -> dict[str, Any]:
    if raw.get("type") not in raw:
        raise Refused(Answer.json({"error": "raw: the object of its type is missing"}, status=400))
    return raw


def _picture(picture: Picture, _: Number, world: World) -> dict[str, Any]:
    try:
        body = base64.b64decode(picture.base64, validate=True)
    except binascii.Error as why:
        raise Refused(Answer.json({"error": "media.base64 is not base64"}, status=400)) from why
    file = File(world.new_id("8"), picture.mime, body, picture.name)
    world.files[file.id] = file
    kind = picture.mime.partition("/")[0]
    kind = kind if kind in ("image", "video", "audio") else "document"
    # In webhooks the hash is base64, at the download it is hex.
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    told: dict[str, Any] = {"id": file.id, "mime_type": picture.mime, "sha256": digest}
    told |= {"caption": picture.caption} if picture.caption and kind != "audio" else {}
    told |= {"filename": picture.name} if picture.name and kind == "document" else {}
    told |= {"voice": picture.voice} if kind == "audio" else {}
    return {"type": kind, kind: told}


def _pressed(press: Press, number: Number, world: World) -> dict[str, Any]:
    line = world.line(number.phone_number_id, press.message)
    if line is None or line.type not in {"interactive", "template"}:
        raise Refused(Answer.json({"error": "no such question"}, status=404))
    context = {"from": number.display, "id": line.id}
    for kind, option in options_of(line.content):
        if option["id"] == press.option:
            if kind == "button":
                pressed = {"payload": option["id"], "text": option["title"]}
                return {"type": kind, kind: pressed, "context": context}
            said = {"type": kind, kind: option}
            return {"type": "interactive", "interactive": said, "context": context}
    raise Refused(Answer.json({"error": "no such answer"}, status=404))


def options_of(question: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    if "pressed" in question:  # the quick replies of a template
        return [("button", {"id": words, "title": words}) for words in question["pressed"]]
    action = question.get("action", {})
    buttons = [("button_reply", each["reply"]) for each in action.get("buttons", [])]
    sections = action.get("sections", [])
    return buttons + [("list_reply", row) for one in sections for row in one.get("rows", [])]


def sender(person: Person, identity: str) -> dict[str, str]:
    return {
        "both": {"from": person.phone, "from_user_id": person.bsuid},
        "phone": {"from": person.phone},
        "bsuid": {"from_user_id": person.bsuid},
        "in_from": {"from": person.bsuid},
    }[identity]


SAYINGS: dict[str, Callable[[Any, Number, World], dict[str, Any]]] = {
    "media": _picture,
    "press": _pressed,
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "location": _location,
    "contact": _contact,
    "raw": _raw,
    "text": _text,
}
