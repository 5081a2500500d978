"""From our parts to the body of `send_message`."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from filo.channels.contract import (
    Carousel,
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
    Spoken,
    Text,
)
from filo.channels.kit import in_words as words
from filo.channels.kit import shortened

MIB = 1024 * 1024
LONGEST_SENDER = 28
LARGEST = 30 * 1024  # bytes of a message
WIDTH = 6  # columns of a bubble
PICTURE_ROWS, WORDS_ROWS = 3, 2
WITH_CARDS = 7  # the version of Viber that shows them
WITH_SHARING = 3
ASKS = {"share_phone": "share-phone", "share_location": "location-picker"}

Message = dict[str, Any]


def message(to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Message:
    sender = {"name": _sender(envelope.author, config.get("sender_name", "") or "Filo")}
    return {"receiver": to.value, "min_api_version": 1, "sender": sender} | _content(part)


def _sender(author: str, company: str) -> str:
    """`Anna - Acme`, as far as there is room."""
    whole = f"{author} - {company}" if author else company
    return whole if len(whole) <= LONGEST_SENDER else company[:LONGEST_SENDER]


def in_words(body: Message, words: str) -> Message:
    """The same to somebody whose Viber is too old for it."""
    kept = {name: body[name] for name in ("receiver", "sender", "tracking_data") if name in body}
    return kept | {"min_api_version": 1, "type": "text", "text": words}


def words_of(part: Spoken, language: str) -> str:
    """What can be said of a part to somebody whose Viber shows nothing else than words."""
    match part:
        case Choice() | RichCard() | Carousel() | Native():
            return words(part, language)
        case Media():
            return "\n".join(filter(None, [part.caption, part.url]))
        case Contact():
            return "\n".join([part.name, *part.phones, *part.emails])
        case Location():
            where = (
                f"https://www.openstreetmap.org/?mlat={part.latitude:.6f}&mlon={part.longitude:.6f}"
            )
            return "\n".join(filter(None, [part.name, part.address, where]))
        case _:
            return ""


def slim(body: Message) -> Message:
    """Viber takes 30 kB: our own note goes first, and what is still larger is not sent at all."""
    if len(msgspec.json.encode(body)) > LARGEST:
        body = {name: value for name, value in body.items() if name != "tracking_data"}
    if len(msgspec.json.encode(body)) > LARGEST:
        raise Failed(Reason.OTHER, "larger than the 30 kB that Viber takes: send it in parts")
    return body


def _content(part: Spoken) -> Message:  # noqa: PLR0911 -- one line for each part
    match part:
        case Text():
            return {"type": "text", "text": part.text}
        case Media():
            return _media(part)
        case Choice():
            keys = {
                "keyboard": _keyboard(part.options),
                **_asked({one.label: one for one in part.options}),
            }
            return {"type": "text", "text": part.text, **keys}
        case RichCard() | Carousel():
            return _cards(part.cards if isinstance(part, Carousel) else (part,))
        case Location():
            return {"type": "location", "location": {"lat": part.latitude, "lon": part.longitude}}
        case Contact():
            return _contact(part)
        case Native():
            return _native(part)
        case _:
            raise Failed(Reason.OTHER, f"Viber knows no {type(part).__name__}")


def _media(media: Media) -> Message:
    if not media.url:
        raise Failed(Reason.OTHER, "Viber takes files by their address only")
    if media.mime in ("image/jpeg", "image/png") and media.size <= MIB:
        return {"type": "picture", "text": media.caption, "media": media.url}
    if not media.size:  # Viber wants it for everything but pictures
        return {"type": "url", "media": media.url}
    if media.mime == "video/mp4" and media.size <= 26 * MIB:
        return {"type": "video", "media": media.url, "size": media.size}
    name = (media.name or "file")[:256]
    return {"type": "file", "media": media.url, "size": media.size, "file_name": name}


def _contact(contact: Contact) -> Message:
    if len(contact.phones) == 1 and not contact.emails and len(contact.name) <= LONGEST_SENDER:
        card = {"name": contact.name, "phone_number": contact.phones[0]}
        return {"type": "contact", "contact": card}
    return {"type": "text", "text": "\n".join([contact.name, *contact.phones, *contact.emails])}


def _native(part: Native) -> Message:
    """What only Viber has: buttons that share a number or a place, and its stickers."""
    if part.kind in ASKS:
        label = str(part.payload.get("label") or part.text)
        key = {"Columns": WIDTH, "Rows": 1, "Text": html.escape(label), "ActionBody": "reply"}
        keyboard = {"Type": "keyboard", "Buttons": [key | {"ActionType": ASKS[part.kind]}]}
        asked = {"type": "text", "text": part.text, "min_api_version": WITH_SHARING}
        return asked | {"keyboard": keyboard}
    if part.kind == "sticker" and part.payload.get("sticker_id"):
        return {"type": "sticker", "sticker_id": part.payload["sticker_id"]}
    return {"type": "text", "text": part.text}


# --- buttons --------------------------------------------------------------


def _keyboard(options: Iterable[Option]) -> Message:
    return {"Type": "keyboard", "Buttons": [_button(option) for option in options]}


def _button(option: Option, says: str = "") -> Message:
    """What a button says when it is tapped stands in the chat, so it is the label."""
    size = {"Columns": WIDTH, "Rows": 1, "Text": html.escape(option.label)}
    if option.url:
        return size | {"ActionType": "open-url", "ActionBody": option.url}
    return size | {"ActionType": "reply", "ActionBody": says or option.label}


def _asked(said: Mapping[str, Option]) -> Message:
    """Which words mean which choice: Viber hands it back with what they write next."""
    choices = {words: option.id for words, option in said.items() if not option.url}
    told = msgspec.json.encode({"choices": choices}).decode()
    return {"tracking_data": told} if choices and len(told) <= 4000 else {}


def _cards(cards: tuple[RichCard, ...]) -> Message:
    """Every bubble has as many rows as the tallest: what one lacks is empty."""
    pictured = any(card.image for card in cards)
    most = max(len(card.options) for card in cards)
    rows = (PICTURE_ROWS if pictured else 0) + WORDS_ROWS + most
    ready = [(option, card.title) for card in cards for option in card.options]
    says = _said_by(ready)
    buttons = [one for card in cards for one in _bubble(card, most, says, pictured=pictured)]
    asked = _asked({says[option, title]: option for option, title in ready})
    board = {
        "Type": "rich_media",
        "ButtonsGroupColumns": WIDTH,
        "ButtonsGroupRows": rows,
        "Buttons": buttons,
    }
    told = {"alt_text": shortened(", ".join(card.title for card in cards), 200), **asked}
    return {"type": "rich_media", "min_api_version": WITH_CARDS, "rich_media": board, **told}


def _said_by(ready: list[tuple[Option, str]]) -> dict[tuple[Option, str], str]:
    """What each button says. `Book` on two cards is two answers: then the card's title tells."""
    ids: dict[str, set[str]] = {}
    for option, _ in ready:
        ids.setdefault(option.label, set()).add(option.id)
    return {
        (option, title): option.label if len(ids[option.label]) == 1 else f"{option.label}: {title}"
        for option, title in ready
    }


def _bubble(
    card: RichCard, most: int, says: dict[tuple[Option, str], str], *, pictured: bool
) -> list[Message]:
    still = {"Columns": WIDTH, "ActionType": "none", "ActionBody": ""}
    found: list[Message] = []
    if pictured:
        image = {"Image": card.image.url} if card.image and card.image.url else {"Text": ""}
        found.append(still | {"Rows": PICTURE_ROWS, **image})
    words = f"<b>{html.escape(card.title)}</b>"
    words += f"<br>{html.escape(card.text)}" if card.text else ""
    found.append(still | {"Rows": WORDS_ROWS, "Text": words, "TextHAlign": "left"})
    found += [_button(one, says[one, card.title]) for one in card.options]
    return found + [still | {"Rows": 1, "Text": ""}] * (most - len(card.options))
