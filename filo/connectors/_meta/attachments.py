"""What a message of Messenger or Instagram says, in our parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from filo.channels.contract import Location, Media, Native, Part, Text
from filo.connectors._meta import wire

MIMES = {  # the webhook names no type: who fetches the file learns it
    "image": "image/jpeg",
    "sticker": "image/png",
    "audio": "audio/mp4",
    "video": "video/mp4",
    "file": "application/octet-stream",
    "media": "image/jpeg",
}
THUMBS = {"369239263222822", "369239343222814", "369239383222810"}  # small, medium, large
SHARED = {"reel", "ig_reel", "ig_post", "post", "share", "story", "ig_story"}
STORY_LASTS = timedelta(hours=24)


@dataclass(slots=True)
class Told:
    """The parts of a message, and the small facts around them."""

    parts: tuple[Part, ...]
    context: dict[str, str] = field(default_factory=dict)


def told(message: wire.Message, *, at: datetime) -> Told | None:
    """What a message says; None when it says nothing that we know."""
    parts = [*_words(message), *_attached(message, at), *_ordered(message)]
    if not parts and message.is_unsupported:
        parts = [Native("unsupported", "Unsupported message")]
    if not parts and message.reply_to and message.reply_to.story:
        parts = [Native("story_reply", "Replied to your story")]
    if not parts and message.referral:
        parts = [Native("referral", f"Came by {message.referral.source or 'a link'}")]
    return Told(tuple(parts), _circumstances(message, at)) if parts else None


def _words(message: wire.Message) -> Iterator[Part]:
    if message.text:
        yield Text(message.text)


def _attached(message: wire.Message, at: datetime) -> Iterator[Part]:
    """Each once: in transitions Meta sends one thing under its old and its new type."""
    seen: set[str] = set()
    stickers = {_sticker(one) for one in message.attachments if one.type == "sticker"}
    for one in message.attachments:
        if one.type == "image" and _sticker(one) and _sticker(one) in stickers:
            continue
        key = _sameness(one)
        if key and key in seen:
            continue
        seen.add(key)
        part = _part(one, at)
        if part is not None:
            yield part


def _sticker(one: wire.Attachment) -> str:
    return str(one.payload.sticker_id) if isinstance(one.payload, wire.Payload) else ""


def _sameness(one: wire.Attachment) -> str:
    if not isinstance(one.payload, wire.Payload):
        return ""
    shared = one.payload.ig_post_media_id or one.payload.reel_video_id
    return f"shared:{shared}" if shared else ""


def _part(one: wire.Attachment, at: datetime) -> Part | None:
    payload = one.payload if isinstance(one.payload, wire.Payload) else wire.Payload()
    read = READERS.get(one.type)
    if read:
        return read(one, payload, at)
    if one.type in SHARED:
        return _shared(one, payload, at)
    url = payload.url or one.url or ""
    words = "\n".join(filter(None, [f"Unsupported attachment: {one.type or '?'}", url]))
    return Native(one.type or "unsupported", words)


# --- one reader for each type ---------------------------------------------


def _file(one: wire.Attachment, payload: wire.Payload, at: datetime) -> Part | None:
    url = payload.url or one.url or ""
    if not url:
        return Native(one.type, f"{one.type.capitalize()} that cannot be fetched")
    sticker = one.type == "sticker" or bool(payload.sticker_id)
    name = "" if sticker else (payload.title or one.title or "")
    return Media(
        mime="image/png" if sticker else MIMES[one.type],
        url=url,
        name=name[:255],
        caption="👍" if str(payload.sticker_id) in THUMBS else "",
        sticker=sticker,
    )


def _location(one: wire.Attachment, payload: wire.Payload, at: datetime) -> Part | None:
    where = payload.coordinates
    if where is None or where.lat is None or where.long is None:
        return None
    return Location(where.lat, where.long, one.title or payload.title)


def _link(one: wire.Attachment, payload: wire.Payload, at: datetime) -> Part | None:
    """A link that was shared, or something older than this API; the payload may be a blob."""
    url = payload.url or one.url or one.URL or ""
    if payload.product:
        return _products(payload.product)
    words = "\n".join(filter(None, [payload.title or one.title, url]))
    return Text(words) if words else Native("fallback", "Something that cannot be shown here")


def _products(products: wire.Products) -> Part:
    rows = [" ".join(filter(None, [one.title, one.subtitle])) for one in products.elements]
    return Native("product", "\n".join(rows) or "A product", msgspec.to_builtins(products))


def _shared(one: wire.Attachment, payload: wire.Payload, at: datetime) -> Part:
    words = "\n".join(filter(None, [payload.title or one.title, payload.url or one.url]))
    ids = {"id": str(payload.ig_post_media_id or payload.reel_video_id)}
    return Native(one.type, words or f"A shared {one.type}", {k: v for k, v in ids.items() if v})


def _story_mention(one: wire.Attachment, payload: wire.Payload, at: datetime) -> Part:
    """Shown where it stands and never copied: Meta forbids to keep a story that has ended."""
    words = "\n".join(filter(None, ["Mentioned you in a story", payload.url]))
    return Native("story_mention", words, {"url": payload.url, "ends": _ends(at)})


def _heart(one: wire.Attachment, payload: wire.Payload, at: datetime) -> Part:
    return Text("❤️")


def _ephemeral(one: wire.Attachment, payload: wire.Payload, at: datetime) -> Part:
    return Native("ephemeral", "A picture or video that could be seen once, in the app only")


def _template(one: wire.Attachment, payload: wire.Payload, at: datetime) -> Part:
    titles = (str(each.get("title", "")) for each in payload.elements)
    words = "\n".join(filter(None, [payload.text, payload.title or one.title, *titles]))
    return Native("template", words or "A template")


READERS: dict[str, Callable[[wire.Attachment, wire.Payload, datetime], Part | None]] = {
    **dict.fromkeys(MIMES, _file),
    "location": _location,
    "fallback": _link,
    "story_mention": _story_mention,
    "like_heart": _heart,
    "ephemeral": _ephemeral,
    "template": _template,
}


def _ordered(message: wire.Message) -> Iterator[Part]:
    if message.order or message.cart:
        yield Native("order", "An order", message.order or message.cart or {})


# --- what surrounds it ----------------------------------------------------


def _circumstances(message: wire.Message, at: datetime) -> dict[str, str]:
    found = came_by(message.referral) if message.referral else {}
    if message.quick_reply:
        found["choice"] = message.quick_reply.payload
    if message.sticker_id:
        found["sticker"] = str(message.sticker_id)
    if message.reply_to and message.reply_to.story:
        story = message.reply_to.story
        found |= {"story": str(story.id), "story_url": story.url, "story_ends": _ends(at)}
    return {name: value for name, value in found.items() if value}


def came_by(referral: wire.Referral) -> dict[str, str]:
    """The link, plugin or advertisement behind a message."""
    ad = referral.ads_context_data or wire.Advertisement()
    product = referral.product.id if referral.product else ad.product_id
    found = {
        "referral": referral.ref,
        "referral_type": referral.source,
        "referral_id": str(referral.ad_id),
        "referral_url": referral.referer_uri,
        "referral_headline": ad.ad_title,
        "referral_post": str(ad.post_id),
        "product": str(product),
    }
    return {name: value for name, value in found.items() if value}


def _ends(at: datetime) -> str:
    return (at + STORY_LASTS).isoformat()
