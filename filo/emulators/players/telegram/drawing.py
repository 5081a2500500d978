"""What a method of the Bot API puts on the screen, and what Telegram would refuse in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from filo.emulators.players.parcels import kept, shown
from filo.emulators.players.telegram.desk import no

if TYPE_CHECKING:
    from filo.emulators.players.parcels import Parcel
    from filo.emulators.world import World

LONGEST, LONGEST_CAPTION = 4096, 1024
MOST_DATA = 64
MIB = 1024 * 1024
MEDIA = "/telegram-media"
KINDS = {
    "photo": "image",
    "document": "file",
    "video": "video",
    "audio": "audio",
    "animation": "image",
    "voice": "audio",
    "video_note": "video",
    "sticker": "sticker",
}
MARKS = {"bold": "**", "italic": "_", "strikethrough": "~~", "code": "`"}
Drawn = tuple[str, dict[str, Any]]


def units(text: str) -> int:
    """Telegram counts in UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def words(fields: dict[str, Any], *, name: str = "text", most: int = LONGEST) -> str:
    """The text of a message, its entities drawn as marks."""
    text = str(fields.get(name) or "")
    if name == "text" and not text.strip():
        raise no("empty")
    if units(text) > most:
        raise no("long" if name == "text" else "caption")
    entities = parsed(fields.get("entities" if name == "text" else "caption_entities")) or []
    return _marked(text, entities)


def _marked(text: str, entities: list[dict[str, Any]]) -> str:
    raw = text.encode("utf-16-le")
    cuts: list[tuple[int, str]] = []
    for one in entities:
        start, end = int(one.get("offset", 0)), int(one.get("offset", 0)) + int(one["length"])
        if not 0 <= start < end <= len(raw) // 2:
            raise no("parse")
        mark = MARKS.get(str(one.get("type")), "")
        cuts += [(start, mark), (end, mark)] if mark else []
    for at, mark in sorted(cuts, key=lambda cut: cut[0], reverse=True):
        raw = raw[: at * 2] + mark.encode("utf-16-le") + raw[at * 2 :]
    return raw.decode("utf-16-le")


def parsed(value: Any) -> Any:
    """JSON within a form field, or what JSON was already."""
    if not isinstance(value, str) or not value.startswith(("[", "{")):
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError:
        return None


def keyboard(fields: dict[str, Any]) -> tuple[list[dict[str, str]], str]:
    """Buttons in the order of their rows, and whether they stand in the thread or below it."""
    markup = parsed(fields.get("reply_markup")) or {}
    rows, style = markup.get("inline_keyboard"), "inline"
    if rows is None:
        rows, style = markup.get("keyboard", []), "quick"
    buttons = [_button(one, style) for row in rows for one in row]
    if len(buttons) > 100:
        raise no("button")
    return buttons, style


def _button(one: dict[str, Any], style: str) -> dict[str, str]:
    label, data = str(one.get("text", "")), str(one.get("callback_data", ""))
    url = one.get("url") or one.get("web_app", {}).get("url") or one.get("login_url", {}).get("url")
    if style == "quick":
        asked = "share_phone" if one.get("request_contact") else ""
        asked = asked or ("share_location" if one.get("request_location") else "")
        return {"id": asked or label, "label": label}
    if not label or not (url or 0 < len(data.encode()) <= MOST_DATA):
        raise no("button")
    return {"id": data, "label": label} | ({"url": str(url)} if url else {})


# --- one drawing for each method ------------------------------------------


def drawn(world: World, method: str, fields: dict[str, Any], files: dict[str, Parcel]) -> Drawn:
    """The bubble that `sendMessage`, `sendPhoto`, … makes."""
    kind = _snake(method.removeprefix("send"))
    if kind in KINDS:
        return _file(world, kind, fields, files)
    if kind in {"location", "venue"}:
        return _place(fields)
    if kind == "contact":
        return _contact(fields)
    buttons, style = keyboard(fields)
    text = words(fields)
    if buttons:
        return "buttons", {"text": text, "buttons": buttons, "style": style}
    return "text", {"text": text}


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def _file(world: World, kind: str, fields: dict[str, Any], files: dict[str, Parcel]) -> Drawn:
    caption = words(fields, name="caption", most=LONGEST_CAPTION)
    content = _content(world, kind, fields, files) | {"caption": caption}
    buttons, _ = keyboard(fields)
    if not buttons:
        return KINDS[kind], content
    title, _, text = caption.partition("\n")
    card = {"title": title.strip("*"), "text": text, "image": content["url"], "buttons": buttons}
    return "card", card


def _content(
    world: World, kind: str, fields: dict[str, Any], files: dict[str, Parcel]
) -> dict[str, Any]:
    if kind in files:
        if len(files[kind][2]) > (10 if kind == "photo" else 50) * MIB:
            raise no("large")
        return shown(kept(world, files[kind], mark="BQAC"), MEDIA)
    where = str(fields.get(kind, ""))
    if where in world.files:
        return shown(world.files[where], MEDIA)
    if not where.startswith(("http://", "https://")):
        raise no("file")
    return {"url": where, "mime": "", "name": where.rpartition("/")[2]}


def _place(fields: dict[str, Any]) -> Drawn:
    try:
        where = {"latitude": float(fields["latitude"]), "longitude": float(fields["longitude"])}
    except (KeyError, ValueError, TypeError):
        raise no("chat_not_found") from None
    names = {"name": fields.get("title", ""), "address": fields.get("address", "")}
    return "location", where | names


def _contact(fields: dict[str, Any]) -> Drawn:
    name = f"{fields.get('first_name', '')} {fields.get('last_name', '')}".strip()
    return "contact", {"name": name, "phones": [str(fields.get("phone_number", ""))], "emails": []}
