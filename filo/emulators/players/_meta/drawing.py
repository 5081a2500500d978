"""How a message of the Send API stands on the customer's screen."""

from __future__ import annotations

from typing import Any

from filo.emulators.web import Call
from filo.emulators.world import World

MEDIA = "/meta-media"
KINDS = {"image", "video", "audio", "file"}
Drawn = tuple[str, dict[str, Any]]


def drawn(message: dict[str, Any], world: World) -> Drawn:  # noqa: PLR0911 -- a line for each sort
    """The type and the content of the bubble."""
    if replies := message.get("quick_replies"):
        buttons = [
            {"id": one.get("payload", one.get("content_type", "")), "label": one.get("title", "")}
            for one in replies
        ]
        return "buttons", {"text": message.get("text", ""), "buttons": buttons, "style": "quick"}
    if "text" in message:
        return "text", {"text": message["text"]}
    if "sticker_id" in message:
        return "sticker", {"url": "", "mime": "image/png", "name": "sticker", "caption": ""}
    if "template" in message:
        return _utility(message["template"])
    attachment = message.get("attachment") or (message.get("attachments") or [{}])[0]
    kind, payload = str(attachment.get("type", "")), attachment.get("payload", {})
    if kind == "template":
        return _template(payload)
    if kind in KINDS:
        return kind, _file(payload, kind, world)
    return "notice", {"text": kind or "?"}


def _file(payload: dict[str, Any], kind: str, world: World) -> dict[str, Any]:
    kept = world.files.get(str(payload.get("attachment_id", "")))
    if kept:
        return {"url": f"{MEDIA}/{kept.id}", "mime": kept.mime, "name": kept.name, "caption": ""}
    url = str(payload.get("url", ""))
    mime = {"image": "image/jpeg", "video": "video/mp4", "audio": "audio/mpeg"}.get(kind, "")
    name = url.partition("?")[0].rpartition("/")[2]
    return {"url": url, "mime": mime or "application/octet-stream", "name": name, "caption": ""}


def _template(payload: dict[str, Any]) -> Drawn:
    match payload.get("template_type"):
        case "button":
            buttons = [_button(one) for one in payload.get("buttons", [])]
            return "buttons", {
                "text": payload.get("text", ""),
                "buttons": buttons,
                "style": "inline",
            }
        case "generic":
            cards = [_card(one) for one in payload.get("elements", [])]
            return (
                ("card", cards[0])
                if len(cards) == 1
                else ("carousel", {"text": "", "cards": cards})
            )
        case "receipt":
            return "receipt", _receipt(payload)
        case "utility_messages":
            return _utility(payload)
        case other:
            return "template", {"name": str(other), "text": str(payload.get("text", ""))}


def _button(one: dict[str, Any]) -> dict[str, str]:
    return {
        "id": str(one.get("payload", "")),
        "label": str(one.get("title", "")),
        "url": str(one.get("url", "")),
    }


def _card(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": one.get("title", ""),
        "text": one.get("subtitle", ""),
        "image": one.get("image_url", ""),
        "buttons": [_button(each) for each in one.get("buttons", [])],
    }


def _receipt(payload: dict[str, Any]) -> dict[str, Any]:
    currency = payload.get("currency", "")
    items = [
        {
            "title": one.get("title", ""),
            "quantity": one.get("quantity", 1),
            "price": {"amount": str(one.get("price", "")), "currency": currency},
        }
        for one in payload.get("elements", [])
    ]
    total = payload.get("summary", {}).get("total_cost", "")
    return {
        "number": payload.get("order_number", ""),
        "items": items,
        "total": {"amount": str(total), "currency": currency},
        "paid_with": payload.get("payment_method", ""),
        "url": payload.get("order_url", ""),
    }


def _utility(template: dict[str, Any]) -> Drawn:
    values = [
        str(each.get("text", ""))
        for part in template.get("components", [])
        for each in part.get("parameters", [])
    ]
    name = str(template.get("name", ""))
    return "template", {"name": name, "text": " · ".join([name, *values])}


def address(call: Call, path: str) -> str:
    return f"{call.origin}{path}"
