"""WeChat's signatures and its envelope: SHA-1 over sorted strings, AES-256-CBC around the XML."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from filo.channels.contract import Forged

BLOCK = 32  # PKCS#7 in blocks of 32, twice those of AES
HEAD = 16  # random bytes before the length
KEY_LETTERS = 43
TOLERANCE = timedelta(minutes=5)  # our own rule: WeChat sets none


def signature(*words: str) -> str:
    """SHA-1 over the words, sorted as bytes and joined by nothing."""
    joined = b"".join(sorted(word.encode() for word in words))
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def check(given: str, *words: str, token: str) -> None:
    if not token:
        raise Forged("no token is set for this channel")
    if not hmac.compare_digest(given.encode(), signature(token, *words).encode()):
        raise Forged("the signature does not match")


def check_time(query: Mapping[str, str], *, at: datetime) -> None:
    stamp = query.get("timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise Forged("there is no time stamp")
    if abs(at.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise Forged("the time stamp is too old, or in the future")


def key_of(letters: str) -> bytes:
    """The AES key of 43 letters; nothing when they are none."""
    if len(letters) != KEY_LETTERS:
        return b""
    try:
        return base64.b64decode(f"{letters}=", validate=True)
    except (binascii.Error, ValueError):
        return b""


def opened(sealed: str, *, key: bytes, app: str) -> bytes:
    """The message inside, if it is for our app; else `Forged`."""
    if not key or not app:
        raise Forged("no AES key or no app ID is set for this channel")
    plain = _unpadded(_decrypted(sealed, key))
    size = int.from_bytes(plain[HEAD : HEAD + 4], "big")
    end = HEAD + 4 + size
    if len(plain) < end or not hmac.compare_digest(plain[end:], app.encode()):
        raise Forged("the message is for another app")
    return plain[HEAD + 4 : end]


def sealed(message: bytes, *, key: bytes, app: str, head: bytes) -> str:
    """The provider's direction, for emulators and tests: `head` is 16 random bytes."""
    plain = head + len(message).to_bytes(4, "big") + message + app.encode()
    pad = BLOCK - len(plain) % BLOCK
    encryptor = _cipher(key).encryptor()
    whole = encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()
    return base64.b64encode(whole).decode()


def _decrypted(sealed: str, key: bytes) -> bytes:
    try:
        raw = base64.b64decode(sealed, validate=True)
    except (binascii.Error, ValueError) as why:
        raise Forged("the message is not base64") from why
    if not raw or len(raw) % 16:
        raise Forged("the message is cut")
    decryptor = _cipher(key).decryptor()
    return decryptor.update(raw) + decryptor.finalize()


def _unpadded(plain: bytes) -> bytes:
    pad = plain[-1]
    if not 1 <= pad <= BLOCK or len(plain) < pad + HEAD + 4:
        raise Forged("the message cannot be opened")
    return plain[:-pad]


def _cipher(key: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key), modes.CBC(key[:HEAD]))
