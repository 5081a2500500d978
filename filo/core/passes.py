"""Passes: signed words that a browser keeps, to prove later who it is.

Pure: the key and the moment come in by the door.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime

import msgspec

MOST = 2048  # a pass is short: longer ones are not even looked at


class Pass(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who somebody is in one channel. `also` are other values that the same person has proved."""

    channel: str
    value: str
    until: int  # seconds since 1970
    name: str = ""
    also: tuple[str, ...] = ()


class Spoiled(Exception):
    """The pass is not ours, is for something else, or is too old."""


def write(given: Pass, *, key: str) -> str:
    """The pass as one word that fits a cookie and a header."""
    body = _plain(msgspec.json.encode(given))
    return f"{body}.{_seal(body, key)}"


def read(word: str, *, key: str, channel: str, at: datetime) -> Pass:
    """The pass that `write` wrote with the same key for the same channel, or `Spoiled`."""
    body, _, seal = word.partition(".")
    if not key or not hmac.compare_digest(_seal(body, key).encode(), seal.encode()):
        raise Spoiled
    found = glance(word)
    if found is None or found.channel != channel or found.until < at.timestamp():
        raise Spoiled
    return found


def glance(word: str) -> Pass | None:
    """What a pass says of itself, believed by nobody: enough to choose a lane."""
    body = word.partition(".")[0]
    if len(word) > MOST:
        return None
    try:
        opened = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        return msgspec.json.decode(opened, type=Pass)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        return None


def _seal(body: str, key: str) -> str:
    return _plain(hmac.new(key.encode(), f"pass:{body}".encode(), hashlib.sha256).digest())


def _plain(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def cookie(*, channel: str, key: str, secure: bool) -> str:
    """The name of the cookie that holds a pass.

    It carries a print of the key, because cookies do not know ports: two installations on one
    machine need two names.
    """
    mark = hashlib.sha256(f"cookie:{key}".encode()).hexdigest()[:8]
    return f"{'__Host-' if secure else ''}filo-visitor-{channel}-{mark}"


def find(header: str, *, channel: str, key: str) -> str:
    """The pass in a `Cookie` header, under either of its names, or nothing."""
    names = {cookie(channel=channel, key=key, secure=secure) for secure in (True, False)}
    for piece in header.split(";"):
        name, _, word = piece.strip().partition("=")
        if name in names:
            return word
    return ""
