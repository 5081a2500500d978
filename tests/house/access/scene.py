"""The small company that the matrix is asked in: two teams, and a thing of every kind for each."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import msgspec
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from filo.channels.contract import Handle, Media, Text
from filo.channels.operations import change as change_channel
from filo.channels.operations import connect as connect_channel
from filo.channels.queries import one
from filo.conversations import operations, queries
from filo.core import admission, clock, media, passes
from filo.core.admission import Admission, Purpose
from filo.core.ids import number, public
from filo.customers.operations import recognise
from filo.project import metrics
from filo.staff.operations import create_token, invitation, let_answer_in_public
from filo.staff.types import Scope
from tests.house.access.table import STAFF
from tests.world import World

PEER = {"deliver_to": "http://127.0.0.1:9/", "secret": "s" * 32}
PHONE = {"phone_number_id": "1", "waba_id": "1", "access_token": "t", "verify_token": "v"}
PHONE["app_secret"] = "a" * 32
SHOP = {"place": "Brezza, via Dante 7"}
PASSWORD = "acqua alta a Venezia"
NOBODY = 2**40
KINDS = {"case": "cas", "customer": "cus", "message": "msg", "delivery": "dlv"}
KINDS |= {
    "spoken": "msg",
    "attachment": "att",
    "person": "stf",
    "team": "tem",
    "channel": "chn",
    "journal": "jrn",
}


class Scene:
    """Everything is committed: what a cell does is undone by whoever asks."""

    def __init__(self, world: World) -> None:
        self.world = world
        act, teams = world.act, (world.team, world.elsewhere)
        self.cursor = world.ask(lambda cur: _head(cur))
        self.channels = (world.channel, act(connect_channel, "http", "Altri", teams[1], PEER))
        self.chat = act(connect_channel, "webchat", "Chat", teams[0], {})
        self.phone = act(connect_channel, "whatsapp", "Telefono", teams[0], PHONE)
        for channel in self.channels:
            act(change_channel, channel, settings={"privately": "604800"})
        self.counters = [act(connect_channel, "counter", "Banco", one, SHOP) for one in teams]
        supervisor = act(world.hire, "sara@brezza.example", "Sara", teams[0], role="supervisor")
        administrator = act(world.hire, "ada@brezza.example", "Ada", role="admin")
        act(let_answer_in_public, supervisor.staff, allowed=True)
        people = (world.dora, world.stranger, supervisor, administrator)
        self.people: dict[str, Scope] = dict(zip(STAFF, people, strict=True))
        self.sessions = {role: _login(who) for role, who in self.people.items()}
        self.tokens = {role: act(create_token, who.email) for role, who in self.people.items()}
        self.visitor = self._visitor()
        self.things = self._things()

    def _things(self) -> dict[str, dict[str, str]]:
        """For each object of the table: what fills the holes of a path."""
        world, shared = self.world, self.world.elsewhere
        own, others = self._of(0, "own", world.dora), self._of(1, "others", world.stranger)
        both = {name: self._of(0, name, world.dora) for name in ("shared", "closed")}
        for name, ids in both.items():
            world.connection.execute(
                "UPDATE customers_customer SET teams = teams || %s WHERE id = %s",
                [shared, number("cus", ids["customer"])],
            )
            world.connection.execute(
                "UPDATE conversations_case SET restricted = %s WHERE id = %s",
                [name == "closed", number("cas", ids["case"])],
            )
        missing = {name: public(kind, NOBODY) for name, kind in KINDS.items()}
        alone = {"kind": "nokind", "dead": str(NOBODY), "key": str(NOBODY), "link": "x.y.z"}
        alone |= {"welcome": "x", "chat": missing["channel"], "greeting": missing["channel"]}
        alone |= {"counter": missing["channel"], "admission": "x"}
        alone |= {"ticket": "x", "word": "nessuno", "said": "nessuno"}
        nobodys = {**missing, **self._nobody()}
        missing |= alone
        return {"own": own, "others": others, **both, "nobodys": nobodys, "missing": missing}

    def _of(self, side: int, name: str, writer: Scope) -> dict[str, str]:
        world, channel, word = self.world, self.channels[side], f"parola{name}"
        world.count += 1
        aloud = world.said(f"p{world.count}", word, f"{word} forte") | {"public": True}
        world.events(aloud, channel=channel)
        world.read_all()
        spoken = world.rows("SELECT max(id) FROM conversations_message")[0][0]
        said = world.said(f"m{world.count}", word, f"{word} detto{name}")
        world.events(said, channel=channel)
        world.read_all()
        (case, message), *_ = world.rows(
            "SELECT case_id, id FROM conversations_message ORDER BY id DESC LIMIT 1"
        )
        kept = media.keep(b"uno due", name=f"{word}.txt", mime="text/plain", limit=100)
        file = world.act(operations.upload, kept, owner=queries.of_staff(writer.staff))
        parts = (Text("Ecco"), Media("", attachment=file.id))
        written = world.act(operations.reply, writer, case, parts, client_id="c").message
        return {
            "word": word,
            "said": f"detto{name}",
            "case": written.case,
            "customer": written.customer,
            "message": written.id,
            "delivery": written.deliveries[0].id,
            "attachment": written.attachments[0].id,
            "heard": public("msg", int(str(message))),
            "spoken": public("msg", int(str(spoken))),
            **self._around(side, writer),
            **self._links(written.attachments[0].id, writer),
            **self._counter(side, number("idn", written.identity or "")),
        }

    def _around(self, side: int, writer: Scope) -> dict[str, str]:
        """A team, its channel, one of its people, and a call that came for it."""
        world, channel = self.world, self.channels[side]
        team = (world.team, world.elsewhere)[side]
        journal = world.rows("SELECT max(id) FROM intake_journal")[0][0]
        dead = world.connection.execute(
            "INSERT INTO intake_parked (journal, ordinal, who, dead) VALUES (%s, 0, 'x', true)"
            " RETURNING id",
            [journal],
        ).fetchone()
        guest = world.act(world.hire, f"g{world.count}@brezza.example", "Guest", team)
        return {
            "team": public("tem", team),
            "channel": public("chn", channel),
            "person": public("stf", guest.staff),
            "welcome": world.act(invitation, guest.staff).rpartition("/")[2],
            "journal": public("jrn", int(str(journal))),
            "dead": str(dead[0]) if dead else "",
            "kind": ("http", "webchat")[side],
            "key": str(_key(writer)),
        }

    def _links(self, file: str, writer: Scope) -> dict[str, str]:
        owner, at = queries.of_staff(writer.staff), clock.now()
        link = queries.link(file, name="uno.txt", reader=owner, at=at)
        return {
            "link": link.partition("/files/")[2],
            "ticket": queries.ticket(owner=owner, at=at).partition("/files/")[2],
            "chat": public("chn", self.chat),
            "greeting": public("chn", self.phone),
            "cursor": self.cursor,
            "first": "x",
            "nowhere": "nowhere",
        }

    def _counter(self, side: int, identity: int) -> dict[str, str]:
        """A shop of the team, and the code that lets this customer's phone in."""
        shop = self.world.ask(one, self.counters[side])
        # Longer than in life: thousands of askings may pass before its turn comes.
        until = admission.until(Purpose.COME_IN, at=clock.now() + timedelta(hours=1))
        given = Admission(Purpose.COME_IN, identity, until)
        key = shop.settings["visitor_secret"]
        word = admission.write(given, key=key, channel=shop.public)
        return {"counter": shop.public, "admission": word}

    def _nobody(self) -> dict[str, str]:
        handle = Handle("phone", "+390212345", "Parolanessuno")
        known = self.world.act(recognise, [handle])
        customer = public("cus", known["phone", handle.value].customer)
        return {"customer": customer, "word": "parolanessuno", "said": "parolanessuno"}

    def _visitor(self) -> dict[str, str]:
        """The headers of a widget: its pass as a bearer, as where cookies fail."""
        chat = self.world.ask(one, self.chat)
        until = int(clock.now().timestamp()) + 3600
        given = passes.Pass(chat.public, "v_ada", until)
        word = passes.write(given, key=chat.settings["visitor_secret"])
        return {"authorization": f"Bearer {word}"}

    def headers(self, caller: str) -> dict[str, str]:
        """What a caller's program or browser sends along, whatever is asked."""
        role, _, by = caller.partition(" by ")
        if by == "token":
            return {"authorization": f"Bearer {self.tokens[role]}"}
        if by == "session":
            return {"cookie": f"{settings.SESSION_COOKIE_NAME}={self.sessions[role]}"}
        if caller == "visitor":
            return self.visitor
        if caller == "scraper":
            return {"authorization": f"Bearer {metrics.token()}"}
        return {}


def _login(person: Scope) -> str:
    """A session of somebody who typed their password a moment ago and has every second factor."""
    user = get_user_model().objects.get(pk=person.staff)
    user.set_password(PASSWORD)
    user.save()
    totp.TOTP.activate(user, totp.generate_totp_secret())
    RecoveryCodes.activate(user)
    Authenticator.objects.create(user=user, type="webauthn", data=_passkey(person.staff))
    client = Client()
    client.force_login(user)
    session = SessionStore(client.session.session_key)
    typed = {"method": "password", "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods"] = [typed]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return str(session.session_key)


def _passkey(number: int) -> dict[str, Any]:
    """What a browser would have registered."""
    public_key = ES256.from_cryptography_key(  # type: ignore[no-untyped-call]
        generate_private_key(SECP256R1()).public_key()
    )
    known = AttestedCredentialData.create(b"a" * 16, bytes([number]) * 16, public_key)
    seen = AuthenticatorData.create(
        b"r" * 32, AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT, 0, known
    )
    client = b'{"type":"webauthn.create","challenge":"","origin":""}'
    told = {
        "id": websafe_encode(bytes([number]) * 16),
        "rawId": websafe_encode(bytes([number]) * 16),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", seen, {})),
        },
    }
    return {"name": "Key", "credential": told}


def _key(person: Scope) -> int:
    return int(Authenticator.objects.get(user_id=person.staff, type="webauthn").pk)


def _head(cur: Any) -> str:
    from filo.live.queries import head

    return head(cur)


class Cell(msgspec.Struct, frozen=True):
    caller: str
    endpoint: str
    thing: str
