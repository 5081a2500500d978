"""What a message of the customer-service API looks like in WeChat."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from filo.emulators.players.wechat.errors import refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from filo.emulators.world import World

_LINKS = re.compile(r'<a\s+href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_MENU = "weixin://bizmsgmenu"
Drawn = tuple[str, dict[str, Any]]


def drawn(world: World, said: dict[str, Any]) -> Drawn:
    kind = str(said.get("msgtype", ""))
    given = said.get(kind)
    if kind not in DRAWN or not isinstance(given, dict):
        raise refused("47001")
    return DRAWN[kind](world, given)


def _text(_: World, text: dict[str, Any]) -> Drawn:
    """Links stand in the words; those to a menu answer instead of opening a page."""
    words = str(text.get("content", ""))
    if not words:
        raise refused("44004")
    buttons = [_button(*match) for match in _LINKS.findall(words)]
    shown = html.unescape(_LINKS.sub(r"\2", words)) if buttons else words
    if not buttons:
        return "text", {"text": shown}
    return "buttons", {"text": shown, "buttons": buttons, "style": "inline"}


def _button(address: str, label: str) -> dict[str, str]:
    address = html.unescape(address)
    if not address.startswith(_MENU):
        return {"id": address, "label": label, "url": address}
    asked = parse_qs(urlsplit(address).query)
    return {"id": asked.get("msgmenuid", [""])[0], "label": asked.get("msgmenucontent", [label])[0]}


def _menu(_: World, menu: dict[str, Any]) -> Drawn:
    text = "\n".join(filter(None, [menu.get("head_content", ""), menu.get("tail_content", "")]))
    buttons = [
        {"id": str(one.get("id", "")), "label": one.get("content", "")}
        for one in menu.get("list", [])
    ]
    if not buttons or not all(one["id"] and one["label"] for one in buttons):
        raise refused("47001")
    return "buttons", {"text": text, "buttons": buttons, "style": "list"}


def _media(kind: str) -> Callable[[World, dict[str, Any]], Drawn]:
    def draw(world: World, given: dict[str, Any]) -> Drawn:
        file = world.files.get(str(given.get("media_id", "")))
        if file is None:
            raise refused("40007")
        caption = given.get("description") or given.get("title") or ""
        told = {"url": f"/wechat-media/{file.id}", "mime": file.mime, "name": file.name}
        return kind, told | {"caption": caption}

    return draw


def _news(_: World, news: dict[str, Any]) -> Drawn:
    articles = news.get("articles", [])
    if len(articles) != 1:  # one since 2018
        raise refused("47001")
    return "card", _article(articles[0])


def _article(one: dict[str, Any]) -> dict[str, Any]:
    url = one.get("url", "")
    return {
        "title": one.get("title", ""),
        "text": one.get("description", ""),
        "image": one.get("picurl", ""),
        "buttons": [{"id": url, "label": "阅读全文", "url": url}] if url else [],
    }


def _program(_: World, page: dict[str, Any]) -> Drawn:
    return "card", {"title": page.get("title", ""), "text": "", "image": "", "buttons": []}


DRAWN: dict[str, Callable[[World, dict[str, Any]], Drawn]] = {
    "text": _text,
    "msgmenu": _menu,
    "image": _media("image"),
    "voice": _media("audio"),
    "video": _media("video"),
    "news": _news,
    "miniprogrampage": _program,
}


def filled(template: dict[str, str], values: dict[str, Any]) -> dict[str, str]:
    """`{{first.DATA}}` replaced by what the business gave."""

    def value(match: re.Match[str]) -> str:
        return str(values.get(match.group(1), {}).get("value", ""))

    text = re.sub(r"\{\{(\w+)\.DATA\}\}", value, template["content"])
    return {"name": template["title"], "text": text}
