"""Hostile words by chat: in the text, and in every other field that a stranger may fill."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from tests.hostile.items import mark
from tests.hostile.markup import FAR, JS, UNSEEN

WHEN = "2026-11-22T12:00:00Z"
EPOCH = "1767355560"
WORDS = (
    f"<script>{JS}</script>",
    f"<img src=x onerror={JS}>",
    f"<img src={FAR}/seen.gif>",
    f"{FAR}/<script>{JS}</script>?a=1&b=<b>",
    f'https://x"onmouseover="{JS}"@evil.example/',
    f"javascript:{JS}",
    "https://user:pass@evil.example\u202emoc.azzerb//:sptth",
    "{{ request }} {% load x %} {0.__class__} %(x)s ${7*7} <%= 7*7 %> #{7*7}",
    "@Dora <b>@all</b> @<script>",
    "'; DROP TABLE conversations_message; --",
    "=cmd|'/C calc'!A1",
    "\x1b[31m\x1b]0;title\x07\r\nlevel=error msg=forged",
    "a" * 7000,
    "\u0301" * 3000,
    "&lt;img src=x onerror=alert(1)&gt; &#60;script&#62;",
    *UNSEEN.values(),
)
SENDER = b"SEND"  # who writes: as many as fill one page of the thread
Turn = tuple[str, bytes, bool]  # kind, the call's body, whether its mark is to be seen


def turns(number: int, words: str, *, sender: int) -> Iterator[Turn]:
    """The same words by each channel, in each field; `number` counts up from there."""
    for build in (*IN_A_FIELD, *(AS_A_NAME if sender < NAMED else ())):
        kind, made, shown = build(number, words)
        yield kind, msgspec.json.encode(made).replace(SENDER, b"%04d" % sender), shown
        number += 1


def _event(number: int, part: dict[str, Any], name: str = "Eve") -> dict[str, Any]:
    said = {
        "type": "said",
        "id": f"h{number}",
        "at": WHEN,
        "from": {"id": "eve-SEND", "name": name},
    }
    return {"events": [{**said, "parts": [{"type": "text", "text": mark(number)}, part]}]}


def http_text(number: int, words: str) -> tuple[str, Any, bool]:
    return "http", _event(number, {"type": "text", "text": words}), True


def http_file(number: int, words: str) -> tuple[str, Any, bool]:
    file = {"type": "media", "mime": words[:80], "url": words, "name": words, "caption": words}
    return "http", _event(number, file), True


def http_card(number: int, words: str) -> tuple[str, Any, bool]:
    card = {"type": "contact", "name": words, "phones": [words], "emails": [words]}
    return "http", _event(number, card), True


def http_place(number: int, words: str) -> tuple[str, Any, bool]:
    place = {"type": "location", "latitude": 91e9, "longitude": -1e308, "name": words}
    return "http", _event(number, place | {"address": words}), True


def http_choice(number: int, words: str) -> tuple[str, Any, bool]:
    options = [{"id": words, "label": words, "hint": words}]
    return "http", _event(number, {"type": "choice", "text": words, "options": options}), True


def http_native(number: int, words: str) -> tuple[str, Any, bool]:
    return "http", _event(number, {"type": "native", "kind": words, "text": words}), True


def http_mail(number: int, words: str) -> tuple[str, Any, bool]:
    return "http", _event(number, {"type": "html", "html": words, "quoted": words}), True


def http_person(number: int, words: str) -> tuple[str, Any, bool]:
    made = _event(number, {"type": "text", "text": "x"}, words)
    made["events"][0]["from"]["id"] = f"{words[:60]}{number}"
    made["events"][0]["context"] = {"page": words, words[:50]: words}
    return "http", made, True


def _whatsapp(number: int, message: dict[str, Any], name: str) -> dict[str, Any]:
    who = f"3933300{number:05d}" if name != "Eve" else "39333000SEND"
    said = {"from": who, "id": f"wamid.h{number}", "timestamp": EPOCH, **message}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "390450001234", "phone_number_id": "106540352242922"},
        "contacts": [{"profile": {"name": name}, "wa_id": who}],
        "messages": [said],
    }
    entry = {"id": "102290129340398", "changes": [{"value": value, "field": "messages"}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def whatsapp_text(number: int, words: str) -> tuple[str, Any, bool]:
    text = {"type": "text", "text": {"body": f"{mark(number)} {words}"[:4096]}}
    return "whatsapp", _whatsapp(number, text, "Eve"), True


def whatsapp_name(number: int, words: str) -> tuple[str, Any, bool]:
    text = {"type": "text", "text": {"body": mark(number)}}
    return "whatsapp", _whatsapp(number, text, words), True


def whatsapp_cards(number: int, words: str) -> tuple[str, Any, bool]:
    card = {"name": {"formatted_name": f"{mark(number)} {words}"}, "phones": [{"phone": words}]}
    return "whatsapp", _whatsapp(number, {"type": "contacts", "contacts": [card]}, "Eve"), True


def whatsapp_order(number: int, words: str) -> tuple[str, Any, bool]:
    item = {"product_retailer_id": words, "quantity": 1, "item_price": 1, "currency": words}
    order = {"catalog_id": words, "text": f"{mark(number)} {words}", "product_items": [item]}
    return "whatsapp", _whatsapp(number, {"type": "order", "order": order}, "Eve"), True


def chat_text(number: int, words: str) -> tuple[str, Any, bool]:
    said = {"cmd": "send", "client_id": f"h{number}", "text": f"{mark(number)} {words}"}
    return "webchat", said | {"page": words, "choice": words}, True


def chat_place(number: int, words: str) -> tuple[str, Any, bool]:
    place = {"type": "location", "latitude": 45, "longitude": 9, "name": words, "address": words}
    parts = [{"type": "text", "text": mark(number)}, place]
    return "webchat", {"cmd": "send", "client_id": words[:90] + str(number), "parts": parts}, True


IN_A_FIELD = (
    *(http_text, http_file, http_card, http_place, http_choice, http_native, http_mail),
    *(whatsapp_text, whatsapp_cards, whatsapp_order),
    *(chat_text, chat_place),
)
AS_A_NAME = (http_person, whatsapp_name)  # each of them is a customer of their own
NAMED = 2  # of the senders
