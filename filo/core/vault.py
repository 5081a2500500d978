"""Secrets at rest and signed words: AES-256-GCM bound to a row, keys outside the database."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from filo.core import home

VERSION = 1
NONCE = 12
HEAD = 1 + 2 + NONCE  # version, key number, nonce
TAG = 16
STAMP = re.compile(r"([1-9][0-9]{0,4})([a-z2-7]{26})")


class Unopenable(Exception):
    """A sealed value that is damaged, cut short, or was sealed for another row."""


class UnknownKey(Unopenable):
    """The value was sealed under a key that the key file does not hold."""


class Tampered(Exception):
    """A signed word that we did not sign, or not for this purpose."""


class Expired(Tampered):
    """A signed word that was ours, and whose time is over."""


class BadKeyFile(Exception):
    """The key file cannot be read as keys: nothing may be sealed until somebody looks at it."""


@dataclass(frozen=True, repr=False)
class Ring:
    """The keys of one installation by number; the highest one seals, all of them open."""

    keys: Mapping[int, bytes]

    @property
    def newest(self) -> int:
        return max(self.keys)

    def key(self, number: int) -> bytes:
        try:
            return self.keys[number]
        except KeyError:
            raise UnknownKey(
                f"Sealed under key {number}, which the key file does not hold. "
                "Restore the key file that belongs to this database."
            ) from None


# --- sealing -----------------------------------------------------------------


def seal(plain: bytes, *, row: str) -> bytes:
    """Encrypt for one row (`"channels_channel:7"`); only `open_` with the same row reads it."""
    ring = _ring()
    number, nonce = ring.newest, secrets.token_bytes(NONCE)
    head = bytes([VERSION]) + number.to_bytes(2, "big") + nonce
    return head + AESGCM(ring.key(number)).encrypt(nonce, plain, _bond(head, row))


def open_(sealed: bytes, *, row: str) -> bytes:
    """Decrypt what `seal` made for this row, or raise `Unopenable`."""
    sealed = bytes(sealed)
    if len(sealed) < HEAD + TAG or sealed[0] != VERSION:
        raise Unopenable("Not a sealed value, or one that was cut short.")
    head, body = sealed[:HEAD], sealed[HEAD:]
    key = _key(int.from_bytes(head[1:3], "big"))
    try:
        return AESGCM(key).decrypt(head[3:], body, _bond(head, row))
    except InvalidTag:
        raise Unopenable("Damaged, or sealed for another row.") from None


def is_old(sealed: bytes) -> bool:
    """Was it sealed before the last rotation? Then open it and seal it again."""
    return int.from_bytes(bytes(sealed[1:3]), "big") != _ring().newest


def _bond(head: bytes, row: str) -> bytes:
    return b"filo/sealed\0" + head + row.encode()


# --- sub-keys and signed words -------------------------------------------------


def derive(purpose: str, *, key: int | None = None) -> bytes:
    """A 32-byte key for one purpose; it tells nothing of the key it comes from."""
    number = _ring().newest if key is None else key
    return _derived(_key(number), purpose)


def stamp(purpose: str, text: str) -> str:
    """A 128-bit proof that we wrote `text`, in small letters and digits fit for a mail address."""
    return _stamp(purpose, text, _ring().newest)


def proves(purpose: str, text: str, claimed: str) -> bool:
    """Is `claimed` our stamp on exactly this text? Whole length, constant time."""
    shape = STAMP.fullmatch(claimed)
    if not shape:
        return False
    try:
        ours = _stamp(purpose, text, int(shape[1]))
    except UnknownKey:
        return False
    return hmac.compare_digest(ours, claimed)


def sign(purpose: str, text: str, *, expires: datetime | None = None) -> str:
    """`text` as a token for an address or a cookie: readable by all, made by us alone."""
    until = str(int(expires.timestamp())) if expires else ""
    payload = f"{until}|{text}"
    return f"{_to64(payload.encode())}.{stamp(purpose, payload)}"


def unsign(purpose: str, token: str, *, at: datetime) -> str:
    """The text of our token; `Tampered` if it is not ours, `Expired` when its time is over."""
    encoded, dot, mark = token.partition(".")
    payload = _from64(encoded)
    if not dot or not proves(purpose, payload, mark):
        raise Tampered(purpose)
    until, _, text = payload.partition("|")
    if until and at.timestamp() >= int(until):
        raise Expired(purpose)
    return text


def _stamp(purpose: str, text: str, number: int) -> str:
    digest = hmac.digest(derive(purpose, key=number), text.encode(), hashlib.sha256)[:16]
    return f"{number}{base64.b32encode(digest).decode().rstrip('=').lower()}"


def _to64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _from64(text: str) -> str:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        decoded = raw.decode()
    except ValueError:
        raise Tampered("unreadable") from None
    # base64 has several spellings of the same bytes: only ours is taken
    if _to64(raw) != text:
        raise Tampered("unreadable")
    return decoded


@lru_cache(maxsize=256)
def _derived(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=b"filo", info=purpose.encode()).derive(key)


# --- the key file ----------------------------------------------------------------


def rotate() -> int:
    """Add a key that seals from now on; older ones go on opening. Returns its number."""
    path = home.key_file()
    with _alone(path):
        _read.cache_clear()  # another process may have rotated: its key must not be lost
        keys = {**_ring().keys}
        number = len(keys) + 1
        _write({**keys, number: secrets.token_bytes(32)}, path)
        _read.cache_clear()
    return number


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _key(number: int) -> bytes:
    ring = _ring()
    if number not in ring.keys:
        _read.cache_clear()  # another process may have rotated
        ring = _ring()
    return ring.key(number)


def _ring() -> Ring:
    return _read(home.key_file())


@cache
def _read(path: Path) -> Ring:
    """One key a line, oldest first; a key's number is its line."""
    if not path.exists():
        raise home.NoKey(f"There is no key at {path}. `filo migrate` makes one for a new house.")
    try:
        keys = [base64.b64decode(line, validate=True) for line in path.read_text().split()]
    except ValueError:
        raise BadKeyFile(f"{path}: not a key file.") from None
    if not keys or any(len(key) != 32 for key in keys):
        raise BadKeyFile(f"{path}: holds no usable key.")
    return Ring(dict(enumerate(keys, start=1)))


def _write(keys: Mapping[int, bytes], path: Path) -> None:
    """Whole or not at all: half a key file would lock every channel out."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    text = "".join(f"{base64.b64encode(key).decode()}\n" for _, key in sorted(keys.items()))
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
