"""Where Filo is the provider: commands of our own panel in, our own event log out."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from filo.channels.contract import (
    Appointment,
    Bill,
    BoardingPass,
    Bundle,
    Call,
    Capabilities,
    Card,
    Carousel,
    Choice,
    Config,
    Contact,
    Envelope,
    Fact,
    Forged,
    Form,
    Handle,
    Location,
    Media,
    Native,
    Payment,
    Receipt,
    Reply,
    Request,
    RichCard,
    Said,
    Shipment,
    Slots,
    Speech,
    Spoken,
    State,
    Survey,
    Text,
    Unknown,
)
from filo.channels.kit import CANONICAL, check_signature, raise_for_reply
from filo.connectors._web.commands import By, Command, Identify, Opened, facts, opened
from filo.core import passes
from filo.core.text import UNREADABLE

SIGNATURE = "filo-signature"
THANKS = b'{"taken":true}'

# What `filo/portal/static/portal/rich.js` draws, besides words and files.
_DRAWN: frozenset[type] = frozenset({RichCard, Carousel, Form, Slots, Survey, Bill, BoardingPass})
_DRAWN |= {Shipment, Appointment, Payment}
CAN = Capabilities(
    text=8000,
    parts=_DRAWN | {Text, Media, Choice, Location, Contact, Native},
    options=13,
    label=60,
    cards=10,
    card_title=200,
    card_text=1000,
    card_options=6,
    carousel_text=8000,
    links=True,
    marks=CANONICAL,
    media={"*/*": 25_000_000},
    reports=frozenset({State.SENT, State.DELIVERED, State.READ}),
    typing=True,
    reading=True,
)


class Chat:
    """The protocol of our own panel; whose channel it is stands in the card."""

    def __init__(self, card: Card) -> None:
        self.card = card

    def unseal(self, request: Request, config: Config) -> Request:
        """A pass says who; a signature by that pass's key says that our widget wrote it."""
        _check_origin(request, config)
        key = config.get("visitor_secret", "")
        try:
            found = passes.read(
                _pass(request, key), key=key, channel=request.channel, at=request.at
            )
        except passes.Spoiled:
            raise Forged("the visitor's pass is not ours, or is over") from None
        check_signature(
            given=request.headers.get(SIGNATURE, ""),
            key=passes.signing_key(found, key=key),
            body=request.body,
        )
        told = Opened(_by(found), msgspec.Raw(_one_value(request.body)), _proved(request, config))
        return msgspec.structs.replace(request, body=msgspec.json.encode(told))

    def thank(self, request: Request) -> bytes:
        """The client id back: what was said under it is safe."""
        sent = [fact.client_id for fact in self.parse(request) if isinstance(fact, Said)]
        return msgspec.json.encode({"taken": True, "client_id": sent[0]}) if sent else THANKS

    def parse(self, request: Request) -> Sequence[Fact]:
        call = opened(request.body)
        if call is None:
            return [Unknown("a call that cannot be read")]
        try:
            command = msgspec.json.decode(call.command, type=Command)
        except UNREADABLE as problem:
            return [Unknown(f"a command that cannot be read: {problem}"[:200])]
        return facts(command, call.by, call.proved, request.at)

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        """Nobody is called: the visitor's browser reads our log. It will quote this receipt."""
        assert not isinstance(part, Bundle), "the card offers no bundles"
        reply = yield Call(url=f"{to.space}/{to.value}", json={"ref": envelope.ref})
        raise_for_reply(reply)
        return Receipt(f"{envelope.ref}.{_mark(envelope.ref, to, config)}")

    async def carry(self, call: Call, config: Config) -> Reply:
        return Reply(200)

    def lane(self, request: Request) -> str:
        call = opened(request.body)
        return f"{call.by.space}:{call.by.value}" if call else ""


def _check_origin(request: Request, config: Config) -> None:
    """Our own panel, or a site of the channel's list; an app sends no origin and needs a bearer."""
    origin = request.headers.get("origin", "")
    ours = origin.partition("://")[2] == urlsplit(request.url).netloc
    if origin and not ours and origin not in config.get("origins", "").split():
        raise Forged("another site's page")


def _pass(request: Request, key: str) -> str:
    """A bearer, or the cookie: never taken from a page of whom we do not know whose it is."""
    bearer = request.headers.get("authorization", "")
    if bearer.startswith("Bearer "):
        return bearer.removeprefix("Bearer ")
    return passes.find(request.headers.get("cookie", ""), channel=request.channel, key=key)


def _by(found: passes.Pass) -> By:
    return By(f"web:{found.channel}", found.value, found.name, found.also)


def _proved(request: Request, config: Config) -> By | None:
    """Whom an `identify` names, by the company's own word."""
    try:
        command = msgspec.json.decode(request.body, type=Identify)
    except UNREADABLE:
        return None
    key = config.get("jwt_secret", "")
    try:
        found = passes.claims(command.jwt, key=key, channel=request.channel, at=request.at)
    except passes.Spoiled:
        raise Forged("the login token is not the company's, or is over") from None
    return _by(passes.of_claims(found, channel=request.channel))


def _one_value(body: bytes) -> bytes:
    """JSON may be quoted whole inside ours; anything else becomes a text in it."""
    try:
        msgspec.json.decode(body)
    except UNREADABLE:
        return msgspec.json.encode(body.decode("utf-8", "replace"))
    return body


def _mark(ref: str, to: Handle, config: Config) -> str:
    """Delivery ids can be guessed, so a receipt that others may quote carries what cannot."""
    key = config["visitor_secret"].encode()
    return hmac.new(key, f"{ref}:{to.space}:{to.value}".encode(), hashlib.sha256).hexdigest()[:20]
