"""The tokens that both sides show: JWT, HS256, under the decoded secret of the service provider."""

from __future__ import annotations

import base64
import binascii
import hmac
from datetime import datetime, timedelta
from typing import Any

import msgspec

from filo.channels.contract import Forged
from filo.core.text import UNREADABLE

FRESH = timedelta(minutes=10)
HEAD = {"alg": "HS256", "typ": "JWT"}


class _Head(msgspec.Struct):
    alg: str = ""


class _Claims(msgspec.Struct):
    aud: str | list[str] = ""
    iat: float = 0.0


def key_of(secret: str) -> bytes:
    """Apple shows the secret in base64, and means the bytes behind it."""
    try:
        return base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        return b""


def shown(msp: str, secret: str, *, at: datetime, side: str = "iss") -> str:
    """A token of this moment: ours names us as its issuer, Apple's as its audience."""
    claims = {side: msp, "iat": int(at.timestamp())}
    words = b".".join(_coded(msgspec.json.encode(one)) for one in (HEAD, claims))
    return b".".join([words, _coded(hmac.digest(key_of(secret), words, "sha256"))]).decode()


def check(token: str, msp: str, secret: str, *, at: datetime) -> None:
    """`Forged`, if Apple did not make this token for us, and lately."""
    key = key_of(secret)
    if not key or not msp:
        raise Forged("no secret is set for this channel")
    words, _, mark = token.rpartition(".")
    if not hmac.compare_digest(_coded(hmac.digest(key, words.encode(), "sha256")), mark.encode()):
        raise Forged("the token is not Apple's")
    head, _, claims = words.partition(".")
    if _decoded(head, _Head).alg != "HS256":
        raise Forged("the token is signed in another way")
    told = _decoded(claims, _Claims)
    if msp not in ([told.aud] if isinstance(told.aud, str) else told.aud):
        raise Forged("the token is for somebody else")
    if abs(at.timestamp() - told.iat) > FRESH.total_seconds():
        raise Forged("the token is old, or from the future")


def _coded(plain: bytes) -> bytes:
    return base64.urlsafe_b64encode(plain).rstrip(b"=")


def _decoded(coded: str, kind: Any) -> Any:
    try:
        plain = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4))
        return msgspec.json.decode(plain, type=kind)
    except (*UNREADABLE, binascii.Error, ValueError) as why:
        raise Forged("the token cannot be read") from why
