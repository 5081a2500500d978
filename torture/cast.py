"""Who takes part: teams, people with a login, channels of every kind, visitors of the chat."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from filo.channels.operations import connect as connect_channel
from filo.channels.queries import one
from filo.core import clock, passes
from filo.core.db import Connection, connect
from filo.core.ids import public
from filo.live.queries import head
from filo.staff.operations import create_staff, create_team
from filo.staff.queries import scope
from filo.staff.types import Scope
from torture.played import CHATS, Channel

SECRET = "torture-" + "0123456789abcdef" * 2
PHONE = "106540352242922"
ADDRESS = "support@torture.example"
VISITORS = 4
LASTS = timedelta(hours=6)

# Facts that no database would take, until somebody mends it.
POISON = """
CREATE FUNCTION torture_poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parts::text LIKE '%veleno%' THEN RAISE EXCEPTION 'poison'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER torture_poison BEFORE INSERT ON conversations_message
    FOR EACH ROW EXECUTE FUNCTION torture_poison();
"""


class Cast(msgspec.Struct, frozen=True):
    """Channels by their public ids; sessions by the cookie of a login."""

    admin: Scope
    agent: Scope
    sessions: dict[str, str]  # admin, agent, stranger
    http: str
    whatsapp: str
    mail: str
    played: list[Channel]
    visitors: tuple[passes.Pass, ...]
    start: str  # the cursor from which on everything must be heard


def assemble(mode: str, *, provider: str, meta: str, played: dict[str, dict[str, str]]) -> Cast:
    """All of them in the house's database."""
    with connect(name="torture") as connection:
        admin, agent = _hire(connection)
        made = _connect(connection, _wanted(mode, provider, meta))
        numbers = _connect(connection, played)
        # As they are kept: a setting that nobody gave was made.
        settings = {kind: one(connection.cursor(), new).settings for kind, new in numbers.items()}
        found = [Channel(new, kind, dict(settings[kind])) for kind, new in numbers.items()]
        connection.execute(POISON)
        start = head(connection.cursor())
    until = int((clock.now() + LASTS).timestamp())
    ids = {kind: public("chn", number) for kind, number in made.items()}
    chats = [ids[CHATS[n % len(CHATS)]] for n in range(VISITORS)]
    visitors = tuple(passes.Pass(chat, f"v_{n}", until) for n, chat in enumerate(chats))
    sessions = {name: _log_in(name) for name in ("admin", "agent", "stranger")}
    return Cast(
        admin=admin,
        agent=agent,
        sessions=sessions,
        http=ids["http"],
        whatsapp=ids["whatsapp"],
        mail=ids["email"],
        played=found,
        visitors=visitors,
        start=start,
    )


def _hire(connection: Connection) -> tuple[Scope, Scope]:
    with connection.transaction():
        cur = connection.cursor()
        here, elsewhere = create_team(cur, "Torture"), create_team(cur, "Elsewhere")
        admin = create_staff(cur, email=_email("admin"), role="admin", teams=[here])
        agent = create_staff(cur, email=_email("agent"), teams=[here])
        create_staff(cur, email=_email("stranger"), teams=[elsewhere])
        speaking = msgspec.structs.replace(scope(cur, agent), speaks=True)
        return scope(cur, admin), speaking


def _wanted(mode: str, provider: str, meta: str) -> dict[str, dict[str, str]]:
    return {
        "http": {"secret": SECRET, "deliver_to": f"{provider}/", "class": mode},
        "whatsapp": {
            "phone_number_id": PHONE,
            "waba_id": "1",
            "access_token": SECRET,
            "app_secret": SECRET,
            "api_base": meta,
        },
        "webchat": {"visitor_secret": SECRET},
        "app": {"visitor_secret": SECRET, "name": "Torture"},
        "counter": {"visitor_secret": SECRET, "place": "Torture"},
        "email": {
            "address": ADDRESS,
            "imap_host": "127.0.0.1",
            "imap_port": "9",
            "smtp_host": "127.0.0.1",
            "smtp_port": "9",
            "password": SECRET,
        },
    }


def _connect(connection: Connection, wanted: dict[str, dict[str, str]]) -> dict[str, int]:
    with connection.transaction():
        cur = connection.cursor()
        row = cur.execute("SELECT id FROM staff_team WHERE name = 'Torture'").fetchone()
        assert row is not None
        return {
            kind: connect_channel(cur, kind, kind, row[0], settings)
            for kind, settings in wanted.items()
        }


def _email(name: str) -> str:
    return f"{name}@torture.example"


def _log_in(name: str) -> str:
    """The cookies of somebody who has logged in."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(email=_email(name)))
    return "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())
