"""What customers send, as the wire carries it: one call with its events, and how it is signed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime

import msgspec

from filo.channels.kit import sign_webhook, signature
from filo.core import clock, passes

# One moment for all words of a run: the same message sent again must be the same message.
BEGAN = clock.now().replace(microsecond=0)
NOW = BEGAN.isoformat()
STAMP = str(int(BEGAN.timestamp()))
POISON = "veleno"
Sign = Callable[[bytes, datetime], dict[str, str]]
Event = dict[str, object]


class Letter(msgspec.Struct, frozen=True):
    """`ids` are the messages in it as the provider names them; `edits`: id -> its new words."""

    url: str
    body: bytes
    sign: Sign
    ids: tuple[str, ...] = ()
    edits: dict[str, str] = {}
    again: int = 0  # so many times it is delivered again although it was thanked


class Http:
    """The main load: signed batches of one to two hundred events, in any order."""

    def __init__(self, url: str, secret: str, *, people: int, chance: random.Random) -> None:
        self.url = url
        self.secret = secret
        self.people = people
        self.chance = chance

    def letters(self, numbers: list[int], *, poison: frozenset[int]) -> list[Letter]:
        """All events in shuffled batches. A poisoned one hurts a person of its own."""
        left = list(numbers)
        self.chance.shuffle(left)
        made = []
        while left:
            many = self._size()
            batch, left = left[:many], left[many:]
            made.append(self._letter([self._said(n, n in poison) for n in batch]))
        return made

    def amended(self, id: str, by: str, text: str) -> Letter:
        """A new version of what was said; sent once the first one was thanked."""
        words = [{"type": "text", "text": text}]
        edit = {"type": "edited", "id": f"x{id}", "at": NOW, "from": {"id": by}, "message": id}
        reaction: Event = {"type": "reacted", "id": f"y{id}", "at": NOW, "from": {"id": by}}
        events: list[Event] = [edit | {"parts": words}, reaction | {"message": id, "emoji": "👍"}]
        return Letter(self.url, _json(events), self._sign, edits={id: text}, again=1)

    def reported(self, refs: list[str], state: str) -> Letter:
        events: list[Event] = [
            {"type": "reported", "message": ref, "state": state, "at": NOW, "from": {"id": ""}}
            for ref in refs
        ]
        return Letter(self.url, _json(events), self._sign, again=1)

    def writer(self, n: int) -> str:
        return f"p{random.Random(n).randrange(self.people)}"  # noqa: S311

    def _size(self) -> int:
        drawn = self.chance.random()
        most = 5 if drawn < 0.8 else 50 if drawn < 0.96 else 200
        return self.chance.randint(1, most)

    def _letter(self, events: list[Event]) -> Letter:
        ids = tuple(str(event["id"]) for event in events)
        again = self.chance.choice((0, 0, 0, 1, 1, 2, 5))
        return Letter(self.url, _json(events), self._sign, ids=ids, again=again)

    def _said(self, n: int, poisoned: bool) -> Event:
        who = f"q{n}" if poisoned else self.writer(n)
        text = f"{POISON} {n}" if poisoned else f"messaggio {n}"
        return {
            "type": "said",
            "id": f"e{n}",
            "at": NOW,
            "from": {"id": who, "name": f"Persona {who}"},
            "parts": [{"type": "text", "text": text}],
        }

    def _sign(self, body: bytes, at: datetime) -> dict[str, str]:
        return sign_webhook(id="torture", at=at, body=body, secret=self.secret)


def whatsapp(url: str, secret: str, phone: str, n: int) -> Letter:
    """One message as Meta writes it."""
    who = f"39333{n % 50:07}"
    said = {"from": who, "id": f"wamid.e{n}", "timestamp": STAMP, "type": "text"}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "39021234567", "phone_number_id": phone},
        "contacts": [{"profile": {"name": f"Persona {who}"}, "wa_id": who}],
        "messages": [said | {"text": {"body": f"messaggio {n}"}}],
    }
    return _meta(url, secret, value, ids=(f"wamid.e{n}",))


def whatsapp_status(url: str, secret: str, phone: str, ref: str, to: str) -> Letter:
    """What became of an answer of ours: it carries our own reference."""
    status = {"id": f"wamid.{ref}", "status": "delivered", "timestamp": STAMP}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "39021234567", "phone_number_id": phone},
        "statuses": [status | {"recipient_id": to, "biz_opaque_callback_data": ref}],
    }
    return _meta(url, secret, value)


def _meta(url: str, secret: str, value: object, ids: tuple[str, ...] = ()) -> Letter:
    change = {"value": value, "field": "messages"}
    body = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}

    def sign(body: bytes, _: datetime) -> dict[str, str]:
        return {"x-hub-signature-256": signature(key=secret, body=body)}

    return Letter(url, json.dumps(body).encode(), sign, ids=ids, again=1)


def webchat(url: str, key: str, visitor: passes.Pass, n: int) -> Letter:
    """What a visitor's browser says: a pass, and a signature by that pass's key."""
    command: Event = {"cmd": "send", "client_id": f"c{n}", "text": f"messaggio {n}"}
    command |= {"at": BEGAN.timestamp() * 1000}

    def sign(body: bytes, _: datetime) -> dict[str, str]:
        signed = signature(key=passes.signing_key(visitor, key=key), body=body)
        return {"authorization": f"Bearer {passes.write(visitor, key=key)}"} | {
            "filo-signature": signed
        }

    ids = (f"{visitor.value}:c{n}",)
    return Letter(url, msgspec.json.encode(command), sign, ids=ids, again=1)


def mail(url: str, password: str, address: str, n: int) -> Letter:
    """A mail, piped to our door by a mail server."""
    lines = (
        f"From: Persona {n % 40} <p{n % 40}@mail.example>",
        f"To: <{address}>",
        f"Date: {format_datetime(BEGAN)}",
        f"Subject: Domanda {n}",
        f"Message-ID: <e{n}@mail.example>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "",
        f"messaggio {n}",
        "",
    )

    def sign(body: bytes, _: datetime) -> dict[str, str]:
        seal = {"x-filo-signature": signature(key=password, body=body)}
        return seal | {"content-type": "message/rfc822"}

    ids = (f"e{n}@mail.example",)
    return Letter(url, "\r\n".join(lines).encode(), sign, ids=ids, again=1)


def _json(events: list[Event]) -> bytes:
    return msgspec.json.encode({"events": events})
