"""Files rest with Apple encrypted: AES-256-CTR from a zero counter, each under its own key."""

from __future__ import annotations

import binascii
import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from filo.channels.contract import Failed, Reason

MARK = "00"  # stands before the hex of every key
LENGTH = 32


def key_for(body: bytes, *, secret: bytes) -> bytes:
    """A key that no other file has: the counter always begins at zero, so none may come twice."""
    return hmac.digest(secret, b"attachment" + hashlib.sha256(body).digest(), "sha256")


def written(key: bytes) -> str:
    return MARK + key.hex()


def read(key: str) -> bytes:
    try:
        found = bytes.fromhex(key.removeprefix(MARK) if len(key) > 2 * LENGTH else key)
    except ValueError as why:
        raise Failed(Reason.OTHER, "the key of the file cannot be read") from why
    if len(found) != LENGTH:
        raise Failed(Reason.OTHER, "the key of the file has another length")
    return found


def crypted(body: bytes, key: bytes) -> bytes:
    """The same both ways."""
    turn = Cipher(AES(key), CTR(bytes(16))).encryptor()
    return turn.update(body) + turn.finalize()


def unhexed(text: str) -> bytes:
    try:
        return binascii.unhexlify(text)
    except (binascii.Error, ValueError):
        return b""
