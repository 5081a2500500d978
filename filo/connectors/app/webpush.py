"""Web push: a notice sealed for one browser (RFC 8291), signed as ours (VAPID, RFC 8292)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from binascii import Error as NotBase64
from collections.abc import Generator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from filo.channels.contract import Call, Config, Device, Failed, Notice, Reason, Reply, Scope
from filo.channels.kit import raise_for_reply
from filo.connectors.app.signing import bare, signed

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
RECORD = 4096
MOST = RECORD - 16 - 86 - 1  # what a browser must take, less seal, head and mark
LASTS = timedelta(hours=12)
HERE = ("localhost", "127.0.0.1")
GONE = (404, 410)
ANOTHERS_KEY = (400, 401, 403)  # subscribed under a key that is not ours any more


def own_key(config: Config) -> ec.EllipticCurvePrivateKey:
    """Our key pair, grown from the channel's secret: nothing else has to be kept."""
    secret = config.get("push_secret", "")
    if not secret:
        raise Failed(Reason.REFUSED, "the channel has no push key", scope=Scope.CHANNEL)
    seed = hashlib.sha512(b"filo web push " + secret.encode()).digest()
    return ec.derive_private_key(int.from_bytes(seed) % (ORDER - 1) + 1, CURVE)


def public_key(config: Config) -> str:
    """As `applicationServerKey` wants it."""
    return bare(_point(own_key(config).public_key()))


def push(
    device: Device, notice: Notice, config: Config, *, at: datetime
) -> Generator[Call, Reply, None]:
    _check(device.address)
    body = sealed(_plain(notice), device)
    key = own_key(config)
    reply = yield Call(
        url="{endpoint}",
        keys={"endpoint": device.address},
        body=body,
        headers={
            "ttl": str(notice.lasts),
            "urgency": "normal",
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "authorization": f"vapid t={_word(device, config, key, at)}, k={public_key(config)}",
            **({"topic": topic(notice.tag)} if notice.tag else {}),
        },
        repeatable=True,  # the same tag takes its own place
    )
    if reply.status in GONE or reply.status in ANOTHERS_KEY:
        raise gone(reply.status)
    raise_for_reply(reply)


def gone(status: int) -> Failed:
    return Failed(Reason.UNREACHABLE, f"HTTP {status}: no such device now", scope=Scope.PERSON)


def topic(tag: str) -> str:
    """At most 32 letters of base64url."""
    return bare(hashlib.sha256(tag.encode()).digest())[:32]


def _check(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in HERE):
        raise Failed(Reason.REFUSED, "an endpoint without https", scope=Scope.PERSON)


def _plain(notice: Notice) -> bytes:
    told = {
        "title": notice.title,
        "body": notice.text,
        "url": notice.url,
        "tag": notice.tag,
        "message": notice.about,
    }
    plain = msgspec.json.encode({name: text for name, text in told.items() if text})
    if len(plain) > MOST:
        raise Failed(Reason.REFUSED, f"more than {MOST} bytes do not fit a push")
    return plain


def _word(device: Device, config: Config, key: ec.EllipticCurvePrivateKey, at: datetime) -> str:
    parts = urlsplit(device.address)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((at + LASTS).timestamp()),
        "sub": config.get("contact") or "mailto:postmaster@localhost",
    }
    return signed({"typ": "JWT"}, claims, key)


# --- RFC 8291 ---------------------------------------------------------------


def sealed(
    plain: bytes,
    device: Device,
    *,
    ours: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes = b"",
) -> bytes:
    """One record that this browser alone can open. `ours` and `salt` are fresh for each."""
    ours, salt = ours or ec.generate_private_key(CURVE), salt or os.urandom(16)
    theirs, auth = _keys(device)
    point, their_point = _point(ours.public_key()), _point(theirs)
    shared = ours.exchange(ec.ECDH(), theirs)
    seed = _expand(_extract(auth, shared), b"WebPush: info\0" + their_point + point, 32)
    root = _extract(salt, seed)
    key = _expand(root, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _expand(root, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD.to_bytes(4) + bytes([len(point)]) + point
    return head + AESGCM(key).encrypt(nonce, plain + b"\x02", None)


def _keys(device: Device) -> tuple[ec.EllipticCurvePublicKey, bytes]:
    try:
        point = _unpadded(device.keys.get("p256dh", ""))
        auth = _unpadded(device.keys.get("auth", ""))
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
    except (NotBase64, ValueError) as why:
        raise Failed(Reason.UNREACHABLE, "a device without keys", scope=Scope.PERSON) from why
    if len(auth) != 16:
        raise Failed(Reason.UNREACHABLE, "a device without keys", scope=Scope.PERSON)
    return theirs, auth


def _unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _extract(salt: bytes, material: bytes) -> bytes:
    return hmac.digest(salt, material, "sha256")


def _expand(root: bytes, about: bytes, length: int) -> bytes:
    """HKDF's second step; one round is enough for 32 bytes."""
    return hmac.digest(root, about + b"\x01", "sha256")[:length]
