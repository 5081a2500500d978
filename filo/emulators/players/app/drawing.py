"""Lines of the thread as bubbles: what the company's app shows of each part."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from filo.emulators.accounts import Bubble

Part = dict[str, Any]
Drawn = tuple[str, dict[str, Any]]


def bubbles(line: Part) -> list[Bubble]:
    """One for each part; a line that was taken back is one empty bubble."""
    parts = line["parts"] or [{"type": "text", "text": ""}]
    ids = [line["id"]] + [f"{line['id']}.{n}" for n in range(1, len(parts))]
    return [_bubble(line, part, name) for part, name in zip(parts, ids, strict=True)]


def _bubble(line: Part, part: Part, name: str) -> Bubble:
    kind, content = DRAWN.get(part["type"], _words)(part)
    at = datetime.fromisoformat(line["at"]).timestamp()
    made = Bubble(name, not line["mine"], at, kind, content, by=line.get("by", ""))
    made.state, made.answers = line["state"], line.get("answers", "")
    made.edited, made.withdrawn = line.get("edited", False), line.get("withdrawn", False)
    made.ref = next(iter(line.get("refs", ())), "")
    return made


def _words(part: Part) -> Drawn:
    return "text", {"text": part.get("text", "")}


def _buttons(part: Part) -> list[Part]:
    names = ("id", "label", "url")
    return [
        {name: one.get(name, "") for name in names if one.get(name)}
        for one in part.get("options", ())
    ]


def _choice(part: Part) -> Drawn:
    return "buttons", {"text": part["text"], "buttons": _buttons(part), "style": "quick"}


def _media(part: Part) -> Drawn:
    kind = part["mime"].partition("/")[0]
    shown = {name: part.get(name, "") for name in ("url", "mime", "name", "caption")}
    return kind if kind in {"image", "video", "audio"} else "file", shown


def _same(kind: str) -> Callable[[Part], Drawn]:
    return lambda part: (kind, {name: told for name, told in part.items() if name != "type"})


def _tile(part: Part) -> Part:
    image = part.get("image") or {}
    shown = {"url": image["url"], "mime": image.get("mime", "")} if image.get("url") else None
    told = {"title": part.get("title", ""), "text": part.get("text", "")}
    return {**told, "image": shown, "buttons": _buttons(part)}


def _card(part: Part) -> Drawn:
    return "card", _tile(part)


def _carousel(part: Part) -> Drawn:
    return "carousel", {
        "text": part.get("text", ""),
        "cards": [_tile(one) for one in part["cards"]],
    }


def _form(part: Part) -> Drawn:
    names = ("id", "title", "text", "button", "fields")
    return "form", {name: part.get(name, "") for name in names}


def _survey(part: Part) -> Drawn:
    scale = range(1, part.get("scale", 5) + 1)
    ends = {1: part.get("low", ""), scale[-1]: part.get("high", "")}
    scores = [
        {"id": f"csat:{part['id']}:{n}", "label": str(n), "hint": ends.get(n, "")} for n in scale
    ]
    return "buttons", {"text": part["text"], "buttons": scores, "style": "list"}


def _pass(part: Part) -> Drawn:
    kind, told = _same("pass")(part)
    if code := part.get("code"):
        told["code"] = {"kind": code.get("kind", ""), "payload": "", "svg": _svg(code)}
    return kind, told


def _svg(code: Part) -> str:
    """The cells come drawn already, as one path."""
    box = f"0 0 {code.get('width', 0)} {code.get('height', 0)}"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='{box}' shape-rendering='crispEdges'>"
        f"<path d='{code.get('path', '')}'/></svg>"
    )


def _paper(title: str, *names: str) -> Callable[[Part], Drawn]:
    """A card of facts, for what has no face of its own here."""

    def draw(part: Part) -> Drawn:
        price = part.get("price") or {}
        money = " ".join(str(price[name]) for name in ("amount", "currency") if name in price)
        facts = [money, *(str(part.get(name, "")) for name in names)]
        buttons = [{"id": "", "label": "\u2192", "url": part["url"]}] if part.get("url") else []
        text = "\n".join(fact for fact in facts if fact)
        return "card", {"title": part[title], "text": text, "image": None, "buttons": buttons}

    return draw


DRAWN: dict[str, Callable[[Part], Drawn]] = {
    "choice": _choice,
    "media": _media,
    "location": _same("location"),
    "contact": _same("contact"),
    "card": _card,
    "carousel": _carousel,
    "form": _form,
    "slots": _same("slots"),
    "survey": _survey,
    "receipt": _same("receipt"),
    "boarding_pass": _pass,
    "shipment": _paper("number", "status", "carrier", "text", "expected"),
    "appointment": _paper("title", "starts", "place", "text"),
    "payment": _paper("title", "reference", "due"),
}
