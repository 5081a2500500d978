"""Meta's approved templates: as they are listed, as they are filled in, as news come of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from typing import Any

import msgspec

from filo.channels.contract import Approved, Call, Media, Reply, Template
from filo.core.text import UNREADABLE

MOST_PAGES = 20
FIELDS = "id,name,language,status,category,components,rejected_reason,parameter_format"
# From "Template fundamentals": only APPROVED can be sent.
STATES = {
    "APPROVED": "approved",
    "REINSTATED": "approved",
    "PENDING": "pending",
    "IN_APPEAL": "pending",
    "PAUSED": "paused",
    "FLAGGED": "approved",
    "DISABLED": "disabled",
    "REJECTED": "rejected",
    "ARCHIVED": "disabled",
    "PENDING_DELETION": "disabled",
    "DELETED": "disabled",
    "LIMIT_EXCEEDED": "disabled",
}
_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class _Button(msgspec.Struct):
    type: str = ""
    text: str = ""
    url: str = ""


class _Component(msgspec.Struct):
    type: str = ""
    format: str = ""
    text: str = ""
    buttons: list[_Button] = []


class _Listed(msgspec.Struct):
    name: str = ""
    language: str = ""
    status: str = ""
    category: str = ""
    rejected_reason: str = ""
    components: list[_Component] = []


class _Cursors(msgspec.Struct):
    after: str = ""


class _Paging(msgspec.Struct):
    next: str = ""
    cursors: _Cursors = msgspec.field(default_factory=_Cursors)


class _Page(msgspec.Struct):
    data: list[_Listed] = []
    paging: _Paging = msgspec.field(default_factory=_Paging)


_page = msgspec.json.Decoder(_Page, strict=False)


def listed(
    address: str, headers: dict[str, str], judge: Callable[[Reply], None]
) -> Generator[Call, Reply, tuple[Approved, ...]]:
    """Page by page, as `GET /{account}/message_templates` has them; `judge` knows the refusals."""
    found: list[Approved] = []
    after = ""
    for _ in range(MOST_PAGES):
        url = f"{address}?fields={FIELDS}&limit=100" + (f"&after={after}" if after else "")
        reply = yield Call(url=url, method="GET", headers=headers)
        judge(reply)
        page = _read(reply)
        found += [_approved(one) for one in page.data if one.name and one.language]
        after = page.paging.cursors.after if page.paging.next else ""
        if not after:
            break
    return tuple(found)


def state_of(event: str) -> str:
    return STATES.get(event.upper(), "pending")


def content(template: Template, *, media_id: str = "", kind: str = "") -> dict[str, Any]:
    """The object `template` of a message."""
    components = [*_header(template, media_id, kind), *_body(template), *_buttons(template)]
    return {
        "name": template.name,
        "language": {"code": template.language},
        **({"components": components} if components else {}),
    }


def _header(template: Template, media_id: str, kind: str) -> list[dict[str, Any]]:
    if template.header is not None:
        file = _file(template.header, media_id, kind)
        return [{"type": "header", "parameters": [{"type": kind, kind: file}]}]
    return _words("header", template.values)


def _file(header: Media, media_id: str, kind: str) -> dict[str, str]:
    where = {"id": media_id} if media_id else {"link": header.url}
    return where | ({"filename": header.name} if kind == "document" and header.name else {})


def _body(template: Template) -> list[dict[str, Any]]:
    return _words("body", template.values)


def _words(where: str, values: dict[str, str]) -> list[dict[str, Any]]:
    given = [(name.partition(".")[2], said) for name, said in values.items() if _of(name) == where]
    if all(name.isdigit() for name, _ in given):
        given.sort(key=lambda pair: int(pair[0]))
        told = [{"type": "text", "text": said} for _, said in given]
    else:
        told = [{"type": "text", "parameter_name": name, "text": said} for name, said in given]
    return [{"type": where, "parameters": told}] if told else []


def _buttons(template: Template) -> list[dict[str, Any]]:
    return [
        {
            "type": "button",
            "sub_type": "url",
            "index": name.partition(".")[2],
            "parameters": [{"type": "text", "text": said}],
        }
        for name, said in sorted(template.values.items())
        if _of(name) == "button"
    ]


def _of(name: str) -> str:
    return name.partition(".")[0]


def _approved(one: _Listed) -> Approved:
    by_type = {component.type.upper(): component for component in one.components}
    head = by_type.get("HEADER", _Component())
    body = by_type.get("BODY", _Component())
    buttons = by_type.get("BUTTONS", _Component()).buttons
    header = head.text if head.format.upper() in {"", "TEXT"} else head.format.lower()
    dynamic = [f"button.{n}" for n, button in enumerate(buttons) if _PLACE.search(button.url)]
    return Approved(
        name=one.name,
        language=one.language,
        state=state_of(one.status),
        category=one.category.lower(),
        header=header,
        body=body.text,
        footer=by_type.get("FOOTER", _Component()).text,
        buttons=tuple(button.text for button in buttons),
        variables=(*_variables("header", head.text), *_variables("body", body.text), *dynamic),
        detail="" if one.rejected_reason in {"", "NONE"} else one.rejected_reason,
    )


def _variables(where: str, text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{where}.{name}" for name in _PLACE.findall(text)))


def _read(reply: Reply) -> _Page:
    try:
        return _page.decode(reply.body)
    except UNREADABLE:
        return _Page()
