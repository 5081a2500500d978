"""What a message of the business looks like in Messages."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from filo.emulators.players.apple import store
from filo.emulators.web import Answer, Refused
from filo.emulators.world import File

if TYPE_CHECKING:
    from filo.emulators.world import World

Drawn = tuple[str, dict[str, Any]]
HOLE = "\ufffc"  # stands in the text for each file, in order
NEEDS = {
    "quick-reply": "QUICK",
    "listPicker": "LIST",
    "event": "TIME",
    "authenticate": "AUTH",
    "dynamic": "FORM",
}


def drawn(world: World, told: dict[str, Any], able: tuple[str, ...]) -> list[Drawn]:
    """One bubble for the words, and one for each file; else what the type says."""
    match told.get("type"):
        case "text":
            return _text(world, told)
        case "richLink":
            return [_link(told.get("richLinkData") or {})]
        case "interactive":
            return [_interactive(told.get("interactiveData") or {}, able)]
    raise Refused(Answer.json({"error": f"type {told.get('type')}"}, status=400))


def _text(world: World, told: dict[str, Any]) -> list[Drawn]:
    words = str(told.get("body", "")).replace(HOLE, "").strip()
    files = [_file(world, one) for one in told.get("attachments", [])]
    return ([("text", {"text": words})] if words else []) + files


def _file(world: World, named: dict[str, Any]) -> Drawn:
    mime = str(named.get("mimeType", "application/octet-stream"))
    body = store.plain(world, str(named.get("url", "")), str(named.get("key", "")))
    file = File(world.new_id("ap"), mime, body, str(named.get("name", "")))
    world.files[file.id] = file
    kind = mime.partition("/")[0]
    kind = kind if kind in ("image", "video", "audio") else "file"
    return kind, {"url": f"/apple-media/{file.id}", "mime": mime, "name": file.name, "caption": ""}


def _link(told: dict[str, Any]) -> Drawn:
    url = str(told.get("url", ""))
    image = (told.get("assets") or {}).get("image") or {}
    shown = {"url": _inline(image), "mime": image.get("mimeType", "")} if image else None
    button = {"id": "", "label": told.get("title") or url, "url": url}
    return "card", {
        "title": told.get("title", ""),
        "text": url,
        "image": shown,
        "buttons": [button],
    }


def _inline(image: dict[str, Any]) -> str:
    return f"data:{image.get('mimeType', 'image/png')};base64,{image.get('data', '')}"


def _interactive(told: dict[str, Any], able: tuple[str, ...]) -> Drawn:
    data = told.get("data") or {}
    if not data.get("requestIdentifier"):
        raise Refused(Answer.json({"error": "requestIdentifier is missing"}, status=400))
    words = str((told.get("receivedMessage") or {}).get("title", ""))
    for name, need in NEEDS.items():
        if name in data and not any(one.startswith(need) for one in able):
            raise Refused(Answer.json({"error": f"the device cannot {need}"}, status=400))
    for name, draw in DRAWN.items():
        if data.get(name):
            return draw(data, words)
    raise Refused(Answer.json({"error": "nothing interactive"}, status=400))


def _quick(data: dict[str, Any], words: str) -> Drawn:
    quick = data["quick-reply"]
    buttons = [_button(one) for one in quick.get("items", [])]
    if not 2 <= len(buttons) <= 5:
        raise Refused(Answer.json({"error": "quick-reply has 2 to 5 items"}, status=400))
    text = quick.get("summaryText") or words
    return "buttons", {"text": text, "buttons": buttons, "style": "quick"}


def _one(id_: str) -> Callable[[dict[str, Any], str], Drawn]:
    def draw(_: dict[str, Any], words: str) -> Drawn:
        button = {"id": id_, "label": words or "Apple"}
        return "buttons", {"text": words, "buttons": [button], "style": "inline"}

    return draw


def _button(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(item.get("identifier", "")),
        "label": str(item.get("title", "")),
        "hint": str(item.get("subtitle", "")),
    }


def _list(data: dict[str, Any], words: str) -> Drawn:
    """Cards too travel so: a row may have a picture."""
    picker = data["listPicker"]
    images = {one.get("identifier"): one for one in data.get("images", [])}
    rows = [item for section in picker.get("sections", []) for item in section.get("items", [])]
    buttons = [
        _button(row)
        | ({"image": _picture(images[row["imageIdentifier"]])} if _has(row, images) else {})
        for row in rows
    ]
    titles = [section.get("title", "") for section in picker.get("sections", [])]
    text = words or next(filter(None, titles), "")
    return "buttons", {"text": text, "buttons": buttons, "style": "list"}


def _has(row: dict[str, Any], images: dict[Any, Any]) -> bool:
    return row.get("imageIdentifier") in images


def _picture(image: dict[str, Any]) -> dict[str, str]:
    data = str(image.get("data", ""))
    png = base64.b64decode(data[:12] + "==")[:4] == b"\x89PNG"
    mime = "image/png" if png else "image/jpeg"
    return {"url": f"data:{mime};base64,{data}", "mime": mime}


def _times(data: dict[str, Any], words: str) -> Drawn:
    event = data["event"]
    slots = [
        {
            "id": str(one.get("identifier", "")),
            "starts": str(one.get("startTime", "")),
            "minutes": int(one.get("duration", 0)) // 60,
        }
        for one in event.get("timeslots", [])
    ]
    return "slots", {"text": words or str(event.get("title", "")), "slots": slots}


def _title(item: dict[str, Any]) -> str:
    return str(item.get("title", ""))


def _form(data: dict[str, Any], words: str) -> Drawn:
    dynamic = data["dynamic"]
    if dynamic.get("template") != "messageForms":
        raise Refused(Answer.json({"error": "no such template"}, status=400))
    fields = []
    for page in (dynamic.get("data") or {}).get("pages", []):
        options = [
            {
                "id": str(one.get("identifier") or one.get("value", "")),
                "label": one.get("title", ""),
            }
            for one in page.get("items", [])
        ]
        name, label = str(page.get("pageIdentifier", "")), str(page.get("title", ""))
        kind = "choice" if options else "date" if page.get("type") == "datePicker" else "text"
        fields.append({"name": name, "label": label, "kind": kind, "options": options})
    return "form", {"title": words, "fields": fields}


DRAWN: dict[str, Callable[[dict[str, Any], str], Drawn]] = {
    "quick-reply": _quick,
    "listPicker": _list,
    "event": _times,
    "dynamic": _form,
    "payment": _one("pay"),
    "authenticate": _one("login"),
}
