"""Admissions: short signed codes for one moment, to be scanned: at a till, or off a phone.

Pure: the key, the moment and the lot come in by the door. No personal data stands in a code.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from datetime import datetime, timedelta
from enum import IntEnum

import msgspec

from filo.core.passes import Spoiled

LENGTH = 40  # base32 of 25 bytes: no padding, and a small square
_BODY = struct.Struct(">BQIH")
_MARK = 10


class Purpose(IntEnum):
    """A code shown by us lets a phone in; one shown by a phone only says who stands there."""

    COME_IN = 1
    I_AM = 2


LASTS = {Purpose.COME_IN: timedelta(minutes=2), Purpose.I_AM: timedelta(minutes=1)}


class Admission(msgspec.Struct, frozen=True):
    """Which identity it is about, until when; `lot` tells two codes of one second apart."""

    purpose: Purpose
    identity: int
    until: int  # seconds since 1970
    lot: int = 0


def until(purpose: Purpose, *, at: datetime) -> int:
    return int((at + LASTS[purpose]).timestamp())


def write(given: Admission, *, key: str, channel: str) -> str:
    """The code, for this channel alone."""
    body = _BODY.pack(given.purpose, given.identity, given.until, given.lot)
    return base64.b32encode(body + _seal(body, key, channel)).decode()


def read(word: str, *, key: str, channel: str, at: datetime) -> Admission:
    """What `write` wrote with the same key for the same channel, or `Spoiled`."""
    try:
        raw = base64.b32decode(word.upper()) if key and len(word) == LENGTH else b""
    except (binascii.Error, ValueError):
        raise Spoiled from None
    body, seal = raw[: _BODY.size], raw[_BODY.size :]
    if len(body) != _BODY.size or not hmac.compare_digest(_seal(body, key, channel), seal):
        raise Spoiled
    purpose, identity, ends, lot = _BODY.unpack(body)
    if ends < at.timestamp():
        raise Spoiled
    return Admission(Purpose(purpose), identity, ends, lot)


def _seal(body: bytes, key: str, channel: str) -> bytes:
    text = f"admission:{channel}:".encode() + body
    return hmac.new(key.encode(), text, hashlib.sha256).digest()[:_MARK]
