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

from filo.core.text import UNREADABLE

LONGEST_WORD = 3600 + 60  # seconds: an hour, and a minute for clocks that differ
LONGEST_SUB = 200
MOST = 2048  # a pass is short: longer ones are not even looked at


class Pass(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who somebody is in one channel. `also` are other names, as (space, value), they proved."""

    channel: str
    value: str
    until: int  # seconds since 1970
    name: str = ""
    also: tuple[tuple[str, str], ...] = ()
    signed_in: bool = False  # the company's own login vouches for it

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Whose words its holder hears, the name they go by first: their own in this channel, and
        those of the same login on the channels beside it."""
        own = f"web:{self.channel}"
        mine = (
            name
            for name in self.also
            if name[0] == own or (self.signed_in and name[0].startswith("web:"))
        )
        return ((own, self.value), *mine)


class Claims(msgspec.Struct, frozen=True):
    """What the company's own login says of a person, signed by its server (JWT, HS256)."""

    sub: str
    exp: float
    aud: str | list[str]
    name: str | None = None
    email: str | None = None
    phone: str | None = None


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


def signing_key(given: Pass, *, key: str) -> str:
    """What the holder's browser signs its calls with: a cookie alone proves nobody's will."""
    text = f"sign:{given.channel}:{given.value}"
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def glance(word: str) -> Pass | None:
    """What a pass says of itself, believed by nobody: enough to choose a lane."""
    body = word.partition(".")[0]
    if len(word) > MOST:
        return None
    try:
        return msgspec.json.decode(_bytes(body), type=Pass)
    except (*UNREADABLE, binascii.Error, ValueError):
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
    """The pass in a `Cookie` header, or nothing. The name that no other site can set goes first."""
    held = dict(piece.strip().partition("=")[::2] for piece in header.split(";"))
    names = (cookie(channel=channel, key=key, secure=secure) for secure in (True, False))
    return next((held[name] for name in names if name in held), "")


def claims(token: str, *, key: str, channel: str, at: datetime) -> Claims:
    """A company's word for who somebody is: for this channel, for an hour at most; or `Spoiled`."""
    head, _, rest = token.partition(".")
    body, _, seal = rest.partition(".")
    try:
        kind = msgspec.json.decode(_bytes(head), type=dict[str, object])
        found = msgspec.json.decode(_bytes(body), type=Claims)
        signed = hmac.new(key.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
        good = hmac.compare_digest(signed, _bytes(seal))
    except (*UNREADABLE, binascii.Error, ValueError):
        raise Spoiled from None
    left = found.exp - at.timestamp()
    audience = found.aud if isinstance(found.aud, list) else [found.aud]
    if not key or not good or kind.get("alg") != "HS256" or channel not in audience:
        raise Spoiled
    if not 0 < left <= LONGEST_WORD or not 0 < len(found.sub) <= LONGEST_SUB:
        raise Spoiled
    return found


def word_for(claims: Claims, *, key: str) -> str:
    """The same, as the company's server writes it."""
    head = _plain(b'{"alg":"HS256","typ":"JWT"}')
    body = _plain(msgspec.json.encode(claims))
    signed = hmac.new(key.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{_plain(signed)}"


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True)


def of_claims(found: Claims, *, channel: str, until: int = 0) -> Pass:
    """The pass of somebody for whom the company vouches, mail and phone with them."""
    email, phone = (found.email or "").strip().lower(), (found.phone or "").strip()
    also = [("email", email)] if "@" in email else []
    also += [("phone", phone)] if phone.startswith("+") else []
    return Pass(channel, found.sub, until, (found.name or "")[:100], tuple(also), signed_in=True)
