"""From our parts to the body of `POST /{phone_number_id}/messages`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from msgspec import structs

from filo.channels.contract import (
    Choice,
    Contact,
    Envelope,
    Failed,
    Handle,
    Location,
    Media,
    Native,
    Option,
    Reason,
    RichCard,
    Spoken,
    Template,
    Text,
)
from filo.connectors._meta import templates
from filo.connectors.whatsapp.people import PHONE

MOST_BUTTONS = 3
MOST_REF = 512
MIB = 1024 * 1024
MENU = {"it": "Scegli", "en": "Choose"}
# What is shown in place; everything else, and what is too large for it, travels as a document.
SHOWN = {
    "image/jpeg": ("image", 5 * MIB),
    "image/png": ("image", 5 * MIB),
    "video/mp4": ("video", 16 * MIB),
    "video/3gpp": ("video", 16 * MIB),
    "audio/aac": ("audio", 16 * MIB),
    "audio/amr": ("audio", 16 * MIB),
    "audio/mpeg": ("audio", 16 * MIB),
    "audio/mp4": ("audio", 16 * MIB),
    "audio/ogg": ("audio", 16 * MIB),
}
STICKER = 500 * 1024
# What WhatsApp alone can ask, by Meta's names; the action, where it needs nothing of ours.
NATIVE: dict[str, dict[str, Any] | None] = {
    "location_request_message": {"name": "send_location"},
    "call_permission_request": {"name": "call_permission_request"},
    "voice_call": {"name": "voice_call"},
    "flow": None,
    "cta_url": None,
    "address_message": None,
    "order_details": None,
    "order_status": None,
    "product": None,
    "product_list": None,
    "catalog_message": None,
}
_ADDRESS = re.compile(r"https?://")


def message(to: Handle, part: Spoken, envelope: Envelope, *, media_id: str = "") -> dict[str, Any]:
    """The whole body for one part; `media_id` is the file that was uploaded for it."""
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **recipient(to),
        **({"context": {"message_id": envelope.answers}} if envelope.answers else {}),
        "biz_opaque_callback_data": envelope.ref[:MOST_REF],
        **_content(part, envelope, media_id),
    }


def recipient(to: Handle) -> dict[str, str]:
    # Without the plus Meta would put our own country code in front.
    return {"to": to.value} if to.space == PHONE else {"recipient": to.value}


def read_receipt(message: str, *, typing: bool) -> dict[str, Any]:
    """Marks this message and all before it as read; the typing mark lasts 25 s or until we send."""
    told = {"messaging_product": "whatsapp", "status": "read", "message_id": message}
    return told | ({"typing_indicator": {"type": "text"}} if typing else {})


def _content(part: Spoken, envelope: Envelope, media_id: str) -> dict[str, Any]:
    match part:
        case Text():
            return {"type": "text", "text": _text(part)}
        case Media():
            kind = kind_of(part)
            return {"type": kind, kind: _media(part, kind, media_id)}
        case Choice() | RichCard() | Native():
            return _asked(part, envelope, media_id)
        case Location() | Contact():
            return _where_or_who(part)
        case Template():
            return _template(part, media_id)
        case _:
            raise Failed(Reason.OTHER, f"WhatsApp knows no {type(part).__name__}")


def _asked(part: Choice | RichCard | Native, envelope: Envelope, media_id: str) -> dict[str, Any]:
    match part:
        case Choice():
            return {"type": "interactive", "interactive": _question(part, envelope.language)}
        case RichCard():
            return _card(part, media_id)
        case Native():
            return _native(part)


def _where_or_who(part: Location | Contact) -> dict[str, Any]:
    if isinstance(part, Location):
        return {"type": "location", "location": _location(part)}
    return {"type": "contacts", "contacts": [_contact(part)]}


def _template(part: Template, media_id: str) -> dict[str, Any]:
    kind = kind_of(part.header) if part.header else ""
    return {"type": "template", "template": templates.content(part, media_id=media_id, kind=kind)}


def _text(text: Text) -> dict[str, Any]:
    return {"body": text.text, "preview_url": bool(_ADDRESS.search(text.text))}


def file_of(part: Spoken) -> Media | None:
    """The one file that a part travels with."""
    match part:
        case Media():
            return part
        case RichCard(image=image):
            return image
        case Template(header=header):
            return header
        case _:
            return None


def kind_of(media: Media) -> str:
    """How a file is sent: in place where WhatsApp can show it, else as a document."""
    if media.sticker and media.mime == "image/webp" and media.size <= STICKER:
        return "sticker"
    kind, limit = SHOWN.get(media.mime.partition(";")[0].strip().lower(), ("document", 0))
    return kind if media.size <= limit else "document"


def _media(media: Media, kind: str, media_id: str) -> dict[str, Any]:
    if not media_id and not media.url:
        raise Failed(Reason.OTHER, "the file is neither here nor at an address")
    body: dict[str, Any] = {"id": media_id} if media_id else {"link": media.url}
    if kind == "sticker":
        return body
    if kind == "audio":
        return body | ({"voice": True} if media.voice else {})
    if media.caption:
        body["caption"] = media.caption
    if kind == "document" and media.name:
        body["filename"] = media.name
    return body


def _question(choice: Choice, language: str) -> dict[str, Any]:
    hinted = any(option.hint for option in choice.options)
    as_buttons = len(choice.options) <= MOST_BUTTONS and not hinted and not choice.button
    return {
        "type": "button" if as_buttons else "list",
        "body": {"text": choice.text},
        "action": _buttons(choice.options) if as_buttons else _list(choice, language),
    }


def _buttons(options: Sequence[Option]) -> dict[str, Any]:
    return {
        "buttons": [
            {"type": "reply", "reply": {"id": option.id, "title": option.label}}
            for option in options
        ]
    }


def _list(choice: Choice, language: str) -> dict[str, Any]:
    rows = [
        {"id": option.id, "title": option.label}
        | ({"description": option.hint} if option.hint else {})
        for option in choice.options
    ]
    button = choice.button or MENU.get(language.partition("-")[0], MENU["en"])
    return {"button": button[:20], "sections": [{"title": button[:24], "rows": rows}]}


# --- cards, and what is WhatsApp's alone ----------------------------------


def _card(card: RichCard, media_id: str) -> dict[str, Any]:
    """A question below a picture; without answers a picture with its words."""
    words = "\n".join(filter(None, [card.title, card.text]))
    if not card.options and card.image:
        image = structs.replace(card.image, caption=words)
        kind = kind_of(image)
        return {"type": kind, kind: _media(image, kind, media_id)}
    if not card.options:
        return {"type": "text", "text": _text(Text(words))}
    asked = {
        "type": "button",
        **_header(card.image, media_id),
        "body": {"text": words},
        "action": _buttons(card.options),
    }
    return {"type": "interactive", "interactive": asked}


def _header(image: Media | None, media_id: str) -> dict[str, Any]:
    if image is None:
        return {}
    kind = kind_of(image)
    header: dict[str, Any] = {"type": kind}
    header[kind] = _media(structs.replace(image, caption=""), kind, media_id)
    return {"header": header}


def _native(part: Native) -> dict[str, Any]:
    """A question in Meta's own form: `payload` holds its `action`, `header` and `footer`."""
    action = part.payload.get("action") or NATIVE.get(part.kind)
    if part.kind in NATIVE and action:
        asked: dict[str, Any] = {"type": part.kind, "body": {"text": part.text or "…"}}
        asked |= {name: part.payload[name] for name in ("header", "footer") if name in part.payload}
        asked["action"] = action
        return {"type": "interactive", "interactive": asked}
    if not part.text:
        raise Failed(Reason.OTHER, f"WhatsApp knows no {part.kind}")
    return {"type": "text", "text": _text(Text(part.text))}


def _location(location: Location) -> dict[str, Any]:
    return {
        "latitude": location.latitude,
        "longitude": location.longitude,
        **({"name": location.name} if location.name else {}),
        **({"address": location.address} if location.address else {}),
    }


def _contact(contact: Contact) -> dict[str, Any]:
    first = contact.name.partition(" ")[0]
    return {
        "name": {"formatted_name": contact.name, "first_name": first},
        "phones": [{"phone": phone, "type": "CELL"} for phone in contact.phones],
        "emails": [{"email": email, "type": "WORK"} for email in contact.emails],
    }
