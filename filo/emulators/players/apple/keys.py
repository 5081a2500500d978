"""Apple's proofs and ciphers: a token by HS256, files by AES-256-CTR with a counter from zero."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

MARK = "00"  # stands before the key in hexadecimal


def token(claims: dict[str, Any], *, secret: str) -> str:
    """A JWT; the secret is base64, and its bytes sign."""
    head = _packed({"alg": "HS256", "typ": "JWT"})
    words = f"{head}.{_packed(claims)}"
    return f"{words}.{_url(_mac(words, secret))}"


def claims(given: str, *, secret: str) -> dict[str, Any] | None:
    """What a token says, when its signature holds."""
    words, _, mark = given.rpartition(".")
    if not words or not hmac.compare_digest(mark, _url(_mac(words, secret))):
        return None
    try:
        told: Any = json.loads(_unpacked(words.partition(".")[2]))
    except (ValueError, binascii.Error):
        return None
    return told if isinstance(told, dict) else None


def locked(plain: bytes) -> tuple[bytes, str]:
    """The cipher text, and its key as Apple writes it."""
    key = token_bytes(32)
    return _counter(plain, key), MARK + key.hex()


def unlocked(cipher: bytes, key: str) -> bytes:
    return _counter(cipher, bytes.fromhex(key.removeprefix(MARK) if len(key) == 66 else key))


def _counter(text: bytes, key: bytes) -> bytes:
    stream = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor()
    return stream.update(text) + stream.finalize()


def _mac(words: str, secret: str) -> bytes:
    return hmac.digest(base64.b64decode(secret), words.encode(), "sha256")


def _packed(value: object) -> str:
    return _url(json.dumps(value, separators=(",", ":")).encode())


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
