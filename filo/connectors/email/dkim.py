"""Sign our own mails (RFC 6376 with SHA-256, RFC 8463), where no server does it for us.

Header and body are made canonical in the relaxed way, so that a relay may fold a line anew.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from filo.channels.contract import Config, Failed, Reason, Scope

# RFC 6376, section 5.4.1; what a receiver relies on, and nothing that relays add.
SIGNED = (
    *("from", "reply-to", "subject", "date", "to", "message-id", "in-reply-to", "references"),
    *("mime-version", "content-type", "auto-submitted"),
)
LINE = 70
FOLD = "\r\n "
_BLANKS = re.compile(rb"[ \t]+")
_FOLDS = re.compile(rb"\r\n(?=[ \t])")
Key = RSAPrivateKey | Ed25519PrivateKey


def signed(mail: bytes, config: Config, *, at: datetime) -> bytes:
    """The mail with a `DKIM-Signature` before it; as it is where the channel has no key."""
    selector, written = config.get("dkim_selector", ""), config.get("dkim_key", "")
    if not selector or not written:
        return mail
    key = _key(written)
    head, _, body = mail.partition(b"\r\n\r\n")
    headers = _headers(head)
    names = [name for name in SIGNED if name.encode() in headers]
    domain = config.get("address", "").rpartition("@")[2].lower()
    algorithm = "rsa-sha256" if isinstance(key, RSAPrivateKey) else "ed25519-sha256"
    tags = (
        f"v=1; a={algorithm}; c=relaxed/relaxed; d={domain}; s={selector};"
        f" t={int(at.timestamp())}; h={':'.join(names)}; bh={_body_hash(body)}; b="
    )
    told = b"".join(_canonical(name.encode(), headers[name.encode()]) for name in names)
    told += _canonical(b"dkim-signature", tags.encode()).removesuffix(b"\r\n")
    value = base64.b64encode(_sign(key, told)).decode()
    pieces = [value[n : n + LINE] for n in range(0, len(value), LINE)]
    written_out = f"DKIM-Signature: {tags.replace('; ', f';{FOLD}')}{FOLD.join(pieces)}\r\n"
    return written_out.encode() + mail


@lru_cache(maxsize=16)
def _key(written: str) -> Key:
    try:
        key = load_pem_private_key(written.strip().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise Failed(
            Reason.REFUSED, "the DKIM key is no private key in PEM form", scope=Scope.CHANNEL
        ) from problem
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise Failed(Reason.REFUSED, "the DKIM key must be RSA or Ed25519", scope=Scope.CHANNEL)
    return key


def _sign(key: Key, told: bytes) -> bytes:
    if isinstance(key, RSAPrivateKey):
        return key.sign(told, PKCS1v15(), hashes.SHA256())
    return key.sign(hashlib.sha256(told).digest())  # RFC 8463, section 3: over the hash


def _headers(head: bytes) -> dict[bytes, bytes]:
    """Name in lower case -> value, folds and all. Each stands once in a mail of ours."""
    found: dict[bytes, bytes] = {}
    for line in re.split(rb"\r\n(?![ \t])", head):
        name, _, value = line.partition(b":")
        found[name.strip().lower()] = value
    return found


def _canonical(name: bytes, value: bytes) -> bytes:
    return name + b":" + _BLANKS.sub(b" ", _FOLDS.sub(b"", value)).strip() + b"\r\n"


def _body_hash(body: bytes) -> str:
    lines = [_BLANKS.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    told = b"".join(line + b"\r\n" for line in lines)
    return base64.b64encode(hashlib.sha256(told).digest()).decode()
