"""How callers of `/hooks/{channel}` prove themselves: mail providers each in their way; a mail
server that pipes mail signs it with the mailbox's password."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from filo.channels.contract import Config, Request
from filo.channels.kit import signature
from filo.connectors.email.providers import sendgrid

HEADER = "x-filo-signature"
TOKEN = "a" * 50
STAMP = "1600112492"


def seal(request: Request, config: Config) -> Request:
    return SEALS.get(config.get("provider", ""), _piped)(request, config)


def _piped(request: Request, config: Config) -> Request:
    signed = signature(key=config.get("password", ""), body=request.body)
    return _with(request, {HEADER: signed})


def _password(request: Request, config: Config) -> Request:
    shown = base64.b64encode(f"filo:{config.get('hook_password', '')}".encode()).decode()
    return _with(request, {"authorization": f"Basic {shown}"})


def _mailgun(request: Request, config: Config) -> Request:
    """Mailgun's signature stands in the body, as fields of the form or as an object of the JSON."""
    stamp = str(int(request.at.timestamp()))
    key = config.get("hook_key", "").encode()
    proof = hmac.digest(key, f"{stamp}{TOKEN}".encode(), "sha256").hex()
    mark = {"timestamp": stamp, "token": TOKEN, "signature": proof}
    if request.body[:1] == b"{":
        body = json.dumps({"signature": mark, **json.loads(request.body)}).encode()
    elif request.body[:2] == b"--":
        boundary = request.body.split(b"\n", 1)[0].rstrip(b"\r")
        field = b'%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
        fields = [field % (boundary, name.encode(), text.encode()) for name, text in mark.items()]
        body = b"".join(fields) + request.body
    else:
        pairs = "&".join(f"{name}={text}" for name, text in mark.items())
        body = request.body.rstrip(b"\n") + f"&{pairs}".encode()
    return msgspec.structs.replace(request, body=body)


def _sendgrid(request: Request, config: Config) -> Request:
    if request.body[:1] != b"[":
        return _password(request, config)
    key = private_key(config)
    given = key.sign(STAMP.encode() + request.body, ec.ECDSA(SHA256()))
    return _with(
        request,
        {sendgrid.SIGNATURE: base64.b64encode(given).decode(), sendgrid.STAMP: STAMP},
    )


def private_key(config: Config) -> ec.EllipticCurvePrivateKey:
    """The other half of the key of the samples; of any other key nobody has it."""
    known = ec.derive_private_key(20260102, ec.SECP256R1())
    shown = known.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    is_ours = config.get("hook_key", "") == base64.b64encode(shown).decode()
    return known if is_ours else ec.derive_private_key(7, ec.SECP256R1())


def _with(request: Request, headers: dict[str, str]) -> Request:
    return msgspec.structs.replace(request, headers={**request.headers, **headers})


SEALS: dict[str, Callable[[Request, Config], Request]] = {
    "mailgun": _mailgun,
    "postmark": _password,
    "sendgrid": _sendgrid,
    "ses": _password,
    "brevo": _password,
}
