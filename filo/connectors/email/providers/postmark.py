"""Postmark: webhooks behind a password, JSON both ways, the raw mail on wish."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from urllib.parse import quote

import msgspec

from filo.channels.contract import (
    Call,
    Config,
    Doubtful,
    Envelope,
    Fact,
    Failed,
    Handle,
    Later,
    Reason,
    Receipt,
    Reply,
    Request,
    Scope,
    Speech,
    Unknown,
)
from filo.channels.kit import base_of
from filo.connectors.email.providers import news, rebuilt
from filo.connectors.email.providers.replies import check, opened
from filo.connectors.email.providers.wire import (
    REF,
    Letter,
    Mark,
    Pieces,
    check_password,
    mark_of,
    pieces,
    spf_pass,
)
from filo.core.text import UNREADABLE

API = "https://api.postmarkapp.com"
INACTIVE = 406  # bounced hard, complained, or switched off by hand
TOKEN = {10, 400, 401, 405, 412, 413}  # token, sender signature, credits, pending account
LATER = {100, 429}
_ENVELOPE = re.compile(r"envelope-from=([^;\s]*)", re.IGNORECASE)
SOFT = {"SoftBounce", "Transient", "DnsError"}


class _Header(msgspec.Struct):
    name: str = msgspec.field(name="Name", default="")
    value: str = msgspec.field(name="Value", default="")


class _Attachment(msgspec.Struct):
    name: str = msgspec.field(name="Name", default="")
    content: str = msgspec.field(name="Content", default="")
    mime: str = msgspec.field(name="ContentType", default="")
    cid: str | None = msgspec.field(name="ContentID", default=None)


class _Inbound(msgspec.Struct):
    sender: str = msgspec.field(name="From", default="")
    to: str = msgspec.field(name="To", default="")
    cc: str = msgspec.field(name="Cc", default="")
    subject: str = msgspec.field(name="Subject", default="")
    date: str = msgspec.field(name="Date", default="")
    reply_to: str | None = msgspec.field(name="ReplyTo", default="")
    recipient: str | None = msgspec.field(name="OriginalRecipient", default="")
    text: str | None = msgspec.field(name="TextBody", default="")
    html: str | None = msgspec.field(name="HtmlBody", default="")
    raw: str | None = msgspec.field(name="RawEmail", default="")
    headers: list[_Header] = msgspec.field(name="Headers", default_factory=list)
    files: list[_Attachment] = msgspec.field(name="Attachments", default_factory=list)


_inbound = msgspec.json.Decoder(_Inbound)


class Postmark:
    name = "postmark"

    def prove(self, request: Request, config: Config) -> None:
        check_password(request, config)

    def brought(self, request: Request) -> Sequence[Letter]:
        if b'"FromFull"' not in request.body or opened(request.body).get("RecordType"):
            return ()
        try:
            mail = _inbound.decode(request.body)
        except UNREADABLE:
            return ()
        found = {one.name.lower(): one.value for one in reversed(mail.headers)}
        sender = found.get("return-path", "").strip("<> ") if "return-path" in found else None
        raw = mail.raw.encode("utf-8", "replace") if mail.raw else _parsed(mail)
        whole = rebuilt.traced(raw, sender=sender, recipient=mail.recipient or "")
        return (Letter(whole, results=_results(mail)),)

    def told(self, request: Request) -> Sequence[Fact]:
        event = opened(request.body)
        told = news.read(self.name, event)
        if told is None:
            return [Unknown("an event of Postmark that cannot be read")]
        change = event.get("RecordType") == "SubscriptionChange"
        own_wish = event.get("Origin") == "Recipient"
        if change and (told.kind == "failed" or (told.kind == "subscribed" and not own_wish)):
            return []  # the bounce was told, and an address put right is no wish of its owner
        if event.get("RecordType") == "Open" and not event.get("FirstOpen", True):
            return []
        found = event.get("Metadata")
        ref = str(found.get(REF, "")) if isinstance(found, dict) else ""
        word = str(event.get("Type") or "")
        mark = mark_of(ref, request.settings.get("address", ""))
        return list(
            news.facts(told, mark, request, word=f"soft ({word})" if word in SOFT else word)
        )

    def knock(self, config: Config, at: datetime) -> Call:
        return Call(
            url=f"{base_of(config.get('api_base') or API)}/server",
            method="GET",
            headers=_token(config),
        )

    def hand_over(
        self, message: EmailMessage, to: Handle, config: Config, envelope: Envelope
    ) -> Speech:
        reply = yield Call(
            url=f"{base_of(config.get('api_base') or API)}/email",
            json=payload(pieces(message), envelope.ref, config.get("stream", "")),
            headers=_token(config),
        )
        _check(reply)
        if not opened(reply.body).get("MessageID"):
            raise Doubtful("a 200 of Postmark without an id")
        return Receipt(mark_of(envelope.ref, config.get("address", "")).message)

    def look_up(self, mark: Mark, config: Config) -> Speech:
        """Its list of sent mails can be searched for our reference."""
        base = base_of(config.get("api_base") or API)
        reply = yield Call(
            url=f"{base}/messages/outbound?count=1&offset=0&metadata_{REF}={quote(mark.ref)}",
            method="GET",
            headers=_token(config),
        )
        _check(reply)
        if opened(reply.body).get("Messages"):
            return Receipt(mark.message)
        raise Later(timedelta(minutes=5), "Postmark has no such mail yet")


def _token(config: Config) -> dict[str, str]:
    return {"x-postmark-server-token": config.get("api_key", ""), "accept": "application/json"}


def payload(mail: Pieces, ref: str, stream: str) -> dict[str, object]:
    """`stream` names the message stream; Postmark's own is `outbound`."""
    headers = {**mail.headers, "X-PM-KeepID": "true"}  # or Postmark writes a Message-ID of its own
    whole: dict[str, object] = {
        "From": _person(mail.author),
        "To": _person(mail.to),
        "Subject": mail.subject,
        "TextBody": mail.text,
        "HtmlBody": mail.html,
        "Headers": [{"Name": name, "Value": value} for name, value in headers.items()],
        "Metadata": {REF: ref},
        "TrackLinks": "None",
    }
    if mail.reply_to:
        whole["ReplyTo"] = mail.reply_to
    if mail.files:
        whole["Attachments"] = [
            {"Name": name, "ContentType": mime, "Content": body} for name, mime, body in mail.files
        ]
    return whole | ({"MessageStream": stream} if stream else {})


def _person(person: tuple[str, str]) -> str:
    name, address = person
    plain = name.replace("\\", "").replace('"', "'")
    return f'"{plain}" <{address}>' if name else address


def _check(reply: Reply) -> None:
    code, words = opened(reply.body).get("ErrorCode"), str(opened(reply.body).get("Message") or "")
    detail = f"{code}: {words}"[:300]
    if code == INACTIVE:
        why = f"Postmark keeps this address on its suppression list ({detail})"
        raise Failed(Reason.UNREACHABLE, why[:300], scope=Scope.PERSON)
    if code in TOKEN:
        raise Failed(Reason.REFUSED, detail, scope=Scope.CHANNEL)
    if code in LATER:
        raise Later(timedelta(seconds=30), detail, scope=Scope.CHANNEL)
    if isinstance(code, int) and code and reply.status < 500:
        raise Failed(Reason.OTHER, detail)
    check(reply)


def _parsed(mail: _Inbound) -> bytes:
    """Without its switch `Include raw email content in JSON payload` it comes taken apart."""
    known = {one.name.lower() for one in mail.headers}
    fields = (
        ("From", mail.sender),
        ("To", mail.to),
        ("Cc", mail.cc),
        ("Subject", mail.subject),
        ("Date", mail.date),
        ("Reply-To", mail.reply_to or ""),
    )
    headers = [(name, value) for name, value in fields if value and name.lower() not in known]
    return rebuilt.mail(
        [*headers, *((one.name, one.value) for one in mail.headers)],
        text=mail.text or "",
        html=mail.html or "",
        files=[
            rebuilt.Piece(one.mime, _bytes(one.content), one.name, one.cid or "")
            for one in mail.files
        ],
    )


def _bytes(written: str) -> bytes:
    try:
        return base64.b64decode(written)
    except (binascii.Error, ValueError):
        return written.encode("utf-8", "replace")


def _results(mail: _Inbound) -> str:
    """SpamAssassin's tests, among Postmark's own headers; one added by the sender must agree."""
    tests = [one.value for one in mail.headers if one.name.lower() == "x-spam-tests"]
    if not tests:
        return ""
    sender = mail.sender.rpartition("@")[2].strip("> \"'").lower()
    signed = all("DKIM_VALID_AU" in value.split(",") for value in tests)
    return f"dkim=pass header.d={sender}" if signed else _by_route(mail)


def _by_route(mail: _Inbound) -> str:
    """Of the lines that a sender may have added, none may tell of another envelope."""
    spf = [one.value for one in mail.headers if one.name.lower() == "received-spf"]
    passed = bool(spf) and all(value.lower().lstrip().startswith("pass") for value in spf)
    backs = [one.value for one in mail.headers if one.name.lower() == "return-path"]
    named = [found[1] for value in spf if (found := _ENVELOPE.search(value))]
    senders = {sender.strip("<> ").lower() for sender in (*backs, *named)}
    return (spf_pass(senders.pop()) if passed and len(senders) == 1 else "") or "none"
