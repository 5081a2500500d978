"""What Meta would refuse in a message: the limits of its Send API."""

from __future__ import annotations

from typing import Any

from filo.emulators.players._meta.desk import INSTAGRAM

LONGEST, LONGEST_BYTES = 2000, 1000
MOST_QUICK, MOST_ELEMENTS, MOST_BUTTONS = 13, 10, 3
TITLE, LABEL, QUESTION, PAYLOAD = 80, 20, 640, 1000
INSTAGRAM_TEMPLATES = {"generic", "button", "product"}
TEMPLATES = INSTAGRAM_TEMPLATES | {
    "receipt", "media", "image_grid", "coupon", "customer_feedback", "utility_messages",
}  # fmt: skip


def wrong_with(message: dict[str, Any], kind: str) -> str:
    """What is wrong, in Meta's way of saying it; empty when nothing is."""
    if not message.keys() & {"text", "attachment", "attachments", "sticker_id", "template"}:
        return "The message must not be empty"
    text = message.get("text", "")
    if kind == INSTAGRAM and len(text.encode()) > LONGEST_BYTES:
        return "Length of param message[text] must be less than or equal to 1000"
    if len(text) > LONGEST or ("text" in message and not text.strip()):
        return "Length of param message[text] must be between 1 and 2000"
    return _quick(message) or _attachment(message.get("attachment", {}), kind)


def _quick(message: dict[str, Any]) -> str:
    replies = message.get("quick_replies", [])
    if len(replies) > MOST_QUICK:
        return f"No more than {MOST_QUICK} quick replies"
    for one in replies:
        if one.get("content_type") != "text":
            continue
        if not 0 < len(one.get("title", "")) <= LABEL or len(one.get("payload", "")) > PAYLOAD:
            return "The title of a quick reply has 1 to 20 letters, its payload at most 1000"
    return ""


def _attachment(attachment: dict[str, Any], kind: str) -> str:
    if not attachment:
        return ""
    payload = attachment.get("payload", {})
    if attachment.get("type") != "template":
        some = payload.get("url") or payload.get("attachment_id") or payload.get("id")
        heart = attachment.get("type") == "like_heart"
        return "" if some or heart else "An attachment needs a url or an attachment_id"
    known = INSTAGRAM_TEMPLATES if kind == INSTAGRAM else TEMPLATES
    name = payload.get("template_type")
    if name not in known:
        return f"Invalid template_type {name}"
    if name == "button" and not 0 < len(payload.get("text", "")) <= QUESTION:
        return "The text of a button template has 1 to 640 letters"
    return _buttons(payload.get("buttons", [])) or _elements(payload, str(name))


def _elements(payload: dict[str, Any], name: str) -> str:
    elements = payload.get("elements", [])
    if name != "generic":
        return ""
    if not 0 < len(elements) <= MOST_ELEMENTS:
        return f"A generic template has 1 to {MOST_ELEMENTS} elements"
    for one in elements:
        if not 0 < len(one.get("title", "")) <= TITLE or len(one.get("subtitle", "")) > TITLE:
            return "The title and the subtitle of an element have at most 80 letters"
        if not one.keys() - {"title"}:
            return "An element needs more than a title"
        if problem := _buttons(one.get("buttons", [])):
            return problem
    return ""


def _buttons(buttons: list[dict[str, Any]]) -> str:
    if len(buttons) > MOST_BUTTONS:
        return f"No more than {MOST_BUTTONS} buttons"
    for one in buttons:
        if not 0 < len(one.get("title", "")) <= LABEL:
            return "The title of a button has 1 to 20 letters"
        if len(one.get("payload", "")) > PAYLOAD:
            return "The payload of a button has at most 1000 letters"
    return ""
