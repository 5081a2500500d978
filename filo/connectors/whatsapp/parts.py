"""What a WhatsApp message says, in our parts: one small reader for each type."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from filo.channels.contract import Contact, Location, Media, Native, Part, Text
from filo.connectors.whatsapp import wire
from filo.core.text import UNREADABLE

MOST_NESTED = 300  # deeper than any form: what no later reader could walk down is words to us
FLOW = "flow_token"  # by which whoever sent the flow knows its answer


@dataclass(slots=True)
class Told:
    """The parts of a message, and the small facts around them."""

    parts: tuple[Part, ...]
    context: dict[str, str] = field(default_factory=dict)
    automatic: bool = False


def told(message: wire.Message) -> Told | None:
    """What a message says; None when its type is new to us or its object is missing."""
    read = READERS.get(message.type)
    found = read(message) if read else None
    if found:
        found.context |= _circumstances(message)
    return found


# --- one reader for each type ---------------------------------------------


def _text(message: wire.Message) -> Told | None:
    return Told((Text(message.text.body),)) if message.text and message.text.body else None


def _file(message: wire.Message) -> Told | None:
    file: wire.File | None = getattr(message, message.type)
    if not file or not file.id:
        return None
    media = Media(
        mime=file.mime_type.partition(";")[0].strip() or "application/octet-stream",
        caption=file.caption,
        name=file.filename,
        ref=file.id,
        sha256=_hex(file.sha256),
        voice=file.voice,
        sticker=message.type == "sticker",
    )
    return Told((media,), {"sticker": "true"} if message.type == "sticker" else {})


def _location(message: wire.Message) -> Told | None:
    place = message.location
    if not place or place.latitude is None or place.longitude is None:
        return None
    return Told((Location(place.latitude, place.longitude, place.name, place.address),))


def _contacts(message: wire.Message) -> Told | None:
    cards = tuple(map(_contact, message.contacts))
    return Told(cards, {"origin": message.origin} if message.origin else {}) if cards else None


def _contact(card: wire.ContactCard) -> Contact:
    phones = tuple(p.phone or f"+{p.wa_id}" for p in card.phones if p.phone or p.wa_id)
    emails = tuple(e.email for e in card.emails if e.email)
    whole = card.name.formatted_name or f"{card.name.first_name} {card.name.last_name}".strip()
    return Contact(whole or next(iter(phones + emails), "?"), phones, emails)


def _button(message: wire.Message) -> Told | None:
    if not message.button:
        return None
    words = message.button.text or message.button.payload
    return Told((Text(words),), {"choice": message.button.payload}) if words else None


def _interactive(message: wire.Message) -> Told | None:
    match message.interactive:
        case wire.Interactive(button_reply=wire.Chosen() as chosen):
            return _chosen(chosen)
        case wire.Interactive(list_reply=wire.Chosen() as chosen):
            return _chosen(chosen)
        case wire.Interactive(nfm_reply=wire.FormReply() as reply):
            return _form(reply)
        case wire.Interactive(call_permission_reply=dict() as answer):
            return Told((_call_permission(answer),), automatic=True)
    return None


def _chosen(chosen: wire.Chosen) -> Told | None:
    words = chosen.title or chosen.id
    return Told((Text(words),), {"choice": chosen.id}) if words else None


def _form(reply: wire.FormReply) -> Told:
    """What was filled in, in words, and by name for whoever asked."""
    kind = "address" if reply.name == "address_message" else "form"
    found = _answers(reply.response_json)
    given = {name: _told(value) for name, value in found.items() if name != FLOW}
    rows = [f"{name}: {value}" for name, value in given.items() if value]
    context = {"form": str(found.get(FLOW) or reply.name or kind)}
    context |= {f"form.{name}": value for name, value in given.items() if value}
    words = "\n".join(rows) or reply.body or reply.name
    return Told((Native(kind, words, found),), context)


def _told(value: object) -> str:
    """One answer as a line; a list of them side by side."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_told, value)))
    if isinstance(value, dict):
        return ", ".join(filter(None, map(_told, value.values())))
    return "" if value is None else str(value)


def _answers(text: str) -> dict[str, object]:
    """A flow answers with an object, and now and then with a list, or with no JSON at all."""
    if text.count("[") + text.count("{") > MOST_NESTED:
        return {"text": text}
    try:
        found: Any = msgspec.json.decode(text or "{}")
    except UNREADABLE:
        return {"text": text}
    return found if isinstance(found, dict) else {"answers": found}


def _call_permission(answer: dict[str, Any]) -> Native:
    return Native("call_permission", f"Call permission: {answer.get('response', '?')}", answer)


def _order(message: wire.Message) -> Told | None:
    order = message.order
    if not order:
        return None
    rows = [
        f"{item.quantity:g} x {item.product_retailer_id} ({item.item_price:.2f} {item.currency})"
        for item in order.product_items
    ]
    words = "\n".join(filter(None, [order.text, *rows]))
    return Told((Native("order", words, msgspec.to_builtins(order)),))


def _system(message: wire.Message) -> Told | None:
    """A notice by WhatsApp itself: shown, but nobody waits for an answer to it."""
    if not message.system or not message.system.body:
        return None
    return Told((Native(message.system.type or "system", message.system.body),), automatic=True)


def _unsupported(message: wire.Message) -> Told:
    """The customer sent what the API does not carry (a poll, say): the agent must ask."""
    words = message.errors[0].words if message.errors else ""
    return Told((Native("unsupported", words or "Unsupported message"),))


READERS: dict[str, Callable[[wire.Message], Told | None]] = {
    "text": _text,
    "image": _file,
    "video": _file,
    "audio": _file,
    "document": _file,
    "sticker": _file,
    "location": _location,
    "contacts": _contacts,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
    "system": _system,
    "unsupported": _unsupported,
    "unknown": _unsupported,
}


# --- what surrounds it ----------------------------------------------------


def _circumstances(message: wire.Message) -> dict[str, str]:
    found = _advertisement(message.referral) if message.referral else {}
    if message.context.forwarded or message.context.frequently_forwarded:
        found["forwarded"] = "true"
    if product := message.context.referred_product:
        found |= {"product": product.product_retailer_id, "catalog": product.catalog_id}
    if message.group_id:
        found["group"] = message.group_id
    return found


def _advertisement(referral: wire.Referral) -> dict[str, str]:
    """The advertisement or post behind "message us"."""
    found = {
        "referral": referral.source_url,
        "referral_type": referral.source_type,
        "referral_id": referral.source_id,
        "referral_headline": referral.headline,
        "referral_click": referral.ctwa_clid,
    }
    return {name: value for name, value in found.items() if value}


def _hex(digest: str) -> str:
    """Webhooks give the hash in base64, downloads in hex: we keep hex."""
    try:
        return base64.b64decode(digest, validate=True).hex()
    except (binascii.Error, ValueError):
        return ""
