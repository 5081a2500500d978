"""WeChat's signatures and its message crypto, from the provider's side."""

from __future__ import annotations

import base64
import hashlib
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 32


def mark(*words: str) -> str:
    """Sort as bytes, join with nothing, SHA-1."""
    joined = b"".join(sorted(word.encode() for word in words))
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def sealed(message: str, *, aes_key: str, app_id: str, random: bytes = b"") -> str:
    """16 random bytes, the length, the message, whose it is; padded to 32, AES-CBC, base64."""
    key = base64.b64decode(aes_key + "=")
    body = message.encode()
    plain = (random or os.urandom(16)) + struct.pack(">I", len(body)) + body + app_id.encode()
    pad = BLOCK - len(plain) % BLOCK
    writer = Cipher(AES(key), CBC(key[:16])).encryptor()
    return base64.b64encode(writer.update(plain + bytes([pad]) * pad) + writer.finalize()).decode()


def opened(box: str, *, aes_key: str, app_id: str) -> str:
    """What a sealed answer of the business says; ValueError when it is not for this account."""
    key = base64.b64decode(aes_key + "=")
    reader = Cipher(AES(key), CBC(key[:16])).decryptor()
    plain = reader.update(base64.b64decode(box)) + reader.finalize()
    plain = plain[: -plain[-1]]
    (length,) = struct.unpack(">I", plain[16:20])
    if plain[20 + length :].decode() != app_id:
        raise ValueError("sealed for somebody else")
    return plain[20 : 20 + length].decode()
