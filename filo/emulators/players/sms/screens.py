"""What Twilio's contents look like on a phone: text, pictures, and what only RCS can draw."""

from __future__ import annotations

import mimetypes
from typing import Any

SMS, RCS = "sms", "rcs"
Drawn = tuple[str, dict[str, Any]]


def words(text: str) -> Drawn:
    return "text", {"text": text}


def picture(url: str, caption: str) -> Drawn:
    mime = mimetypes.guess_type(url.partition("?")[0])[0] or "application/octet-stream"
    kind = mime.partition("/")[0]
    kind = kind if kind in ("image", "video", "audio") else "file"
    name = url.partition("?")[0].rpartition("/")[2]
    return kind, {"url": url, "mime": mime, "name": name, "caption": caption}


def rich(types: dict[str, Any], values: dict[str, str], road: str) -> Drawn | None:
    """A content of the Content API as this road draws it; None when it cannot."""
    filled = {name: _filled(content, values) for name, content in types.items()}
    if road == RCS:
        for name, drawn in DRAWN.items():
            if name in filled:
                return drawn(filled[name])
    text = filled.get("twilio/text")
    return words(str(text.get("body", ""))) if text else None


def _filled(content: Any, values: dict[str, str]) -> Any:
    """`{{1}}` replaced, wherever it stands."""
    match content:
        case str():
            for name, value in values.items():
                content = content.replace("{{" + name + "}}", value)
            return content
        case dict():
            return {name: _filled(one, values) for name, one in content.items()}
        case list():
            return [_filled(one, values) for one in content]
    return content


def _buttons(actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.get("id") or one.get("title", ""),
            "label": one.get("title", ""),
            "url": one.get("url", "") or (f"tel:{one['phone']}" if one.get("phone") else ""),
        }
        for one in actions
    ]


def _quick(content: dict[str, Any]) -> Drawn:
    buttons = _buttons(content.get("actions", []))
    return "buttons", {"text": content.get("body", ""), "buttons": buttons, "style": "quick"}


def _items(content: dict[str, Any]) -> Drawn:
    rows = [
        {"id": one.get("id", ""), "label": one.get("item", ""), "hint": one.get("description", "")}
        for one in content.get("items", [])
    ]
    return "buttons", {"text": content.get("body", ""), "buttons": rows, "style": "list"}


def _one(card: dict[str, Any]) -> dict[str, Any]:
    media = card.get("media") or ""
    return {
        "title": card.get("title", ""),
        "text": card.get("body") or card.get("subtitle", ""),
        "image": media[0] if isinstance(media, list) else media,
        "buttons": _buttons(card.get("actions", [])),
    }


def _card(content: dict[str, Any]) -> Drawn:
    return "card", _one(content)


def _carousel(content: dict[str, Any]) -> Drawn:
    # Over RCS the body of a carousel is dropped. (Twilio, "twilio/carousel", 2026)
    return "carousel", {"text": "", "cards": [_one(each) for each in content.get("cards", [])]}


def _media(content: dict[str, Any]) -> Drawn:
    return picture((content.get("media") or [""])[0], content.get("body", ""))


def _location(content: dict[str, Any]) -> Drawn:
    place = {name: content.get(name) for name in ("latitude", "longitude")}
    return "location", place | {"name": content.get("label", ""), "address": ""}


DRAWN = {
    "twilio/carousel": _carousel,
    "twilio/card": _card,
    "twilio/list-picker": _items,
    "twilio/quick-reply": _quick,
    "twilio/call-to-action": _quick,
    "twilio/location": _location,
    "twilio/media": _media,
}
