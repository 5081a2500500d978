"""From our parts to a method of the Bot API and its fields."""

from __future__ import annotations

from typing import Any

import msgspec

from filo.channels.contract import (
    Blob,
    Call,
    Choice,
    Config,
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
    Slots,
    Spoken,
    Survey,
    Text,
)
from filo.channels.kit import base_of, score_id, short_moment
from filo.connectors.telegram.inbound import LONG_ID
from filo.connectors.telegram.marks import marked, units
from filo.connectors.telegram.people import connection_of, number_of

API = "https://api.telegram.org"
MIB = 1024 * 1024
MOST_DATA = 64  # bytes of a button's data
MOST_FETCHED, MOST_PHOTO_FETCHED = 20 * MIB, 5 * MIB  # by their address; uploads may be larger
SCALE_ROW = 5
# How each sort of file is sent, and up to which size; everything else travels as a document.
SHOWN = {
    "image/jpeg": ("photo", 10 * MIB),
    "image/png": ("photo", 10 * MIB),
    "image/gif": ("animation", 50 * MIB),
    "video/mp4": ("video", 50 * MIB),
    "audio/mpeg": ("audio", 50 * MIB),
    "audio/mp4": ("audio", 50 * MIB),
}
VOICED = {"audio/ogg", "audio/mpeg", "audio/mp4"}


class Sending(msgspec.Struct):
    """One method with its fields, and the file that goes with it."""

    method: str
    fields: dict[str, Any]
    files: dict[str, tuple[str, bytes, str]] = {}

    def call(self, config: Config) -> Call:
        if not self.files:
            return method(config, self.method, json=self.fields)
        return method(config, self.method, form=_form(self.fields), files=self.files)


def method(config: Config, name: str, **fields: Any) -> Call:
    """A call of the Bot API. Its key stands in its address: the carrier alone puts it there."""
    base = base_of(config.get("api_base") or API)
    return Call(f"{base}/bot{{token}}/{name}", keys={"token": config["token"]}, **fields)


def sending(to: Handle, part: Spoken, envelope: Envelope) -> Sending:
    name, fields, files = _content(part, envelope)
    return Sending(name, address(to) | fields | _topic(envelope) | _quoting(envelope), files)


def address(to: Handle) -> dict[str, Any]:
    connection = connection_of(to)
    where: dict[str, Any] = {"chat_id": int(to.value) if _is_number(to.value) else to.value}
    return where | ({"business_connection_id": connection} if connection else {})


def in_words(to: Handle, words: str) -> Sending:
    return Sending("sendMessage", address(to) | {"text": words})


def _is_number(value: str) -> bool:
    return value.isascii() and value.removeprefix("-").isdigit()


def _topic(envelope: Envelope) -> dict[str, Any]:
    """Where a chat has topics the answer goes into the one that they wrote in."""
    topic = (envelope.answered or envelope.heard).get("topic", "")
    return {"message_thread_id": int(topic)} if _is_number(topic) else {}


def _quoting(envelope: Envelope) -> dict[str, Any]:
    number = number_of(envelope.answers)
    if not number:
        return {}
    return {"reply_parameters": {"message_id": number, "allow_sending_without_reply": True}}


def _form(fields: dict[str, Any]) -> dict[str, str]:
    """Beside a file, what is no plain value travels as JSON."""
    return {
        name: value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for name, value in fields.items()
    }


# --- one for each part ----------------------------------------------------

Content = tuple[str, dict[str, Any], dict[str, tuple[str, bytes, str]]]


def _content(part: Spoken, envelope: Envelope) -> Content:
    match part:
        case Media():
            return _media(part, envelope.files.get(part.attachment))
        case RichCard():
            return _card(part, envelope)
        case Location():
            return _place(part)
        case Contact():
            return _contact(part)
        case _:
            return "sendMessage", _message(part, envelope), {}


def _message(part: Spoken, envelope: Envelope) -> dict[str, Any]:
    match part:
        case Text():
            return _text(part)
        case Choice():
            return {"text": _question(part), **_keys(rows(part.options))}
        case Slots():
            return {"text": part.text, **_keys(rows(_times(part, envelope.language)))}
        case Survey():
            return {"text": _scale(part), **_keys(_scores(part))}
        case Native():
            return {"text": part.text, **_native(part)}
        case _:
            raise Failed(Reason.OTHER, f"Telegram knows no {type(part).__name__}")


def _text(text: Text) -> dict[str, Any]:
    words, entities = marked(text)
    return {"text": words, **({"entities": entities} if entities else {})}


def _media(media: Media, blob: Blob | None, *, caption: dict[str, Any] | None = None) -> Content:
    kind = kind_of(media, by_address=not blob)
    if kind == "link":
        return "sendMessage", {"text": "\n".join(filter(None, [media.caption, media.url]))}, {}
    fields = caption if caption is not None else {"caption": media.caption}
    fields = {name: value for name, value in fields.items() if value and kind != "sticker"}
    name = f"send{kind.capitalize()}"
    if blob:
        upload = (media.name or blob.name or "file", blob.body, media.mime or blob.mime)
        return name, fields, {kind: upload}
    if not media.url and not media.ref:
        raise Failed(Reason.OTHER, "the file is neither here nor at an address")
    return name, {kind: media.url or media.ref, **fields}, {}


def kind_of(media: Media, *, by_address: bool = False) -> str:
    """How a file is sent: in place where Telegram can show it, else as a document; as a link where
    Telegram would have to fetch more than it fetches."""
    if by_address and media.url and media.size > MOST_FETCHED:
        return "link"
    mime = media.mime.partition(";")[0].strip().lower()
    if media.sticker and mime == "image/webp":
        return "sticker"
    if media.voice and mime in VOICED and media.size <= MIB:  # larger ones are no voice notes
        return "voice"
    kind, limit = SHOWN.get(mime, ("document", 0))
    if by_address and media.url and kind == "photo":
        limit = MOST_PHOTO_FETCHED
    return kind if media.size <= limit else "document"


def _card(card: RichCard, envelope: Envelope) -> Content:
    words = "\n".join(filter(None, [card.title, card.text]))
    bold = [{"type": "bold", "offset": 0, "length": units(card.title)}] if card.title else []
    keys = _keys(rows(card.options))
    if not card.image:
        return "sendMessage", {"text": words, "entities": bold, **keys}, {}
    caption = {"caption": words, "caption_entities": bold, **keys}
    return _media(card.image, envelope.files.get(card.image.attachment), caption=caption)


def _question(choice: Choice) -> str:
    hints = [f"{one.label}: {one.hint}" for one in choice.options if one.hint]
    return "\n".join([choice.text, *([""] if hints else []), *hints])


def _scale(survey: Survey) -> str:
    ends = ((1, survey.low), (survey.scale, survey.high))
    return "\n".join([survey.text, *(f"{score}: {word}" for score, word in ends if word)])


def _place(place: Location) -> Content:
    where: dict[str, Any] = {"latitude": place.latitude, "longitude": place.longitude}
    if not place.name and not place.address:
        return "sendLocation", where, {}
    title = {"title": place.name or place.address, "address": place.address or place.name}
    return "sendVenue", where | title, {}


def _contact(contact: Contact) -> Content:
    if not contact.phones:
        return "sendMessage", {"text": "\n".join([contact.name, *contact.emails])}, {}
    first, _, last = contact.name.partition(" ")
    fields = {"phone_number": contact.phones[0], "first_name": first or contact.name}
    more = {"last_name": last} if last else {}
    return "sendContact", fields | more | {"vcard": _vcard(contact)}, {}


def _vcard(contact: Contact) -> str:
    name = " ".join(contact.name.split())
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"FN:{name}"]
    lines += [f"TEL:{phone}" for phone in contact.phones]
    lines += [f"EMAIL:{email}" for email in contact.emails]
    return "\n".join([*lines, "END:VCARD"])[:2048]


# --- keyboards ------------------------------------------------------------


def rows(options: tuple[Option, ...]) -> list[list[dict[str, str]]]:
    """One button a row: labels are sentences more often than words."""
    return [[_button(option, n)] for n, option in enumerate(options, start=1)]


def _button(option: Option, n: int) -> dict[str, str]:
    if option.url:
        return {"text": option.label, "url": option.url}
    fits = 0 < len(option.id.encode()) <= MOST_DATA and not option.id.startswith(LONG_ID)
    return {"text": option.label, "callback_data": option.id if fits else f"{LONG_ID}{n}"}


def _times(slots: Slots, language: str) -> tuple[Option, ...]:
    return tuple(Option(one.id, short_moment(one.starts, language)) for one in slots.slots)


def _scores(survey: Survey) -> list[list[dict[str, str]]]:
    keys = [
        _button(Option(score_id(survey, score), str(score)), score)
        for score in range(1, survey.scale + 1)
    ]
    return [keys[n : n + SCALE_ROW] for n in range(0, len(keys), SCALE_ROW)]


def _keys(keyboard: list[list[dict[str, str]]]) -> dict[str, Any]:
    return {"reply_markup": {"inline_keyboard": keyboard}} if keyboard else {}


def _native(part: Native) -> dict[str, Any]:
    """What only Telegram has: buttons that ask for a number or a place, Mini Apps, logins."""
    label, url = str(part.payload.get("label") or part.text), str(part.payload.get("url") or "")
    asked = {"share_phone": "request_contact", "share_location": "request_location"}
    if part.kind in asked:
        key = {"text": label, asked[part.kind]: True}
        board = {"keyboard": [[key]], "one_time_keyboard": True, "resize_keyboard": True}
        return {"reply_markup": board}
    if part.kind == "remove_keyboard":
        return {"reply_markup": {"remove_keyboard": True}}
    if part.kind in ("web_app", "login_url") and url:
        button = {"text": label, part.kind: {"url": url}}
        return {"reply_markup": {"inline_keyboard": [[button]]}}
    return {}
