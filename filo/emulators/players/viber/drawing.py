"""What a message of the bot API looks like on a phone, and what Viber would refuse in it."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from filo.emulators.players.viber.desk import no

if TYPE_CHECKING:
    from collections.abc import Callable

BAD, MISSING = 3, 4
LONGEST, LONGEST_CAPTION, LONGEST_URL = 7000, 768, 2000
MOST_BUTTONS, MOST_ROWS, WIDTH = 6, 7, 6
_TAGS = re.compile(r"<br\s*/?>|<[^>]+>")
Drawn = tuple[str, dict[str, Any]]
Message = dict[str, Any]


def drawn(message: Message) -> Drawn:
    """The bubble of one message; a keyboard stands below it."""
    kind = str(message.get("type", ""))
    if kind not in DRAWN:
        raise no(BAD)
    shape, content = DRAWN[kind](message)
    keys = (message.get("keyboard") or {}).get("Buttons", [])
    if not keys:
        return shape, content
    buttons = [_button(key) for key in keys]
    text = content.get("text") or content.get("caption", "")
    return "buttons", {"text": text, "buttons": buttons, "style": "quick"}


def _text(message: Message) -> Drawn:
    text = str(message.get("text") or "")
    if not text:
        raise no(MISSING)
    if len(text) > LONGEST:
        raise no(BAD)
    return "text", {"text": text}


def _file(kind: str, mime: str, *, sized: bool) -> Callable[[Message], Drawn]:
    def draw(message: Message) -> Drawn:
        url, caption = str(message.get("media") or ""), str(message.get("text") or "")
        if not url or (sized and not message.get("size")):
            raise no(MISSING)
        if len(caption) > LONGEST_CAPTION or len(str(message.get("file_name", ""))) > 256:
            raise no(BAD)
        name = str(message.get("file_name", ""))
        return kind, {"url": url, "mime": mime, "name": name, "caption": caption}

    return draw


def _location(message: Message) -> Drawn:
    where = message.get("location") or {}
    if "lat" not in where or "lon" not in where:
        raise no(MISSING)
    place = {"latitude": where["lat"], "longitude": where["lon"], "name": "", "address": ""}
    return "location", place


def _contact(message: Message) -> Drawn:
    card = message.get("contact") or {}
    if not card.get("name") or not card.get("phone_number"):
        raise no(MISSING)
    return "contact", {"name": card["name"], "phones": [card["phone_number"]], "emails": []}


def _sticker(message: Message) -> Drawn:
    if not message.get("sticker_id"):
        raise no(MISSING)
    name = str(message["sticker_id"])
    return "sticker", {"url": "", "mime": "image/png", "name": name, "caption": ""}


def _url(message: Message) -> Drawn:
    url = str(message.get("media") or "")
    if not url:
        raise no(MISSING)
    if len(url) > LONGEST_URL:
        raise no(BAD)
    return "text", {"text": url}


# --- cards ----------------------------------------------------------------


def _rich(message: Message) -> Drawn:
    """Buttons fill bubble after bubble: each has as many rows as the board says."""
    board = message.get("rich_media") or {}
    columns = int(board.get("ButtonsGroupColumns", WIDTH))
    rows = int(board.get("ButtonsGroupRows", MOST_ROWS))
    if not 1 <= rows <= MOST_ROWS or not 1 <= columns <= WIDTH:
        raise no(BAD)
    bubbles: list[list[Message]] = [[]]
    filled = 0
    for one in board.get("Buttons", []):
        size = int(one.get("Columns", WIDTH)) * int(one.get("Rows", 1))
        if filled + size > columns * rows:
            bubbles.append([])
            filled = 0
        bubbles[-1].append(one)
        filled += size
    if not bubbles[0] or any(len(one) > MOST_BUTTONS for one in bubbles):
        raise no(BAD)
    return "carousel", {"text": "", "cards": [_card(bubble) for bubble in bubbles]}


def _card(bubble: list[Message]) -> dict[str, Any]:
    """What cannot be tapped are its words and its picture."""
    still = [one for one in bubble if one.get("ActionType") == "none"]
    words = "\n".join(filter(None, (_plain(str(one.get("Text", ""))) for one in still)))
    title, _, text = words.partition("\n")
    image = next((str(one["Image"]) for one in still if one.get("Image")), "")
    taps = [_button(one) for one in bubble if one.get("ActionType") != "none"]
    return {"title": title, "text": text, "image": image, "buttons": taps}


def _button(key: Message) -> dict[str, str]:
    label, body = _plain(str(key.get("Text", ""))), str(key.get("ActionBody", ""))
    kind = key.get("ActionType", "reply")
    if kind == "open-url":
        return {"id": body, "label": label, "url": body}
    if kind in {"share-phone", "location-picker"}:
        return {"id": kind, "label": label}
    if not body:
        raise no(MISSING)
    return {"id": body, "label": label or body}


def _plain(text: str) -> str:
    return html.unescape(_TAGS.sub(lambda tag: "\n" if tag[0].startswith("<br") else "", text))


DRAWN: dict[str, Callable[[Message], Drawn]] = {
    "text": _text,
    "picture": _file("image", "image/jpeg", sized=False),
    "video": _file("video", "video/mp4", sized=True),
    "file": _file("file", "application/octet-stream", sized=True),
    "location": _location,
    "contact": _contact,
    "sticker": _sticker,
    "url": _url,
    "rich_media": _rich,
}
