"""Brezza's teams, staff and channels."""

from __future__ import annotations

import secrets

import msgspec

from filo.channels import operations as channels
from filo.channels import queries, registry
from filo.channels.types import ChannelConfig
from filo.core import home
from filo.core.db import Connection, Cursor
from filo.project.sample import played
from filo.project.sample.cast import BAGS, BOOKING, COMPLAINTS, DOMAIN, SPEAKERS, STAFF, TEAMS
from filo.project.sample.secret import password
from filo.staff import operations as staff

ADDRESS = f"aiuto@{DOMAIN}"
PEER = "totem"


class Company(msgspec.Struct, frozen=True):
    """What was made: people by nick, channels by the story's word for them."""

    teams: dict[str, int]
    people: dict[str, int]
    channels: dict[str, ChannelConfig]


class Plan(msgspec.Struct, frozen=True):
    """A channel to connect; it is left out while its connector is not installed."""

    kind: str
    name: str
    team: str
    settings: dict[str, str]


def open_company(connection: Connection) -> Company:
    """Make it all in one transaction: half a company would be no sample."""
    with connection.transaction(), connection.cursor() as cur:
        teams = {name: staff.create_team(cur, name) for name in TEAMS}
        staff.let_team_answer_in_public(cur, teams[SPEAKERS], allowed=True)
        return Company(teams, _hire(cur, teams), _connect(cur, teams, plans()))


def _hire(cur: Cursor, teams: dict[str, int]) -> dict[str, int]:
    word = password()
    return {
        person.nick: staff.create_staff(
            cur,
            email=person.email,
            name=person.name,
            role=person.role,
            teams=[teams[name] for name in person.teams],
            language=person.language,
            password=word,
        )
        for person in STAFF
    }


def connect_played(connection: Connection, company: Company) -> None:
    """A channel for every provider that is played; the company of the tests does without."""
    with connection.transaction(), connection.cursor() as cur:
        company.channels.update(_connect(cur, company.teams, played_plans()))


def _connect(
    cur: Cursor, teams: dict[str, int], wanted: dict[str, Plan]
) -> dict[str, ChannelConfig]:
    made = {}
    for word, plan in wanted.items():
        if plan.kind in registry.kinds():
            new = channels.connect(cur, plan.kind, plan.name, teams[plan.team], plan.settings)
            made[word] = queries.one(cur, new)
    return made


def plans() -> dict[str, Plan]:
    """The channels, pointed at the emulators that run beside the house."""
    port = home.port()
    town = f"http://127.0.0.1:{port + 1}"
    return {
        "whatsapp": Plan("whatsapp", "WhatsApp Brezza", BOOKING, _whatsapp(town)),
        "email": Plan("email", f"Posta {ADDRESS}", COMPLAINTS, _email(port)),
        "chat": Plan(
            "webchat",
            "Chat Brezza",
            BOOKING,
            {"origins": f"{town} http://localhost:{port + 1} {home.origin()}"},
        ),
        "counter": Plan(
            "counter", "Banco Linate", BAGS, {"place": "Brezza, aeroporto di Linate, banco 3"}
        ),
        "kiosk": Plan("http", "Totem aeroporto", BAGS, {"deliver_to": f"{town}/peer/{PEER}"}),
    }


def played_plans() -> dict[str, Plan]:
    """The same for every provider that is played, by its kind."""
    town, keys = f"http://127.0.0.1:{home.port() + 1}", dict[str, str]()
    return {kind: _played(kind, town, keys) for kind in played.kinds()}


def _played(kind: str, town: str, keys: dict[str, str]) -> Plan:
    row = played.row(kind)
    return Plan(kind, row.name, row.team, played.settings(kind, town=town, keys=keys))


def _whatsapp(town: str) -> dict[str, str]:
    return {
        "phone_number_id": "106540352242922",
        "waba_id": "102290129340398",
        "access_token": f"EAA{secrets.token_hex(24)}",
        "app_secret": secrets.token_hex(16),
        "verify_token": secrets.token_hex(12),
        "api_base": town,
    }


def _email(port: int) -> dict[str, str]:
    return {
        "address": ADDRESS,
        "imap_host": "127.0.0.1",
        "imap_port": str(port + 3),
        "imap_tls": "none",
        "smtp_host": "127.0.0.1",
        "smtp_port": str(port + 2),
        "smtp_tls": "none",
        "username": ADDRESS,
        "password": secrets.token_hex(12),
    }
