"""Apple Messages for Business, over the gateway for messaging service providers."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Generator, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from filo.channels.contract import (
    Blob,
    Call,
    Capabilities,
    Card,
    Choice,
    Config,
    DeliveryClass,
    Envelope,
    Fact,
    Failed,
    Forged,
    Form,
    Handle,
    Hop,
    Later,
    Media,
    Native,
    Reason,
    Receipt,
    Reply,
    Request,
    Scope,
    Setting,
    Slots,
    Speech,
    Spoken,
    State,
    Text,
    TooBig,
)
from filo.channels.kit import base_of, with_body
from filo.connectors.apple import cipher, inbound, outbound, passes, wire
from filo.connectors.apple.errors import raise_for_apple
from filo.core import clock
from filo.core.text import UNREADABLE

API = "https://mspgw.push.apple.com"
MIB = 1024 * 1024
LARGEST = 3 * MIB  # of a body, unpacked

CARD = Card(
    kind="apple",
    name="Apple Messages",
    settings=(
        Setting("business_id", "Business ID", help="Begins with urn:biz:"),
        Setting("msp_id", "Messaging service provider ID"),
        Setting("msp_secret", "Provider secret", secret=True, help="As Apple shows it, in base64."),
        Setting("api_base", "API address", required=False, help="Only for a sandbox or a test."),
    ),
    can=Capabilities(
        text=5000,
        parts=frozenset({Text, Media, Choice, Slots, Form, Native}),
        caption=1024,
        question=512,
        options=50,
        label=64,
        hint=128,
        media={"*/*": 100 * MIB},
        reports=frozenset({State.SENT}),
        typing=True,
        returns=True,
    ),
    delivery=DeliveryClass.KEYED,
    body_limit=LARGEST,
    family="messaging",
    address="business_id",
    signed_by="msp_secret",
    color="#1f6fd1",
    signs=False,
)


KEYS = "Copy provider ID and secret again, as Apple shows them at register.apple.com."


class Apple:
    card = CARD

    def unseal(self, request: Request, config: Config) -> Request:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            raise Forged("no token was shown")
        msp, secret = config.get("msp_id", ""), config.get("msp_secret", "")
        passes.check(token.strip(), msp, secret, at=request.at)
        if request.headers.get("content-encoding", "").lower() != "gzip":
            return request
        return with_body(request, _unpacked(request.body))

    def parse(self, request: Request) -> Sequence[Fact]:
        return inbound.facts(request)

    def lane(self, request: Request) -> str:
        return wire.first_person(request.body)

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        """Each message under an id made of our reference: Apple knows it when it comes again."""
        name = str(uuid5(NAMESPACE_URL, f"filo:{envelope.ref}"))
        bodies = yield from _bodies(part, config, envelope, name)
        for n, body in enumerate(bodies):
            id_ = str(uuid5(NAMESPACE_URL, f"{name}/{n}")) if n else name
            reply = yield _message(to, body, config, envelope, id_)
            if reply.status == 400 and body["type"] == "interactive":
                # Their device cannot show this kind of question after all.
                id_ = str(uuid5(NAMESPACE_URL, f"{name}/words"))
                body = outbound.plain(part, envelope.language)
                reply = yield _message(to, body, config, envelope, id_)
            if reply.status == 403:
                yield from _our_token_holds(config, envelope.at)
            raise_for_apple(reply)
        return Receipt(name)

    def nod(
        self, to: Handle, message: str, config: Config, *, typing: bool
    ) -> Generator[Call, Reply, None]:
        if not typing:
            return
        at = clock.now()
        name = str(uuid5(NAMESPACE_URL, f"filo:typing:{to.value}:{at.timestamp()}"))
        yield _message(to, {"type": "typing_start"}, config, Envelope("", at), name)

    def fetch(self, media: Media, config: Config) -> Generator[Call, Reply, Blob]:
        """Ask where the file is, fetch it, and open it with the key that came with the message."""
        try:
            resting = msgspec.json.decode(media.ref, type=inbound.Resting)
        except UNREADABLE as why:
            raise Failed(Reason.OTHER, "this is no file of Apple's") from why
        mark = resting.mark or base64.b64encode(cipher.unhexed(resting.signature)).decode()
        about = {"url": resting.url, "owner": resting.owner, "signature": mark}
        reply = yield _get(config, "preDownload", about, at=clock.now())
        raise_for_apple(reply)
        where = _read(reply, _Where).download
        if not where:
            raise Failed(Reason.OTHER, "Apple does not say where the file is")
        reply = yield Call(where, method="GET")
        raise_for_apple(reply)
        body = cipher.crypted(reply.body, cipher.read(resting.key))
        return Blob(media.mime, body, media.name)

    def check(self, config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
        """A place for a file is asked for and not used: nobody sees anything of it."""
        if not passes.key_of(config.get("msp_secret", "")):
            return (Hop("The provider's secret", False, "It is not base64.", KEYS),)
        reply = yield _get(config, "preUpload", {"mmcs-size": "1"}, at=clock.now())
        try:
            raise_for_apple(reply)
        except (Failed, Later) as no:
            return (Hop("Apple takes our token", False, no.detail, KEYS),)
        endpoint = f"Apple calls {hook}/message: set {hook} as the endpoint."
        return (Hop("Apple takes our token", True), Hop("The endpoint", True, endpoint))


connector = Apple()


class _Where(msgspec.Struct):
    download: str = msgspec.field(name="download-url", default="")


class _Room(msgspec.Struct, rename="kebab"):
    upload_url: str = ""
    mmcs_url: str = ""
    mmcs_owner: str = ""


class _File(msgspec.Struct):
    checksum: str = msgspec.field(name="fileChecksum", default="")


class _Stored(msgspec.Struct):
    file: _File = msgspec.field(name="singleFile", default_factory=_File)


def _unpacked(body: bytes) -> bytes:
    """A small body may hold a very large one."""
    unpacking = zlib.decompressobj(wbits=31)
    try:
        plain = unpacking.decompress(body, LARGEST + 1)
    except zlib.error as why:
        raise Forged("the body is said to be packed, and is not") from why
    if len(plain) > LARGEST:
        raise TooBig
    return plain


def _bearer(config: Config, at: datetime) -> dict[str, str]:
    token = passes.shown(config["msp_id"], config["msp_secret"], at=at)
    return {"authorization": f"Bearer {token}"}


def _base(config: Config) -> str:
    return f"{base_of(config.get('api_base') or API)}/v1"


def _get(config: Config, path: str, about: dict[str, str], *, at: datetime) -> Call:
    headers = {**_bearer(config, at), "source-id": config["business_id"], **about}
    return Call(f"{_base(config)}/{path}", method="GET", headers=headers)


def _message(
    to: Handle, body: dict[str, Any], config: Config, envelope: Envelope, id_: str
) -> Call:
    around = {"v": 1, "id": id_, "sourceId": config["business_id"], "destinationId": to.value}
    headers = {
        **_bearer(config, envelope.at),
        "id": id_,
        "source-id": config["business_id"],
        "destination-id": to.value,
        **({"auto-reply": "true"} if envelope.automatic else {}),
        **({"msp-agent": _ascii(envelope.author)} if envelope.author else {}),
    }
    locale = {"locale": envelope.language} if envelope.language else {}
    return Call(f"{_base(config)}/message", json=around | body | locale, headers=headers)


def _ascii(name: str) -> str:
    """Headers know no accents."""
    return name.encode("ascii", "replace").decode()[:64]


def _bodies(
    part: Spoken, config: Config, envelope: Envelope, name: str
) -> Generator[Call, Reply, list[dict[str, Any]]]:
    if isinstance(part, Media) and part.attachment in envelope.files:
        attachment = yield from _uploaded(part, config, envelope)
        return [outbound.file(attachment, part.caption)]
    able = envelope.heard.get("capabilities", "")
    if not outbound.shown_by(part, able.split(",") if able else None):
        return [outbound.plain(part, envelope.language)]
    return outbound.content(part, reference=name)


def _uploaded(
    part: Media, config: Config, envelope: Envelope
) -> Generator[Call, Reply, dict[str, Any]]:
    blob = envelope.files[part.attachment]
    key = cipher.key_for(blob.body, secret=passes.key_of(config["msp_secret"]))
    closed = cipher.crypted(blob.body, key)
    reply = yield _get(config, "preUpload", {"mmcs-size": str(len(closed))}, at=envelope.at)
    raise_for_apple(reply)
    room = _read(reply, _Room)
    if not room.upload_url:
        raise Failed(Reason.OTHER, "Apple does not say where the file goes")
    reply = yield Call(room.upload_url, body=closed, repeatable=True)
    raise_for_apple(reply)
    return {
        "name": part.name or blob.name or "file",
        "mimeType": part.mime or blob.mime,
        "size": str(len(blob.body)),
        "signature-base64": _read(reply, _Stored).file.checksum,
        "url": room.mmcs_url,
        "owner": room.mmcs_owner,
        "key": cipher.written(key),
    }


def _our_token_holds(config: Config, at: datetime) -> Generator[Call, Reply, None]:
    """A 403 means a wrong token, or a customer who has closed: ask what needs the token alone."""
    reply = yield _get(config, "preUpload", {"mmcs-size": "1"}, at=at)
    if reply.status in (401, 403):
        words = f"HTTP {reply.status}: Apple does not take the provider's token"
        raise Failed(Reason.REFUSED, words, scope=Scope.CHANNEL)


def _read(reply: Reply, kind: Any) -> Any:
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except UNREADABLE:
        return kind()
