"""Tokens that we sign for the push services: JWT by ES256 or RS256."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from filo.channels.contract import Failed, Reason, Scope

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def bare(octets: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def signed(head: Mapping[str, object], claims: Mapping[str, object], key: Key) -> str:
    name = "ES256" if isinstance(key, ec.EllipticCurvePrivateKey) else "RS256"
    encode = msgspec.json.encode
    words = f"{bare(encode({'alg': name, **head}))}.{bare(encode(claims))}"
    return f"{words}.{bare(_mark(words.encode(), key))}"


def _mark(words: bytes, key: Key) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(words, padding.PKCS1v15(), SHA256())
    r, s = decode_dss_signature(key.sign(words, ec.ECDSA(SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def key_of(pem: str, *, what: str) -> Key:
    """A private key as it was pasted; a field of one line may hold `\\n` for its line ends."""
    try:
        key = load_pem_private_key(pem.replace("\\n", "\n").encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as why:
        raise Failed(Reason.REFUSED, f"{what} is no private key", scope=Scope.CHANNEL) from why
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise Failed(Reason.REFUSED, f"{what} is no key of that sort", scope=Scope.CHANNEL)
    return key
