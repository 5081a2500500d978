"""What LINE's message objects look like on a phone, and what LINE would refuse in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from filo.emulators.players.line.desk import wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from filo.emulators.world import World

LONGEST, LONGEST_QUESTION, LONGEST_ALT = 5000, 160, 1500
MOST_QUICK, MOST_COLUMNS, MOST_BUBBLES = 13, 10, 12
Drawn = tuple[str, dict[str, Any]]
Message = dict[str, Any]


def drawn(world: World, message: Message, place: str) -> Drawn:
    """The bubble of one message object; quick replies stand below it."""
    kind = str(message.get("type", ""))
    if kind not in DRAWN:
        raise wrong(f"{place}.type", "must be one of the types of messages")
    if len(str(message.get("sender", {}).get("name", ""))) > 20:
        raise wrong(f"{place}.sender.name", "Length must be between 0 and 20")
    shape, content = DRAWN[kind](message, place)
    quick = message.get("quickReply", {}).get("items", [])
    if not quick:
        return shape, content
    if len(quick) > MOST_QUICK:
        raise wrong(f"{place}.quickReply.items", f"Size must be between 1 and {MOST_QUICK}")
    buttons = [_button(one.get("action", {}), f"{place}.quickReply") for one in quick]
    text = content.get("text", "")
    return "buttons", {"text": text, "buttons": buttons, "style": "quick"}


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _text(message: Message, place: str) -> Drawn:
    text = str(message.get("text") or "")
    if not text:
        raise wrong(f"{place}.text", "May not be empty")
    if units(text) > LONGEST:
        raise wrong(f"{place}.text", f"Length must be between 0 and {LONGEST}")
    return "text", {"text": text}


def _file(kind: str, mime: str) -> Callable[[Message, str], Drawn]:
    def draw(message: Message, place: str) -> Drawn:
        url = _address(message.get("originalContentUrl"), f"{place}.originalContentUrl")
        if kind != "audio":
            _address(message.get("previewImageUrl"), f"{place}.previewImageUrl")
        elif not message.get("duration"):
            raise wrong(f"{place}.duration", "May not be empty")
        return kind, {"url": url, "mime": mime, "name": "", "caption": ""}

    return draw


def _address(url: object, place: str) -> str:
    """HTTPS only; this machine itself is let through, for there are no certificates in a town."""
    text = str(url or "")
    local = text.startswith(("http://localhost", "http://127.0.0.1"))
    if not text.startswith("https://") and not local:
        raise wrong(place, "Must be a valid HTTPS URL")
    return text


def _sticker(message: Message, place: str) -> Drawn:
    if not message.get("packageId") or not message.get("stickerId"):
        raise wrong(f"{place}.stickerId", "May not be empty")
    name = f"{message['packageId']}/{message['stickerId']}"
    return "sticker", {"url": "", "mime": "image/png", "name": name, "caption": ""}


def _location(message: Message, place: str) -> Drawn:
    for field in ("title", "address", "latitude", "longitude"):
        if message.get(field) in (None, ""):
            raise wrong(f"{place}.{field}", "May not be empty")
    names = {"name": message["title"], "address": message["address"]}
    return "location", {"latitude": message["latitude"], "longitude": message["longitude"], **names}


def _image_map(message: Message, place: str) -> Drawn:
    url = _address(message.get("baseUrl"), f"{place}.baseUrl")
    return "image", {"url": url, "mime": "image/png", "name": "", "caption": message["altText"]}


def _coupon(message: Message, place: str) -> Drawn:
    return "notice", {"text": f"Coupon {message.get('couponId', '')}"}


# --- templates ------------------------------------------------------------


def _template(message: Message, place: str) -> Drawn:
    _alt(message, place)
    template = message.get("template", {})
    kind = template.get("type")
    if kind in {"carousel", "image_carousel"}:
        columns = template.get("columns", [])
        if not 1 <= len(columns) <= MOST_COLUMNS:
            raise wrong(f"{place}.template.columns", f"Size must be between 1 and {MOST_COLUMNS}")
        return "carousel", {"text": "", "cards": [_column(one, place) for one in columns]}
    if kind not in {"buttons", "confirm"}:
        raise wrong(f"{place}.template.type", "must be one of the types of templates")
    most, least = (2, 2) if kind == "confirm" else (4, 1)
    actions, text = template.get("actions", []), str(template.get("text", ""))
    if not least <= len(actions) <= most:
        raise wrong(f"{place}.template.actions", f"Size must be between {least} and {most}")
    if not 0 < len(text) <= LONGEST_QUESTION:
        raise wrong(f"{place}.template.text", f"Length must be between 1 and {LONGEST_QUESTION}")
    buttons = [_button(one, f"{place}.template.actions") for one in actions]
    if template.get("title") or template.get("thumbnailImageUrl"):
        return "card", _card(template, text, buttons)
    return "buttons", {"text": text, "buttons": buttons, "style": "inline"}


def _column(one: Message, place: str) -> dict[str, Any]:
    actions = one.get("actions") or [one.get("action", {})]
    if len(actions) > 3:
        raise wrong(f"{place}.template.columns.actions", "Size must be between 1 and 3")
    return _card(one, str(one.get("text", "")), [_button(a, place) for a in actions])


def _card(one: Message, text: str, buttons: list[dict[str, str]]) -> dict[str, Any]:
    image = one.get("thumbnailImageUrl") or one.get("imageUrl") or ""
    return {"title": one.get("title", ""), "text": text, "image": image, "buttons": buttons}


def _alt(message: Message, place: str) -> None:
    if not 0 < len(str(message.get("altText", ""))) <= LONGEST_ALT:
        raise wrong(f"{place}.altText", f"Length must be between 1 and {LONGEST_ALT}")


def _button(action: Message, place: str) -> dict[str, str]:
    """What an action does: a postback comes back as data, a message as words."""
    label = str(action.get("label", ""))
    if len(label) > 20:
        raise wrong(f"{place}.label", "Length must be between 0 and 20")
    if action.get("type") == "uri":
        return {"id": str(action.get("uri")), "label": label, "url": str(action.get("uri"))}
    if action.get("type") == "postback":
        data = str(action.get("data", ""))
        if not 0 < len(data) <= 300:
            raise wrong(f"{place}.data", "Length must be between 1 and 300")
        return {"id": data, "label": label, "hint": str(action.get("displayText", ""))}
    if action.get("type") == "message":
        return {"id": f"message:{action.get('text', '')}", "label": label}
    if action.get("type") in {"datetimepicker", "location", "camera", "cameraRoll", "clipboard"}:
        return {"id": str(action.get("data") or action["type"]), "label": label}
    raise wrong(f"{place}.type", "must be one of the types of actions")


# --- flex -----------------------------------------------------------------


def _flex(message: Message, place: str) -> Drawn:
    _alt(message, place)
    contents = message.get("contents", {})
    if contents.get("type") == "carousel":
        bubbles = contents.get("contents", [])
        if not 1 <= len(bubbles) <= MOST_BUBBLES:
            raise wrong(f"{place}.contents.contents", f"Size must be between 1 and {MOST_BUBBLES}")
        cards = [_bubble(one, place) for one in bubbles]
        return "carousel", {"text": "", "cards": cards}
    if contents.get("type") != "bubble":
        raise wrong(f"{place}.contents.type", "must be bubble or carousel")
    return "card", _bubble(contents, place)


def _bubble(bubble: Message, place: str) -> dict[str, Any]:
    """Its words from top to bottom: the first is the title."""
    words: list[str] = []
    images: list[str] = []
    buttons: list[dict[str, str]] = []
    for block in ("header", "hero", "body", "footer"):
        _walk(bubble.get(block), place, words, images, buttons)
    if not words and not images:
        raise wrong(f"{place}.contents", "At least one block must be specified")
    title, *rest = words or [""]
    image = images[0] if images else ""
    return {"title": title, "text": "\n".join(rest), "image": image, "buttons": buttons}


def _walk(
    node: Any, place: str, words: list[str], images: list[str], buttons: list[dict[str, str]]
) -> None:
    if not isinstance(node, dict):
        return
    kind = node.get("type")
    if kind == "text":
        spans = "".join(str(span.get("text", "")) for span in node.get("contents", []))
        words.append(str(node.get("text") or spans))
    elif kind == "image":
        images.append(_address(node.get("url"), f"{place}.url"))
    elif kind == "button":
        buttons.append(_button(node.get("action", {}), place))
    for child in node.get("contents", []) if kind == "box" else []:
        _walk(child, place, words, images, buttons)


DRAWN: dict[str, Callable[[Message, str], Drawn]] = {
    "text": _text,
    "textV2": _text,
    "sticker": _sticker,
    "image": _file("image", "image/jpeg"),
    "video": _file("video", "video/mp4"),
    "audio": _file("audio", "audio/mp4"),
    "location": _location,
    "imagemap": _image_map,
    "template": _template,
    "flex": _flex,
    "coupon": _coupon,
}
