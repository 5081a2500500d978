"""A browser's push service (RFC 8030), and the browser behind it, which alone can open the notice.

Who sends must say how long it keeps (`TTL`) and show a word signed by the key under which the
browser subscribed (VAPID, RFC 8292); what is sent is one sealed record (RFC 8188 and 8291).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from typing import TYPE_CHECKING, Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from filo.emulators.players.app.phone import CURVE, Phone, by_address, notify
from filo.emulators.web import Answer, Call, Refused, Router
from filo.emulators.whims import indulge
from filo.emulators.world import World, moment

if TYPE_CHECKING:
    from collections.abc import Mapping

router = Router()
MOST = 4096
DAY = 24 * 3600
VAPID = re.compile(r"vapid t=(?P<word>[^,\s]+), ?k=(?P<key>[\w-]{87})\Z")
TOPIC = re.compile(r"[\w-]{1,32}\Z")


@router.on("POST", "/push-service/{mark}")
async def push(call: Call, world: World) -> Answer:
    known = by_address(world, f"{call.origin}{call.path}")
    if known is None:
        raise _no(404)
    account, found = known
    await indulge(account.next)
    if found.gone or not found.enrolled:
        raise _no(410)
    _check(call)
    try:
        notice = msgspec.json.decode(opened(call.body, found), type=dict[str, Any])
    except (InvalidTag, ValueError) as why:
        raise _no(400) from why
    words = {"title": notice.pop("title", ""), "text": notice.pop("body", "")}
    notify(found, tag=call.headers.get("topic", ""), by="web", **words, payload=notice)
    return Answer(201, b"", headers={"location": f"{call.origin}/push-message/{world.new_id('')}"})


def _check(call: Call) -> None:
    if not call.headers.get("ttl", "").isdigit() or len(call.body) > MOST:
        raise _no(413 if len(call.body) > MOST else 400)
    if call.headers.get("content-encoding") != "aes128gcm":
        raise _no(400)
    if (topic := call.headers.get("topic")) is not None and not TOPIC.match(topic):
        raise _no(400)
    if not is_signed(call.headers, audience=call.origin):
        raise _no(403)


def is_signed(headers: Mapping[str, str], *, audience: str) -> bool:
    """By the key that it shows, for this service, for a day at most, with somebody to ask."""
    given = VAPID.match(headers.get("authorization", ""))
    if given is None:
        return False
    try:
        claims = jwt.decode(given["word"], _public(given["key"]), algorithms=["ES256"]).claims
    except (JoseError, ValueError, binascii.Error):
        return False
    lasts = claims.get("exp", 0) - moment()
    contact = str(claims.get("sub", ""))
    named = contact.startswith(("mailto:", "https://"))
    return claims.get("aud") == audience and 0 < lasts <= DAY and named


def _public(word: str) -> ECKey:
    point = octets(word)
    x, y = point[1:33], point[33:]
    coordinates = {"x": _bare(x), "y": _bare(y)}
    return ECKey.import_key({"kty": "EC", "crv": "P-256", **coordinates})


def opened(body: bytes, found: Phone) -> bytes:
    """What was sealed for this browser."""
    salt, length = body[:16], body[20]
    theirs, sealed = body[21 : 21 + length], body[21 + length :]
    mine = found.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    sender = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs)
    shared = found.private.exchange(ec.ECDH(), sender)
    secret = _grown(found.seed[:16], shared, b"WebPush: info\0" + mine + theirs, 32)
    key = _grown(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _grown(salt, secret, b"Content-Encoding: nonce\0", 12)
    return AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0").removesuffix(b"\x02")


def _grown(salt: bytes, material: bytes, about: bytes, length: int) -> bytes:
    root = hmac.digest(salt, material, "sha256")
    return hmac.digest(root, about + b"\x01", "sha256")[:length]


def octets(word: str) -> bytes:
    return base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))


def _bare(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _no(status: int) -> Refused:
    return Refused(Answer(status, b"", "text/plain"))
