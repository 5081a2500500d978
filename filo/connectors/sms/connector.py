"""SMS and MMS over Twilio's Programmable Messaging; where the phone can, RCS before them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from filo.channels.contract import (
    Blob,
    Call,
    Capabilities,
    Card,
    Carousel,
    Choice,
    Config,
    DeliveryClass,
    Envelope,
    Fact,
    Failed,
    Fed,
    Handle,
    Hop,
    Location,
    Media,
    Reason,
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
from filo.channels.kit import base_of
from filo.connectors.sms import contents, inbound, life, rest, signing
from filo.connectors.sms.errors import NO_MMS, code_of, raise_for_twilio

TWILIO = ".twilio.com"
FILES = (TWILIO, ".twiliocdn.com", ".amazonaws.com", ".cloudfront.net")
SHOWN = 5 * rest.MIB  # pictures; the carriers take half a megabyte of anything else
OTHER = 500 * 1024

CARD = Card(
    kind="sms",
    name="SMS",
    settings=(
        Setting("account_sid", "Account SID", help="It begins with AC: Console > Account info."),
        Setting(
            "auth_token",
            "Auth token",
            secret=True,
            help="Twilio signs with it. During a rotation write both, parted by a space.",
        ),
        Setting("number", "Sender", help="As +39…, a short code, or the name that is shown."),
        Setting(
            "messaging_service",
            "Messaging Service SID",
            required=False,
            help="It begins with MG. Given, Twilio picks the sender from its pool.",
        ),
        Setting("api_key", "API key SID", required=False, help="It begins with SK."),
        Setting("api_secret", "API key secret", secret=True, required=False),
        Setting(
            "signature",
            "Signature of the calls",
            required=False,
            default=signing.SHA1,
            choices=(signing.SHA1, signing.SHA256),
            help="HMAC_SHA1: by the auth token. HMAC_SHA256: by a shared key.",
        ),
        Setting("shared_key_id", "Shared key ID", required=False),
        Setting("shared_key", "Shared key", secret=True, required=False),
        Setting(
            "mms",
            "MMS",
            required=False,
            default="no",
            choices=("no", "yes"),
            help="Only numbers of the USA, Canada and Australia. Elsewhere a file goes as a link.",
        ),
        Setting(
            "rcs",
            "RCS first",
            required=False,
            default="no",
            choices=("no", "yes"),
            help="Only where the Messaging Service has an RCS sender. Other phones get an SMS.",
        ),
        Setting(
            "hook",
            "Address that Twilio calls",
            required=False,
            help="Only where a proxy hides it: https://care.example.com/hooks/chn_…",
        ),
        Setting("api_base", "API address", required=False, help="Another region, or a test."),
    ),
    can=Capabilities(
        text=1600,
        segments=True,
        parts=frozenset({Text, Media}),
        caption=1600,
        media={
            "image/jpeg": SHOWN,
            "image/png": SHOWN,
            "image/gif": SHOWN,
            **dict.fromkeys(("image/*", "audio/*", "video/*", "text/vcard"), OTHER),
            "application/pdf": OTHER,
        },
        reports=frozenset({State.SENT, State.DELIVERED, State.FAILED}),
    ),
    delivery=DeliveryClass.LOOKED_UP,
    thanks=b'<?xml version="1.0" encoding="UTF-8"?><Response/>',
    thanks_type="text/xml",
    body_limit=rest.MIB,
    family="messaging",
    address="number",
    signed_by="auth_token",
    color="#a3352b",
)


# With an RCS sender in the Messaging Service: what phones with RCS show, and others get in words.
RCS = msgspec.structs.replace(
    CARD.can,
    parts=frozenset({Text, Media, Choice, RichCard, Carousel, Location}),
    options=10,
    label=25,
    cards=10,
    card_title=200,
    card_text=1600,
    card_options=4,
    links=True,
    carousel_text=1600,
    segments=False,  # Twilio decides by phone: nobody knows beforehand
    reports=frozenset(State),
)


class Sms:
    card = CARD

    def adapt(self, config: Config) -> Card:
        if config.get("rcs") == "yes" and config.get("messaging_service"):
            return msgspec.structs.replace(CARD, can=RCS)
        parts = frozenset({Text, Media} if config.get("mms") == "yes" else {Text})
        can = msgspec.structs.replace(CARD.can, parts=parts)
        return msgspec.structs.replace(CARD, can=can)

    def unseal(self, request: Request, config: Config) -> Request:
        signing.check(request, config)
        return request

    def parse(self, request: Request) -> Sequence[Fact]:
        return inbound.facts(request)

    def lane(self, request: Request) -> str:
        return inbound.first_person(request)

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        if not contents.is_rich(part):
            return (yield from _said(to, part, config, envelope))
        name = envelope.ref
        body = contents.content(part, name=name, language=envelope.language)
        reply = yield rest.content_call(config, body)
        raise_for_twilio(reply)
        made = {"ContentSid": rest.sid_of(reply)}
        return (yield from _sent(to, made, config, envelope))

    def check(self, config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
        return life.check(config, hook=hook)

    def register(self, config: Config, *, hook: str) -> Generator[Call, Reply, dict[str, str]]:
        return life.register(config, hook=hook)

    def feed(self, config: Config, cursor: str, *, at: datetime) -> Generator[Call, Reply, Fed]:
        return life.feed(config, cursor, at=at)

    def fetch(self, media: Media, config: Config) -> Generator[Call, Reply, Blob]:
        """Ask Twilio with our key; the place that it then names is asked without."""
        address = media.ref.removeprefix(inbound.KEPT)
        own = _is_twilio(address, config)
        _check_host(address, config)
        headers = rest.login(config) if own else {}
        reply = yield Call(url=address, method="GET", headers=headers)
        if reply.status in (301, 302, 303, 307, 308):
            there = reply.headers.get("location", "")
            _check_host(there, config)
            reply = yield Call(url=there, method="GET")
        raise_for_twilio(reply)
        mime = media.mime or reply.headers.get("content-type", "application/octet-stream")
        return Blob(mime, reply.body, media.name)


connector = Sms()


def _said(to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
    """A picture goes to few countries: where it does not, its address goes instead."""
    reply = yield rest.creation(to, rest.content(part), config, envelope)
    if isinstance(part, Media) and part.url and code_of(reply) in NO_MMS:
        words = Text("\n".join(filter(None, [part.caption, part.url])))
        reply = yield rest.creation(to, rest.content(words), config, envelope)
    raise_for_twilio(reply)
    return Receipt(rest.sid_of(reply))


def _sent(to: Handle, form: dict[str, str], config: Config, envelope: Envelope) -> Speech:
    reply = yield rest.creation(to, form, config, envelope)
    raise_for_twilio(reply)
    return Receipt(rest.sid_of(reply))


def _is_twilio(url: str, config: Config) -> bool:
    if config.get("api_base") and base_of(url) == base_of(config["api_base"]):
        return True
    parts = urlsplit(url)
    return parts.scheme == "https" and f".{parts.hostname}".endswith(TWILIO)


def _check_host(url: str, config: Config) -> None:
    parts = urlsplit(url)
    known = parts.scheme == "https" and f".{parts.hostname}".endswith(FILES)
    if not (known or _is_twilio(url, config)):
        raise Failed(Reason.OTHER, "the file is said to be at an address that is not Twilio's")
