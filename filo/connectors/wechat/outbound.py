"""From our parts to the body of `message/custom/send`, or of a template."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import quote

from filo.channels.contract import (
    Choice,
    Config,
    Envelope,
    Failed,
    Handle,
    Media,
    Option,
    Reason,
    Spoken,
    Template,
    Text,
)

MIB = 1024 * 1024
NOTICE = "subscribe:"  # before the name of a notice to which people subscribe
KINDS = {"image": "image", "audio": "voice", "video": "video"}


def message(
    to: Handle, part: Spoken, config: Config, *, media_id: str = "", agent: bool = True
) -> dict[str, Any]:
    kf = config.get("kf_account", "") if agent else ""
    return {
        "touser": to.value,
        **_content(part, media_id),
        **({"customservice": {"kf_account": kf}} if kf else {}),
    }


def _content(part: Spoken, media_id: str) -> dict[str, Any]:
    match part:
        case Text():
            return {"msgtype": "text", "text": {"content": part.text}}
        case Media():
            kind = kind_of(part)
            title = {"title": part.name} if kind == "video" and part.name else {}
            return {"msgtype": kind, kind: {"media_id": media_id, **title}}
        case Choice() if any(option.url for option in part.options):
            rows = [escape(part.text, quote=False), *(_linked(one) for one in part.options)]
            return {"msgtype": "text", "text": {"content": "\n".join(filter(None, rows))}}
        case Choice():
            answers = [{"id": one.id, "content": one.label} for one in part.options]
            menu = {"head_content": part.text, "list": answers, "tail_content": ""}
            return {"msgtype": "msgmenu", "msgmenu": menu}
        case _:
            raise Failed(Reason.OTHER, f"WeChat knows no {type(part).__name__}")


def _linked(option: Option) -> str:
    """A line that opens a page, or that answers when it is tapped."""
    words = f"msgmenucontent={quote(option.label)}&msgmenuid={quote(option.id)}"
    address = option.url or f"weixin://bizmsgmenu?{words}"
    return f'<a href="{escape(address)}">{escape(option.label, quote=False)}</a>'


def kind_of(media: Media) -> str:
    return KINDS.get(media.mime.partition("/")[0], "image")


def template(to: Handle, part: Template, envelope: Envelope) -> tuple[str, dict[str, Any]]:
    """A template message, whose `client_msg_id` is refused the second time; or a notice to which
    they subscribed, which has none."""
    places = {name: value for name, value in part.values.items() if name.startswith("body.")}
    filled = {name.removeprefix("body."): {"value": value} for name, value in places.items()}
    page = part.values.get("url", "")
    if part.name.startswith(NOTICE):
        said = {"touser": to.value, "template_id": part.name.removeprefix(NOTICE), "data": filled}
        return "message/subscribe/bizsend", said | ({"page": page} if page else {})
    said = {"touser": to.value, "template_id": part.name, "client_msg_id": envelope.ref}
    return "message/template/send", said | {"data": filled} | ({"url": page} if page else {})
