"""From our parts to the message objects of LINE."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from filo.channels.contract import (
    Carousel,
    Choice,
    Failed,
    Location,
    Media,
    Native,
    Option,
    Reason,
    RichCard,
    Spoken,
    Text,
)
from filo.channels.kit import shortened, size

MIB = 1024 * 1024
MOST_BUTTONS = 4  # of a template; a question with more has them above the keyboard
MOST_QUESTION = 160
MOST_POSTBACK = 300
MOST_SENDER = 20
UNIT = "utf16"  # all of LINE's limits count so
QUOTING = {"text", "textV2", "sticker"}
LARGEST_PREVIEW = MIB
SOME_LENGTH = 60_000  # LINE wants an audio's length in ms, and shows it; we do not know it

Message = dict[str, Any]


def message(part: Spoken, *, author: str = "", quotes: str = "") -> Message:
    """`quotes`: the token by which LINE lets a message be quoted."""
    sender = {"sender": {"name": shortened(author, MOST_SENDER, UNIT)}} if author else {}
    content = _content(part)
    quoting = {"quoteToken": quotes} if quotes and content["type"] in QUOTING else {}
    return content | sender | quoting


def _content(part: Spoken) -> Message:  # noqa: PLR0911 -- one line for each part
    match part:
        case Text():
            return {"type": "text", "text": part.text}
        case Media():
            return _media(part)
        case Choice():
            return _question(part)
        case RichCard():
            return _flex(part.title, _bubble(part))
        case Carousel():
            bubbles = [_bubble(card) for card in part.cards]
            titles = ", ".join(card.title for card in part.cards)
            return _flex(part.text or titles, {"type": "carousel", "contents": bubbles})
        case Location():
            return _place(part)
        case Native():
            return _native(part)
        case _:
            raise Failed(Reason.OTHER, f"LINE knows no {type(part).__name__}")


def _media(media: Media) -> Message:
    if not media.url.startswith("https://") and not media.url.startswith("http://"):
        raise Failed(Reason.OTHER, "LINE takes files by their address only")
    if media.mime.startswith("audio/"):
        return {"type": "audio", "originalContentUrl": media.url, "duration": SOME_LENGTH}
    if media.size > LARGEST_PREVIEW:  # no preview of itself: shown whole, and opened by a tap
        opens = {"type": "uri", "label": "1:1", "uri": media.url}
        hero = {"type": "image", "url": media.url, "size": "full", "action": opens}
        return _flex(media.name, {"type": "bubble", "hero": hero})
    return {"type": "image", "originalContentUrl": media.url, "previewImageUrl": media.url}


def _place(place: Location) -> Message:
    where = f"{place.latitude:.6f}, {place.longitude:.6f}"
    title, address = place.name or place.address, place.address or place.name
    return {
        "type": "location",
        "title": shortened(title or where, 100, UNIT),
        "address": shortened(address or where, 100, UNIT),
        "latitude": place.latitude,
        "longitude": place.longitude,
    }


def _question(choice: Choice) -> Message:
    actions = [action(option) for option in choice.options]
    if len(actions) <= MOST_BUTTONS and size(choice.text, UNIT) <= MOST_QUESTION:
        template = {"type": "buttons", "text": choice.text, "actions": actions}
        return {"type": "template", "altText": _told(choice.text), "template": template}
    items = [{"type": "action", "action": one} for one in actions]
    return {"type": "text", "text": choice.text, "quickReply": {"items": items}}


def action(option: Option) -> dict[str, str]:
    """A tap comes back with its data alone, so the label travels in it."""
    if option.url:
        return {"type": "uri", "label": option.label, "uri": option.url}
    data = urlencode({"choice": option.id, "label": option.label})
    if len(data) > MOST_POSTBACK:
        return {"type": "message", "label": option.label, "text": option.label}
    told = {"displayText": option.label}
    return {"type": "postback", "label": option.label, "data": data, **told}


# --- cards ----------------------------------------------------------------


def _flex(words: str, contents: dict[str, Any]) -> Message:
    return {"type": "flex", "altText": _told(words), "contents": contents}


def _told(words: str) -> str:
    """What stands in the list of chats, and on old phones."""
    return shortened(words, 400, UNIT) or "…"


def _bubble(card: RichCard) -> dict[str, Any]:
    lines = [_line(card.title, weight="bold", size="lg")] if card.title else []
    lines += [_line(card.text, size="sm")] if card.text else []
    buttons = [{"type": "button", "action": action(option)} for option in card.options]
    bubble: dict[str, Any] = (
        {"type": "bubble", "body": _box(lines)} if lines else {"type": "bubble"}
    )
    if card.image and card.image.url:
        hero = {"type": "image", "url": card.image.url, "size": "full", "aspectMode": "cover"}
        bubble["hero"] = hero
    if buttons:
        bubble["footer"] = _box(buttons)
    return bubble


def _line(words: str, **looks: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, "wrap": True, **looks}


def _box(contents: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "box", "layout": "vertical", "spacing": "sm", "contents": contents}


def _native(part: Native) -> Message:
    """What only LINE has: its stickers, and messages laid out by somebody else."""
    if part.kind == "sticker":
        ids = {name: str(part.payload.get(name, "")) for name in ("packageId", "stickerId")}
        return {"type": "sticker", **ids}
    if part.kind == "flex" and isinstance(part.payload.get("contents"), dict):
        return {"type": "flex", "altText": _told(part.text), "contents": part.payload["contents"]}
    return {"type": "text", "text": part.text}
