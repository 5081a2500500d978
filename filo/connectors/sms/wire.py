"""A call of Twilio as one or more forms: `PascalCase` names, whichever way it travelled."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import Raw

from filo.channels.contract import Request
from filo.core.text import UNREADABLE

Form = dict[str, str]
EVENTS = "com.twilio.messaging."

_list = msgspec.json.Decoder(list[Raw])
_plain = msgspec.json.Decoder(dict[str, object])


class _Event(msgspec.Struct):
    type: str = ""
    data: Raw = Raw(b"{}")


_event = msgspec.json.Decoder(_Event)


def is_json(body: bytes) -> bool:
    return body[:1] in (b"{", b"[")


def forms(request: Request) -> Iterator[Form]:
    """One form of a webhook; or one for each event of an Event Streams sink."""
    if not is_json(request.body):
        yield dict(request.form)
        return
    for raw in _events(request.body):
        try:
            event = _event.decode(raw)
            yield _form(event.data if event.type else raw, event.type)
        except UNREADABLE:
            yield {}


def _events(body: bytes) -> list[Raw]:
    try:
        return _list.decode(body) if body[:1] == b"[" else [Raw(body)]
    except UNREADABLE:
        return []


def _form(raw: Raw, kind: str) -> Form:
    """Event Streams writes `messageSid` for `MessageSid`, and the status in the event's type."""
    plain = _plain.decode(raw)
    form = {f"{name[:1].upper()}{name[1:]}": _text(value) for name, value in plain.items()}
    name = kind.removeprefix(EVENTS)
    if kind and name != kind and not name.startswith("inbound"):
        form.setdefault("MessageStatus", name.rpartition(".")[2])
    return form


def _text(value: object) -> str:
    known = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value) if known else ""
