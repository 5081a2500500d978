"""WhatsApp Business, over Meta's Cloud API."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Generator, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from filo.channels.contract import (
    Approved,
    Blob,
    Call,
    Capabilities,
    Card,
    Choice,
    Config,
    Contact,
    DeliveryClass,
    Doubtful,
    Envelope,
    Fact,
    Failed,
    Forged,
    Handle,
    Hop,
    Location,
    Media,
    Native,
    Reason,
    Receipt,
    Reply,
    Request,
    RichCard,
    Setting,
    Speech,
    Spoken,
    State,
    Template,
    Text,
)
from filo.channels.kit import base_of, check_signature
from filo.connectors._meta import templates
from filo.connectors.whatsapp import inbound, life, outbound, wire
from filo.connectors.whatsapp.errors import raise_for_graph
from filo.core.text import UNREADABLE

MEDIA_HOSTS = (".fbsbx.com", ".facebook.com", ".fbcdn.net", ".whatsapp.net")
LONGEST_CHALLENGE = 200

CARD = Card(
    kind="whatsapp",
    name="WhatsApp",
    settings=(
        Setting("phone_number_id", "Phone number ID", help="In the app's WhatsApp > API set-up."),
        Setting("waba_id", "WhatsApp Business Account ID"),
        Setting("access_token", "Access token", secret=True, help="Of a system user, no expiry."),
        Setting("app_secret", "App secret", secret=True, help="In the app's Settings > Basic."),
        Setting("verify_token", "Verify token", secret=True, made=True),
        Setting("api_base", "API address", required=False, help="Only for a sandbox or a test."),
    ),
    can=Capabilities(
        text=4096,
        parts=frozenset({Text, Media, Choice, Location, Contact, RichCard, Native, Template}),
        caption=1024,
        bare=frozenset({"audio/*"}),
        question=1024,
        options=10,
        label=20,
        hint=72,
        media={"*/*": 100 * outbound.MIB},
        card_text=900,  # with the title, the words of one question
        window=timedelta(hours=24),
        reports=frozenset(State),
        typing=True,
        reading=True,
    ),
    delivery=DeliveryClass.LOOKED_UP,
    body_limit=3 * outbound.MIB,
    family="messaging",
    address="phone_number_id",
    signed_by="app_secret",
    color="#1f7a4d",
)


class WhatsApp:
    card = CARD

    def greet(self, request: Request, config: Config) -> bytes:
        given, ours = request.query.get("hub.verify_token", ""), config.get("verify_token", "")
        if not ours or not hmac.compare_digest(given.encode(), ours.encode()):
            raise Forged("the verify token is not ours")
        if request.query.get("hub.mode") != "subscribe":
            raise Forged("this is not a subscription")
        return request.query.get("hub.challenge", "")[:LONGEST_CHALLENGE].encode()

    def unseal(self, request: Request, config: Config) -> Request:
        given = request.headers.get("x-hub-signature-256", "")
        check_signature(given=given, key=config.get("app_secret", ""), body=request.body)
        return request

    def parse(self, request: Request) -> Sequence[Fact]:
        return inbound.facts(request)

    def lane(self, request: Request) -> str:
        return wire.first_person(request.body)

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        media_id = ""
        file = outbound.file_of(part)
        if file and file.attachment in envelope.files:
            media_id = yield from _upload(file, config, envelope)
        body = outbound.message(to, part, envelope, media_id=media_id)
        reply = yield _post(config, "messages", json=body)
        raise_for_graph(reply, attempt=envelope.attempt, template=isinstance(part, Template))
        return Receipt(_message_id(reply))

    def templates(self, config: Config) -> Generator[Call, Reply, tuple[Approved, ...]]:
        where = f"{life.graph(config)}/{quote(config['waba_id'], safe='')}/message_templates"
        return (yield from templates.listed(where, life.bearer(config), raise_for_graph))

    def check(self, config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
        return life.check(config)

    def register(self, config: Config, *, hook: str) -> Generator[Call, Reply, dict[str, str]]:
        return life.register(config, hook)

    def nod(
        self, to: Handle, message: str, config: Config, *, typing: bool
    ) -> Generator[Call, Reply, None]:
        if not message:
            return
        body = outbound.read_receipt(message, typing=typing)
        raise_for_graph((yield _post(config, "messages", json=body, repeatable=True)))

    def fetch(self, media: Media, config: Config) -> Generator[Call, Reply, Blob]:
        """Ask for the address, then for the file; an address lives five minutes, so ask twice."""
        found, reply = yield from _download(media, config)
        if reply.status == 404:
            found, reply = yield from _download(media, config)
        raise_for_graph(reply)
        wanted = media.sha256 or found.sha256
        if wanted and hashlib.sha256(reply.body).hexdigest() != wanted.lower():
            raise Failed(Reason.OTHER, "the file is not the one that was sent")
        return Blob(media.mime or found.mime_type, reply.body, media.name)


connector = WhatsApp()


class _Stored(msgspec.Struct):
    id: str = ""
    url: str = ""
    mime_type: str = ""
    sha256: str = ""


class _Sent(msgspec.Struct):
    messages: list[_Stored] = []


def _post(config: Config, path: str, **fields: Any) -> Call:
    return Call(
        url=f"{life.graph(config)}/{config['phone_number_id']}/{path}",
        headers=life.bearer(config),
        **fields,
    )


def _upload(media: Media, config: Config, envelope: Envelope) -> Generator[Call, Reply, str]:
    blob = envelope.files[media.attachment]
    mime = media.mime or blob.mime
    reply = yield _post(
        config,
        "media",
        form={"messaging_product": "whatsapp", "type": mime},
        files={"file": (media.name or blob.name or "file", blob.body, mime)},
        repeatable=True,
    )
    # Nothing was said yet: whatever became of the upload, it may be tried again.
    raise_for_graph(reply, attempt=envelope.attempt, delivery=DeliveryClass.KEYED)
    stored = _stored(reply)
    if not stored.id:
        raise Failed(Reason.OTHER, "the upload was answered without an id")
    return stored.id


def _message_id(reply: Reply) -> str:
    try:
        sent = msgspec.json.decode(reply.body, type=_Sent).messages
    except UNREADABLE:
        sent = []
    if not sent or not sent[0].id:
        raise Doubtful("taken, but no message id came back")
    return sent[0].id


def _download(media: Media, config: Config) -> Generator[Call, Reply, tuple[_Stored, Reply]]:
    number = f"phone_number_id={config['phone_number_id']}"
    where = f"{life.graph(config)}/{quote(media.ref, safe='')}?{number}"
    reply = yield Call(url=where, method="GET", headers=life.bearer(config))
    raise_for_graph(reply)
    stored = _stored(reply)
    _check_host(stored.url, config)
    return stored, (yield Call(url=stored.url, method="GET", headers=life.bearer(config)))


def _check_host(url: str, config: Config) -> None:
    """The token goes to Meta's own machines only, whatever address an answer names."""
    if config.get("api_base") and base_of(url) == base_of(config["api_base"]):
        return
    parts = urlsplit(url)
    if parts.scheme != "https" or not f".{parts.hostname}".endswith(MEDIA_HOSTS):
        raise Failed(Reason.OTHER, "the file is said to be at an address that is not Meta's")


def _stored(reply: Reply) -> _Stored:
    try:
        return msgspec.json.decode(reply.body, type=_Stored)
    except UNREADABLE:
        return _Stored()
