"""Who lives in Brezza: the same people in the demonstration, the tests and the docs."""

from __future__ import annotations

import msgspec

DOMAIN = "brezza.example"
BOOKING, BAGS, COMPLAINTS = "Prenotazioni", "Bagagli", "Reclami"
TEAMS = (BOOKING, BAGS, COMPLAINTS)
SPEAKERS = COMPLAINTS  # the team that answers what everyone can read


class Colleague(msgspec.Struct, frozen=True):
    """Somebody who works at Brezza."""

    nick: str
    name: str
    role: str
    teams: tuple[str, ...]
    language: str = "it"

    @property
    def email(self) -> str:
        return f"{self.nick}@{DOMAIN}"


class Guest(msgspec.Struct, frozen=True):
    """Somebody who writes to Brezza."""

    nick: str
    name: str
    phone: str = ""
    email: str = ""


STAFF = (
    Colleague("admin", "Livia Sartori", "admin", TEAMS),
    Colleague("sara", "Sara Lunardi", "supervisor", TEAMS),
    Colleague("dora", "Dora Vitale", "agent", (BOOKING,)),
    Colleague("enzo", "Enzo Ferri", "agent", (BAGS, COMPLAINTS)),
    Colleague("nadia", "Nadia Haddad", "agent", (COMPLAINTS, BOOKING)),
    Colleague("tom", "Tom Baker", "agent", (BOOKING,), "en"),
)

GUESTS = (
    Guest("ada", "Ada Conti", "393331234567", "ada@conti.example"),
    Guest("marco", "Marco Bellini", "393475550118", "marco.bellini@posta.example"),
    Guest("olivia", "Olivia Grant", "447700900118", "olivia@grant.example"),
    Guest("giulia", "Giulia Moretti", "393495550127", "giulia.moretti@posta.example"),
    Guest("kwame", "Kwame Mensah", "447700900342", "k.mensah@mail.example"),
    Guest("lucia", "Lucia Caruso", "393205550164", "lucia.caruso@posta.example"),
    Guest("sofia", "Sofia Rossi", "393385550179", "sofia.rossi@posta.example"),
    Guest("pierre", "Pierre Lambert", "33655501234", "p.lambert@atelier.example"),
    Guest("hannah", "Hannah Weiss", "4915555010233", "hannah@weiss.example"),
    Guest("roberto", "Roberto Greco", "393665550142", "r.greco@posta.example"),
    Guest("emma", "Emma Larsen", "4790550118", "emma@larsen.example"),
    Guest("yuki", "Yuki Tanaka", "393455550199", "y.tanaka@school.example"),
    Guest("stefano", "Stefano Villa", "393295550133", "stefano.villa@posta.example"),
    Guest("davide", "Davide Neri", "393515550121", "davide.neri@posta.example"),
    Guest("noor", "Noor El-Amin", "393715550188", "noor@elamin.example"),
)


def colleague(nick: str) -> Colleague:
    return next(person for person in STAFF if person.nick == nick)


def guest(nick: str) -> Guest:
    """Who writes under this nick; `totem-ada` is Ada at the kiosk of the airport."""
    return next(person for person in GUESTS if person.nick == nick.removeprefix("totem-"))
