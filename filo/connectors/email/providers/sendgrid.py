"""SendGrid (Twilio): signed events, inbound parse behind a password, JSON out."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from filo.channels.contract import (
    Call,
    Config,
    Envelope,
    Fact,
    Forged,
    Handle,
    Receipt,
    Request,
    Speech,
    Unknown,
)
from filo.channels.kit import base_of
from filo.connectors.email.letters import decoded
from filo.connectors.email.providers import news, rebuilt
from filo.connectors.email.providers.forms import Form
from filo.connectors.email.providers.replies import check, opened
from filo.connectors.email.providers.wire import (
    REF,
    Letter,
    Pieces,
    check_password,
    mark_in,
    mark_of,
    pieces,
    spf_pass,
)
from filo.core.text import UNREADABLE

API = {"eu": "https://api.eu.sendgrid.com", "": "https://api.sendgrid.com"}
SIGNATURE = "x-twilio-email-event-webhook-signature"
STAMP = "x-twilio-email-event-webhook-timestamp"
# May not be given as headers: the API has fields for them, or writes them itself.
RESERVED = {"dkim-signature", "received", "x-sg-id", "x-sg-eid", "cc", "bcc"}
_DKIM = re.compile(r"@([^\s:;}]+)\s*:\s*([a-z]+)", re.IGNORECASE)


class _Route(msgspec.Struct):
    sender: str = msgspec.field(name="from", default="")
    to: list[str] = []


class SendGrid:
    name = "sendgrid"

    def prove(self, request: Request, config: Config) -> None:
        if _is_events(request.body):
            _check_signature(request, config)
        else:
            check_password(request, config)

    def brought(self, request: Request) -> Sequence[Letter]:
        if _is_events(request.body):
            return ()
        form = Form(request.body)
        if not ("email" in form or "headers" in form):
            return ()
        raw = form.raw("email") if "email" in form else _parsed(form)
        route = _route(form.raw("envelope"))
        sender = route.sender if route else None
        whole = rebuilt.traced(raw, sender=sender, recipient=_first(route))
        return (Letter(whole, results=_results(form, sender or "")),)

    def told(self, request: Request) -> Sequence[Fact]:
        try:
            events = msgspec.json.decode(request.body, type=list[dict[str, object]])
        except UNREADABLE:
            return [Unknown("a call of SendGrid that cannot be read")]
        return [fact for event in events for fact in self._one(event, request)]

    def _one(self, event: dict[str, object], request: Request) -> Sequence[Fact]:
        told = news.read(self.name, event)
        if told is None:
            return [Unknown("an event of SendGrid that cannot be read")]
        if told.kind == "opened" and event.get("sg_machine_open"):
            return []  # the mail program fetched the picture, nobody looked
        address = request.settings.get("address", "")
        mark = mark_of(str(event.get(REF) or ""), address)
        mark = mark if mark.message else mark_in(str(event.get("smtp-id") or ""))
        return list(news.facts(told, mark, request, word=_word(event)))

    def knock(self, config: Config, at: datetime) -> Call:
        return Call(url=f"{_base(config)}/v3/scopes", method="GET", headers=_key(config))

    def hand_over(
        self, message: EmailMessage, to: Handle, config: Config, envelope: Envelope
    ) -> Speech:
        reply = yield Call(
            url=f"{_base(config)}/v3/mail/send",
            json=payload(pieces(message), envelope.ref),
            headers=_key(config),
        )
        check(reply)
        return Receipt(mark_of(envelope.ref, config.get("address", "")).message)


def _base(config: Config) -> str:
    region = config.get("region", "").lower()
    return base_of(config.get("api_base") or API.get(region, API[""]))


def _key(config: Config) -> dict[str, str]:
    return {"authorization": f"Bearer {config.get('api_key', '')}"}


def payload(mail: Pieces, ref: str) -> dict[str, object]:
    headers = {name: text for name, text in mail.headers.items() if name.lower() not in RESERVED}
    whole: dict[str, object] = {
        "personalizations": [{"to": [_person(mail.to)], "custom_args": {REF: ref}}],
        "from": _person(mail.author),
        "subject": mail.subject,
        "content": [
            {"type": "text/plain", "value": mail.text},
            {"type": "text/html", "value": mail.html},
        ],
        "headers": headers,
        "tracking_settings": {"click_tracking": {"enable": False, "enable_text": False}},
    }
    if mail.reply_to:
        whole["reply_to"] = {"email": mail.reply_to}
    if mail.files:
        whole["attachments"] = [
            {"content": body, "filename": name, "type": mime, "disposition": "attachment"}
            for name, mime, body in mail.files
        ]
    return whole


def _person(person: tuple[str, str]) -> dict[str, str]:
    name, address = person
    return {"email": address} | ({"name": name} if name else {})


def _is_events(body: bytes) -> bool:
    return body[:16].lstrip()[:1] in {b"[", b"{"}


def _check_signature(request: Request, config: Config) -> None:
    """ECDSA over time and body, by the key that SendGrid shows beside the switch."""
    stamp = request.headers.get(STAMP, "")
    try:
        key = load_der_public_key(base64.b64decode(config.get("hook_key", ""), validate=True))
        given = base64.b64decode(request.headers.get(SIGNATURE, ""), validate=True)
        if not isinstance(key, EllipticCurvePublicKey) or not stamp:
            raise Forged("no verification key, or no time stamp")
        key.verify(given, stamp.encode() + request.body, ECDSA(SHA256()))
    except (InvalidSignature, UnsupportedAlgorithm, binascii.Error, ValueError) as error:
        raise Forged("the signature does not match") from error


def _route(written: bytes) -> _Route | None:
    try:
        return msgspec.json.decode(written, type=_Route)
    except UNREADABLE:
        return None


def _first(route: _Route | None) -> str:
    return next(iter(route.to), "") if route else ""


def _parsed(form: Form) -> bytes:
    """Without its switch `POST the raw, full MIME message` a mail comes taken apart."""
    lines = re.sub(r"\r?\n[ \t]+", " ", form.text("headers")).splitlines()
    pairs = [line.partition(":") for line in lines]
    charsets = {k: v for k, v in opened(form.raw("charsets")).items() if isinstance(v, str)}
    return rebuilt.mail(
        [(name.strip(), value.strip()) for name, colon, value in pairs if colon],
        text=decoded(form.raw("text"), charsets.get("text", "")),
        html=decoded(form.raw("html"), charsets.get("html", "")),
        files=[rebuilt.Piece(one.mime, one.body, one.name) for one in form.files],
    )


def _results(form: Form, sender: str) -> str:
    if "SPF" not in form and "dkim" not in form:
        return ""
    found = [
        f"dkim={verdict.lower()} header.d={domain}"
        for domain, verdict in _DKIM.findall(form.text("dkim"))
    ]
    if form.text("SPF").strip().lower() == "pass":
        found.append(spf_pass(sender))
    return "; ".join(filter(None, found)) or "none"


def _word(event: dict[str, object]) -> str:
    if event.get("event") == "dropped":
        return "on SendGrid's suppression list"
    return "blocked" if event.get("type") == "blocked" else ""
