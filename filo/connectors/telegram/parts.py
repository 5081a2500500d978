"""What a Telegram message says, in our parts: one small reader for each sort."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from filo.channels.contract import Contact, Location, Media, Native, Part, Text
from filo.connectors.telegram import wire

STICKERS = {(False, False): "image/webp", (True, False): "application/x-tgsticker"}


def told(message: wire.Message) -> tuple[Part, ...]:
    """The parts of a message; none when we cannot read any of it."""
    for read in READERS:
        if found := read(message):
            return found
    return ()


def linked(text: str, entities: Sequence[wire.Entity]) -> str:
    """The text with the addresses that hide behind its words. Offsets are in UTF-16 units."""
    letters = text.encode("utf-16-le")
    hidden = [one for one in entities if one.type == "text_link" and one.url]
    for entity in sorted(hidden, key=lambda one: -one.offset):
        end = 2 * (entity.offset + entity.length)
        if entity.offset >= 0 and 0 < end <= len(letters):
            address = f" ({entity.url})".encode("utf-16-le")
            letters = letters[:end] + address + letters[end:]
    return letters.decode("utf-16-le", "replace")


# --- one reader for each sort ---------------------------------------------


def _text(message: wire.Message) -> tuple[Part, ...]:
    return (Text(linked(message.text, message.entities)),) if message.text else ()


def _photo(message: wire.Message) -> tuple[Part, ...]:
    """Several sizes of one picture; the last is the biggest."""
    biggest = message.photo[-1] if message.photo else None
    return _file(message, biggest, "image/jpeg")


def _animation(message: wire.Message) -> tuple[Part, ...]:
    return _file(message, message.animation, "video/mp4")  # `document` tells the same file again


def _video(message: wire.Message) -> tuple[Part, ...]:
    return _file(message, message.video or message.video_note, "video/mp4")


def _voice(message: wire.Message) -> tuple[Part, ...]:
    return _file(message, message.voice, "audio/ogg", voice=True)


def _audio(message: wire.Message) -> tuple[Part, ...]:
    return _file(message, message.audio, "audio/mpeg")


def _document(message: wire.Message) -> tuple[Part, ...]:
    return _file(message, message.document, "application/octet-stream")


def _sticker(message: wire.Message) -> tuple[Part, ...]:
    it = message.sticker
    if not it:
        return ()
    mime = STICKERS.get((it.is_animated, it.is_video), "video/webm")
    return _file(message, it, mime, sticker=True)


def _file(
    message: wire.Message,
    file: wire.File | None,
    mime: str,
    *,
    voice: bool = False,
    sticker: bool = False,
) -> tuple[Part, ...]:
    if not file or not file.file_id:
        return ()
    media = Media(
        mime=file.mime_type or mime,
        caption=file.emoji if sticker else linked(message.caption, message.caption_entities),
        name=file.file_name,
        ref=file.file_id,
        size=max(0, file.file_size),
        voice=voice,
        sticker=sticker,
    )
    return (media,)


def _place(message: wire.Message) -> tuple[Part, ...]:
    venue = message.venue or wire.Venue()
    place = message.location or venue.location
    if place.latitude is None or place.longitude is None:
        return ()
    return (Location(place.latitude, place.longitude, venue.title, venue.address),)


def _contact(message: wire.Message) -> tuple[Part, ...]:
    card = message.contact
    if not card:
        return ()
    name = f"{card.first_name} {card.last_name}".strip() or card.phone_number or "?"
    phone = f"+{card.phone_number.removeprefix('+')}" if card.phone_number else ""
    return (Contact(name, (phone,) if phone else ()),)


def _poll(message: wire.Message) -> tuple[Part, ...]:
    if not message.poll:
        return ()
    lines = [message.poll.question, *(f"- {one.text}" for one in message.poll.options)]
    return (Native("poll", "\n".join(lines)),)


def _dice(message: wire.Message) -> tuple[Part, ...]:
    return (Native("dice", f"{message.dice.emoji} {message.dice.value}"),) if message.dice else ()


def _story(message: wire.Message) -> tuple[Part, ...]:
    return (Native("story", "A story was shared"),) if message.story is not None else ()


def _web_app(message: wire.Message) -> tuple[Part, ...]:
    """What a Mini App that was opened from our keyboard sent back."""
    it = message.web_app_data
    if not it:
        return ()
    payload: dict[str, object] = {"data": it.data, "button": it.button_text}
    return (Native("web_app", it.button_text or it.data or "?", payload),)


def _paid(message: wire.Message) -> tuple[Part, ...]:
    paid = message.successful_payment
    if not paid:
        return ()
    words = f"Paid: {paid.total_amount} {paid.currency} (smallest unit)"
    return (Native("payment", words, {"reference": paid.invoice_payload}),)


def _shared(message: wire.Message) -> tuple[Part, ...]:
    if not message.users_shared:
        return ()
    return (Native("users_shared", f"Shared {len(message.users_shared.users)} people"),)


READERS: tuple[Callable[[wire.Message], tuple[Part, ...]], ...] = (
    _text,
    _photo,
    _animation,
    _video,
    _voice,
    _audio,
    _document,
    _sticker,
    _place,
    _contact,
    _poll,
    _dice,
    _story,
    _web_app,
    _paid,
    _shared,
)
