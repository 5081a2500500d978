"""From our parts to the body of `POST /v1/message`."""

from __future__ import annotations

import re
from typing import Any

from filo.channels.contract import (
    Bundle,
    Choice,
    Contact,
    Failed,
    Field,
    Form,
    Html,
    Location,
    Media,
    Native,
    Reason,
    Slots,
    Spoken,
    Text,
)
from filo.channels.kit import in_words, shortened
from filo.connectors.apple.inbound import FORM, PLACE_OF_FILE

EXTENSION = (
    "com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:"
    "com.apple.icloud.apps.messages.business.extension"
)
MOST_QUICK, LEAST_QUICK, LONGEST_QUICK = 5, 2, 24
HALF_HOUR = 30
KEYBOARDS = {"email": "emailAddress", "phone": "phonePad", "number": "numberPad"}
_LINK = re.compile(r"https?://[^\s<>\"“”]+")
_CLOSERS = re.compile(r"[.,;:!?)\]}»”\u2019']+\Z")  # they end the sentence, not the address

Body = dict[str, Any]


def content(part: Spoken, *, reference: str) -> list[Body]:
    """What one part is said with: mostly one message; an address is one of its own."""
    match part:
        case Text():
            return _text(part.text)
        case Media():
            return [_linked(part)]
        case Choice():
            return [_question(part, reference)]
        case Slots():
            return [interactive({"event": _event(part)}, part.text, reference)]
        case Form():
            named = f"{FORM}{part.id}#{reference}"
            return [interactive({"dynamic": _form(part)}, part.title, named, part.text)]
        case Native():
            return [interactive(part.payload, part.text, reference)]
        case _:
            raise Failed(Reason.OTHER, f"Apple knows no {type(part).__name__}")


def shown_by(part: Spoken, able: list[str] | None) -> bool:
    """Can their device show this? It says so with whatever they write; None: it never said."""
    match part:
        case Choice():
            need = "QUICK" if _is_quick(part) else "LIST"
        case Slots():
            need = "TIME"
        case Form():
            need = "FORM"
        case _:
            return True
    return able is None or any(one.startswith(need) for one in able)


def plain(part: Spoken, language: str) -> Body:
    """The same in words; a number typed back is understood."""
    assert not isinstance(part, Text | Media | Bundle | Location | Contact | Html)
    return {"type": "text", "body": in_words(part, language)}


def file(attachment: Body, caption: str) -> Body:
    body = f"{PLACE_OF_FILE} {caption}".strip() if caption else PLACE_OF_FILE
    return {"type": "text", "body": body, "attachments": [attachment]}


def _text(text: str) -> list[Body]:
    """Apple wants every address as a rich link. One on a line of its own leaves the words; one
    inside a sentence stands in it too, for without it the sentence would say nothing."""
    lines = text.split("\n")
    rest = "\n".join(line for line in lines if not _LINK.fullmatch(line.strip())).strip()
    said = [{"type": "text", "body": rest}] if rest else []
    links = dict.fromkeys(_CLOSERS.sub("", found) for found in _LINK.findall(text))
    return said + [_link(address, address.partition("://")[2]) for address in links]


def _linked(media: Media) -> Body:
    if not media.url:
        raise Failed(Reason.OTHER, "the file is neither here nor at an address")
    return _link(media.url, media.caption or media.name or media.url)


def _link(url: str, title: str) -> Body:
    return {"type": "richLink", "richLinkData": {"url": url, "title": title, "assets": {}}}


# --- questions ------------------------------------------------------------


def interactive(kind: Body, title: str, reference: str, subtitle: str = "") -> Body:
    asked: Body = {"title": shortened(title, 512)} | ({"subtitle": subtitle} if subtitle else {})
    told = {"version": "1.0", "requestIdentifier": reference, **kind}
    words = {
        "receivedMessage": asked | {"style": "large"},
        "replyMessage": {"title": shortened(title, 85)},
    }
    if "quick-reply" in kind:
        return {"type": "interactive", "interactiveData": {"bid": EXTENSION, "data": told}}
    inside = {"bid": EXTENSION, "useLiveLayout": True, "data": told, **words}
    return {"type": "interactive", "interactiveData": inside}


def _question(choice: Choice, reference: str) -> Body:
    """Two to five short answers are buttons; the rest is a list to pick from."""
    if _is_quick(choice):
        items = [{"identifier": one.id, "title": one.label} for one in choice.options]
        quick = {"summaryText": choice.text, "items": items}
        return interactive({"quick-reply": quick}, choice.text, reference)
    rows: list[Body] = [
        {
            "identifier": one.id,
            "order": n,
            "title": one.label,
            "subtitle": one.hint,
            "style": "icon",
        }
        for n, one in enumerate(choice.options)
    ]
    section = {"order": 0, "title": choice.button, "multipleSelection": False, "items": rows}
    return interactive({"listPicker": {"sections": [section]}}, choice.text, reference)


def _is_quick(choice: Choice) -> bool:
    short = all(len(one.label) <= LONGEST_QUICK and not one.hint for one in choice.options)
    return short and LEAST_QUICK <= len(choice.options) <= MOST_QUICK


def _event(slots: Slots) -> Body:
    times = [
        {
            "identifier": one.id,
            "startTime": f"{one.starts:%Y-%m-%dT%H:%M%z}",
            "duration": 60 * (one.minutes or HALF_HOUR),
        }
        for one in slots.slots
    ]
    return {"identifier": "slots", "title": slots.text, "timeslots": times}


def _form(form: Form) -> Body:
    pages = [_page(form.fields, n) for n in range(len(form.fields))]
    told = {"startPageIdentifier": form.fields[0].name, "pages": pages} if pages else {}
    return {"version": "1.2", "template": "messageForms", "data": told}


def _page(fields: tuple[Field, ...], n: int) -> Body:
    """One question a page; its answer leads to the next, the last one sends the form."""
    one = fields[n]
    last = n + 1 == len(fields)
    onward: Body = {"submitForm": True} if last else {"nextPageIdentifier": fields[n + 1].name}
    page: Body = {"pageIdentifier": one.name, "title": one.label, "subtitle": ""}
    if one.kind == "choice":
        items = [
            {"identifier": option.id, "title": option.label, "value": option.id, **onward}
            for option in one.options
        ]
        return page | {"type": "select", "multipleSelection": False, "items": items, **onward}
    if one.kind == "date":
        return page | {"type": "datePicker", "options": {"dateFormat": "yyyy-MM-dd"}, **onward}
    line = "multiline" if one.kind == "long" else "singleline"
    keys = KEYBOARDS.get(one.kind, "default")
    options = {"required": one.required, "inputType": line, "keyboardType": keys}
    return page | {"type": "input", "options": options, **onward}
