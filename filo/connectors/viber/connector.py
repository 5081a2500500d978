"""Viber, over the REST API of its bots."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import msgspec

from filo.channels.contract import (
    Call,
    Capabilities,
    Card,
    Carousel,
    Choice,
    Config,
    Contact,
    Doubtful,
    Envelope,
    Fact,
    Failed,
    Handle,
    Hop,
    Later,
    Location,
    Media,
    Native,
    Profile,
    Receipt,
    Reply,
    Request,
    RichCard,
    Setting,
    Speech,
    Spoken,
    State,
    Text,
)
from filo.channels.kit import base_of, check_signature
from filo.connectors.viber import inbound, outbound, wire
from filo.connectors.viber.errors import TOO_OLD, answer_of, raise_for_viber
from filo.connectors.viber.outbound import MIB
from filo.core.text import UNREADABLE

API = "https://chatapi.viber.com"
HEADER = "x-viber-content-signature"
EVENTS = ["delivered", "seen", "failed", "subscribed", "unsubscribed", "conversation_started"]

CARD = Card(
    kind="viber",
    name="Viber",
    settings=(
        Setting("bot", "Bot URI", help="As in viber://pa?chatURI=…; people's ids hold for it."),
        Setting("auth_token", "Authentication token", secret=True),
        Setting("sender_name", "Shown name", help="At most 28 letters."),
        Setting(
            "welcome",
            "Welcome words",
            required=False,
            help="Shown to who opens the chat for the first time.",
        ),
        Setting("api_base", "API address", required=False, help="Only for a sandbox or a test."),
    ),
    can=Capabilities(
        text=7000,
        parts=frozenset({Text, Media, Choice, RichCard, Carousel, Location, Contact, Native}),
        caption=512,
        bare=frozenset({"video/*", "audio/*", "application/*", "text/*"}),
        options=24,
        label=40,
        links=True,
        media={
            "image/jpeg": MIB,
            "image/png": MIB,
            "video/mp4": 50 * MIB,
            "audio/*": 50 * MIB,
            "application/*": 50 * MIB,
            "text/*": 50 * MIB,
        },
        cards=10,
        card_title=60,
        card_text=150,
        card_options=2,
        reports=frozenset({State.SENT, State.DELIVERED, State.READ, State.FAILED}),
        returns=True,
    ),
    thanks_type="application/json",
    family="messaging",
    signed_by="auth_token",
    color="#5b4bc4",
)


ANEW = "Copy the authentication token again from partners.viber.com."
URI = "The token is that of another bot: write the URI that is shown here into the settings."
REGISTER = "Press the button that tells the provider: it sets our address at Viber."


class Viber:
    card = CARD

    def unseal(self, request: Request, config: Config) -> Request:
        # Some set-ups of Viber put it into the address instead. (Viber REST API, 2026)
        given = request.headers.get(HEADER, "") or request.query.get("sig", "")
        check_signature(given=given, key=config.get("auth_token", ""), body=request.body)
        return request

    def parse(self, request: Request) -> Sequence[Fact]:
        return inbound.facts(request)

    def lane(self, request: Request) -> str:
        return wire.first_person(request.body)

    def thank(self, request: Request) -> bytes:
        """Who opens the chat may be told one thing, in our 200 alone."""
        words = request.settings.get("welcome", "")
        if not words or not wire.opens(request.body):
            return b""
        name = request.settings.get("sender_name", "")[:28]
        return msgspec.json.encode({"type": "text", "text": words, "sender": {"name": name}})

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        body = outbound.slim(outbound.message(to, part, config, envelope))
        reply = yield _call(config, "send_message", body)
        words = outbound.words_of(part, envelope.language)
        if answer_of(reply).status in TOO_OLD and words:
            reply = yield _call(config, "send_message", outbound.in_words(body, words))
        token = raise_for_viber(reply, attempt=envelope.attempt).message_token
        if not token:
            raise Doubtful("taken, but no message token came back")
        return Receipt(str(token))

    def introduce(self, who: Handle, config: Config) -> Generator[Call, Reply, Profile]:
        """Viber answers twice in twelve hours for each person."""
        reply = yield _call(config, "get_user_details", {"id": who.value}, repeatable=True)
        raise_for_viber(reply)
        user = _read(reply, _Details).user
        return Profile(user.name, user.avatar or "", user.language or "")

    # --- the channel's life -----------------------------------------------

    def check(self, config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
        reply = yield _call(config, "get_account_info", {}, repeatable=True)
        try:
            raise_for_viber(reply)
        except (Failed, Later, Doubtful) as no:
            return (Hop("The authentication token", False, str(no), ANEW),)
        account = _read(reply, _Account)
        missing = [name for name in EVENTS if name not in account.event_types]
        return (
            Hop("The authentication token", True, account.name),
            Hop("The bot's URI", account.uri == config.get("bot"), account.uri, URI),
            Hop("Viber calls this channel", account.webhook == hook, account.webhook, REGISTER),
            Hop("All sorts of events come", not missing, ", ".join(missing), REGISTER),
        )

    def register(self, config: Config, *, hook: str) -> Generator[Call, Reply, dict[str, str]]:
        """Viber calls us while it waits for this answer: the channel must be there already."""
        wish = {"url": hook, "event_types": EVENTS, "send_name": True, "send_photo": True}
        raise_for_viber((yield _call(config, "set_webhook", wish, repeatable=True)))
        return {}


connector = Viber()


class _Account(msgspec.Struct):
    name: str = ""
    uri: str = ""
    webhook: str = ""
    event_types: list[str] = []


class _Details(msgspec.Struct):
    user: wire.Person = msgspec.field(default_factory=wire.Person)


def _call(config: Config, name: str, body: object, *, repeatable: bool = False) -> Call:
    return Call(
        url=f"{base_of(config.get('api_base') or API)}/pa/{name}",
        json=body,
        headers={"x-viber-auth-token": config["auth_token"]},
        repeatable=repeatable,
    )


def _read(reply: Reply, kind: Any) -> Any:
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except UNREADABLE:
        return kind()
