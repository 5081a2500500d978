"""SMS and MMS over Twilio's Programmable Messaging; where the phone can, RCS before them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from urllib.parse import urlsplit

import msgspec

from filo.channels.contract import (
    Blob,
    Call,
    Capabilities,
    Card,
    Config,
    DeliveryClass,
    Envelope,
    Fact,
    Failed,
    Handle,
    Media,
    Reason,
    Receipt,
    Reply,
    Request,
    Setting,
    Speech,
    Spoken,
    State,
    Text,
)
from filo.channels.kit import base_of
from filo.connectors.sms import inbound, rest, signing
from filo.connectors.sms.errors import raise_for_twilio

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
            "hook",
            "Address that Twilio calls",
            required=False,
            help="Only where a proxy hides it: https://care.example.com/hooks/chn_…",
        ),
        Setting("api_base", "API address", required=False, help="Another region, or a test."),
    ),
    can=Capabilities(
        text=1600,
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


class Sms:
    card = CARD

    def adapt(self, config: Config) -> Card:
        parts = frozenset({Text, Media} if config.get("mms") == "yes" else {Text})
        can = msgspec.structs.replace(CARD.can, parts=parts)
        return msgspec.structs.replace(CARD, can=can)

    def unseal(self, request: Request, config: Config) -> Request:
        signing.check(request, config)
        return request

    def parse(self, request: Request) -> Sequence[Fact]:
        return inbound.facts(request)

    def lane(self, request: Request) -> str:
        return inbound.first_person(request.body)

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        reply = yield rest.creation(to, rest.content(part), config, envelope)
        raise_for_twilio(reply)
        return Receipt(rest.sid_of(reply))

    def fetch(self, media: Media, config: Config) -> Generator[Call, Reply, Blob]:
        """Ask Twilio with our key; the place that it then names is asked without."""
        own = _is_twilio(media.ref, config)
        _check_host(media.ref, config)
        headers = rest.login(config) if own else {}
        reply = yield Call(url=media.ref, method="GET", headers=headers)
        if reply.status in (301, 302, 303, 307, 308):
            there = reply.headers.get("location", "")
            _check_host(there, config)
            reply = yield Call(url=there, method="GET")
        raise_for_twilio(reply)
        mime = media.mime or reply.headers.get("content-type", "application/octet-stream")
        return Blob(mime, reply.body, media.name)


connector = Sms()


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
