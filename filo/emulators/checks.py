"""What Meta would refuse in a message: the limits that a business most often runs into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TEXT, CAPTION, QUESTION = 4096, 1024, 1024
BUTTONS, BUTTON_TITLE = 3, 20
ROWS, ROW_TITLE, ROW_HINT = 10, 24, 72
REF = 512
HEAD = 60
NAMED = ("name", "parameters")
ALONE = {
    "location_request_message": ("name",),
    "call_permission_request": ("name",),
    "voice_call": ("name",),
    "flow": NAMED,
    "cta_url": NAMED,
    "address_message": NAMED,
    "order_details": NAMED,
    "order_status": NAMED,
    "product": ("catalog_id", "product_retailer_id"),
    "product_list": ("catalog_id", "sections"),
    "catalog_message": ("name",),
}


def wrong_with(body: dict[str, Any]) -> str:
    """What is wrong with this message; empty when it is fine."""
    kind = body.get("type", "")
    if body.get("messaging_product") != "whatsapp":
        return "messaging_product must be whatsapp"
    if not (body.get("to") or body.get("recipient")):
        return "to or recipient is required"
    if len(body.get("biz_opaque_callback_data", "")) > REF:
        return "biz_opaque_callback_data is too long"
    if kind not in CHECKS or not body.get(kind):
        return f"type {kind or 'missing'}: its object is missing or unknown"
    return CHECKS[kind](body[kind])


def _text(text: dict[str, Any]) -> str:
    return "" if 0 < len(text.get("body", "")) <= TEXT else "text.body: 1 to 4096 characters"


def _file(file: dict[str, Any]) -> str:
    if bool(file.get("id")) == bool(file.get("link")):
        return "either id or link"
    return "" if len(file.get("caption", "")) <= CAPTION else "caption: at most 1024 characters"


def _audio(file: dict[str, Any]) -> str:
    return "audio takes no caption" if "caption" in file else _file(file)


def _interactive(question: dict[str, Any]) -> str:
    if not 0 < len(question.get("body", {}).get("text", "")) <= QUESTION:
        return "interactive.body.text: 1 to 1024 characters"
    if len(question.get("header", {}).get("text", "")) > HEAD:
        return "interactive.header.text: at most 60 characters"
    action = question.get("action", {})
    if question.get("type") == "button":
        return _buttons([each.get("reply", {}) for each in action.get("buttons", [])])
    if question.get("type") == "list":
        return _rows(action)
    return _alone(question.get("type", ""), action)


def _alone(kind: str, action: dict[str, Any]) -> str:
    """What only WhatsApp asks: a place, a call, a form, a product."""
    if kind not in ALONE:
        return f"interactive of type {kind} is unknown here"
    missing = [name for name in ALONE[kind] if name not in action]
    return f"action.{missing[0]} is required" if missing else ""


def _buttons(replies: list[dict[str, Any]]) -> str:
    titles = [reply.get("title", "") for reply in replies]
    if not 0 < len(titles) <= BUTTONS or len(set(titles)) < len(titles):
        return "1 to 3 buttons with different titles"
    return "" if all(0 < len(each) <= BUTTON_TITLE for each in titles) else "button title: 1 to 20"


def _rows(action: dict[str, Any]) -> str:
    rows = [row for section in action.get("sections", []) for row in section.get("rows", [])]
    if not 0 < len(action.get("button", "")) <= BUTTON_TITLE:
        return "action.button: 1 to 20 characters"
    if not 0 < len(rows) <= ROWS:
        return "1 to 10 rows"
    fits = all(
        0 < len(row.get("title", "")) <= ROW_TITLE and len(row.get("description", "")) <= ROW_HINT
        for row in rows
    )
    return "" if fits else "row title: 1 to 24, description: at most 72"


def _any(_: Any) -> str:
    return ""


CHECKS: dict[str, Callable[[Any], str]] = {
    "text": _text,
    "image": _file,
    "video": _file,
    "audio": _audio,
    "document": _file,
    "sticker": _file,
    "interactive": _interactive,
    "location": _any,
    "contacts": _any,
    "reaction": _any,
    "template": _any,
}
