"""A provider that exists nowhere: it draws every type of bubble and remembers every deed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from filo.emulators.accounts import Account, Bubble, Deed, Player
from filo.emulators.players import players
from filo.emulators.web import Answer, Router
from filo.emulators.world import World, moment

DOT = (
    "data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 2'>"
    "<path fill='%230c7480' d='M0 0h4v2H0z'/><path fill='%23f4a259' d='M0 2l2-1 2 1z'/></svg>"
)
TAP = [{"id": "am", "label": "07:10", "hint": "da Linate"}, {"id": "pm", "label": "16:40"}]
CARD = {
    "title": "Catania",
    "text": "Linate 16:15, diretto, da 59 €",
    "image": {"url": DOT, "mime": "image/svg+xml"},
    "buttons": [
        {"id": "cta", "label": "Scelgo Catania"},
        {"label": "Orari", "url": "https://b.example"},
    ],
}
PASS = {
    "passenger": "CONTI / ADA",
    "flight": "BZ 482",
    "origin": {"code": "LIN", "city": "Milano"},
    "destination": {"code": "CTA", "city": "Catania"},
    "departs": "2026-12-04T16:15:00+01:00",
    "arrives": "2026-12-04T18:05:00+01:00",
    "boards": "2026-12-04T15:35:00+01:00",
    "terminal": "1",
    "gate": "A12",
    "seat": "7C",
    "group": "2",
    "reference": "QX7P2M",
    "code": {"kind": "aztec", "payload": "M1CONTI/ADA", "svg": ""},
}
BILL = {
    "number": "2026/118",
    "items": [{"title": "Bagaglio 23 kg", "price": {"amount": "35.00", "currency": "EUR"}}],
    "total": {"amount": "35.00", "currency": "EUR"},
    "tax": {"amount": "6.31", "currency": "EUR"},
    "paid_with": "Visa 4242",
}
FIELDS = [
    {"name": "flight", "label": "Volo"},
    {
        "name": "how",
        "label": "Dove",
        "kind": "choice",
        "options": [{"id": "air", "label": "Aereo"}],
    },
]
SLOTS = [
    {"id": "s1", "starts": "2026-12-04T09:00:00+01:00"},
    {"id": "s2", "starts": "2026-12-04T11:30:00+01:00"},
]
# Every type that accounts.py names, each once.
ALL: tuple[tuple[str, dict[str, Any]], ...] = (
    ("text", {"text": "Ecco: https://brezza.example/voli"}),
    ("image", {"url": DOT, "mime": "image/svg+xml", "caption": "Il nuovo aereo"}),
    ("file", {"url": "/x.pdf", "mime": "application/pdf", "name": "Condizioni.pdf"}),
    ("audio", {"mime": "audio/ogg", "name": "voce"}),
    ("video", {"mime": "video/mp4", "caption": "Il decollo"}),
    ("sticker", {"url": DOT, "mime": "image/webp"}),
    ("location", {"latitude": 45.4494, "longitude": 9.2783, "name": "Linate"}),
    ("contact", {"name": "Sara Lunardi", "phones": ["+39 02 1234"], "emails": []}),
    ("notice", {"text": "Ada segue Brezza"}),
    ("template", {"name": "ready", "text": "La risposta è pronta."}),
    ("receipt", BILL),
    ("form", {"title": "Bagaglio smarrito", "fields": FIELDS}),
    ("slots", {"text": "Quando la richiamiamo?", "slots": SLOTS}),
    ("card", CARD),
    ("carousel", {"text": "Tre idee per il ponte", "cards": [CARD, {**CARD, "title": "Palermo"}]}),
    ("pass", PASS),
    ("buttons", {"text": "Quale rata?", "buttons": TAP, "style": "list"}),
    ("buttons", {"text": "Quale volo?", "buttons": TAP, "style": "inline"}),
    ("buttons", {"text": "Confermi?", "buttons": TAP, "style": "quick"}),
)


@dataclass
class Toy:
    """Takes every deed; what is said stands on the device, or in public."""

    kind: str = "toy"
    router: Router = field(default_factory=Router)
    deeds: list[Deed] = field(default_factory=list)

    async def act(self, world: World, account: Account, person: str, deed: Deed) -> Answer:
        self.deeds.append(deed)
        text = deed.text or str(deed.values.get("text", ""))
        if text and deed.act != "edit":
            public = deed.act in ("comment", "post", "review")
            talk = world.accounts.talk(account, "" if public else person)
            said = Bubble(world.new_id("b"), False, moment(), "text", {"text": text}, by=deed.name)
            said.public, said.answers = public, deed.about
            talk.bubbles.append(said)
        return Answer.json({"hook": 200, "id": ""})

    async def read(self, world: World, account: Account, person: str) -> None:
        for bubble in world.accounts.talk(account, person).bubbles:
            bubble.state = "read" if bubble.out else bubble.state


@contextmanager
def toy(world: World, kind: str = "toy") -> Iterator[tuple[Toy, Account]]:
    """The toy plays `kind` for one test, with one account named `brezza`."""
    played: dict[str, Player] = players()
    before, player, account = played.get(kind), Toy(kind), Account(kind, "brezza")
    played[kind], world.accounts.of(kind)["brezza"] = player, account
    try:
        yield player, account
    finally:
        played.pop(kind)
        if before:
            played[kind] = before


def says(world: World, account: Account, person: str, type: str, **content: Any) -> Bubble:
    """The business says it to this person, or in public when `person` is empty."""
    said = Bubble(world.new_id("b"), True, moment(), type, content, public=not person)
    world.accounts.talk(account, person).bubbles.append(said)
    return said


def says_everything(world: World, account: Account, person: str) -> None:
    for sort, content in ALL:
        says(world, account, person, sort, **content)
