"""Small tools that most connectors share. Pure: no clock, no network, no Django."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from secrets import token_bytes
from typing import TypeVar

from filo.channels.contract import (
    Call,
    DeliveryClass,
    Doubtful,
    Failed,
    Forged,
    Later,
    Reason,
    Reply,
    Request,
    Scope,
)
from filo.channels.cutting import shortened as shortened
from filo.channels.cutting import size as size
from filo.channels.cutting import split as split
from filo.channels.labels import day as day
from filo.channels.labels import label as label
from filo.channels.labels import labels as labels
from filo.channels.labels import moment as moment
from filo.channels.labels import money as money
from filo.channels.labels import short_moment as short_moment
from filo.channels.marks import CANONICAL as CANONICAL
from filo.channels.marks import plain as plain
from filo.channels.marks import runs as runs
from filo.channels.tapbacks import tapback as tapback
from filo.channels.wording import how_many as how_many
from filo.channels.wording import in_words as in_words
from filo.channels.wording import numbered as numbered
from filo.channels.wording import score_id as score_id

TOLERANCE = timedelta(minutes=5)
A_WHILE = timedelta(seconds=5)  # the sender makes it longer with each attempt
LONGEST_PAUSE = timedelta(days=1)
MILLISECONDS = 1e12  # an epoch this large cannot be in seconds: Meta sometimes sends milliseconds

T = TypeVar("T")

# --- signatures -----------------------------------------------------------


def signature(*, key: str, body: bytes, digest: str = "sha256") -> str:
    """`sha256=<hex>`, as Meta writes it."""
    return f"{digest}={hmac.digest(key.encode(), body, digest).hex()}"


def check_signature(*, given: str, key: str, body: bytes, digest: str = "sha256") -> None:
    """Compare in constant time with or without the `sha256=` in front; `Forged` if it differs."""
    if not key:
        raise Forged("no key is set for this channel")
    expected = signature(key=key, body=body, digest=digest).partition("=")[2]
    if not hmac.compare_digest(given.removeprefix(f"{digest}=").encode(), expected.encode()):
        raise Forged("the signature does not match")


def new_secret() -> str:
    """A fresh secret in the form of Standard Webhooks."""
    return f"whsec_{base64.b64encode(token_bytes(32)).decode()}"


def sign_webhook(*, id: str, at: datetime, body: bytes, secret: str) -> dict[str, str]:
    """The three headers of Standard Webhooks; one signature for every key of the secret."""
    stamp = str(int(at.timestamp()))
    signatures = (_webhook_signature(key, id, stamp, body) for key in webhook_keys(secret))
    return {
        "webhook-id": id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }


def check_webhook(
    *,
    headers: Mapping[str, str],
    body: bytes,
    secret: str,
    at: datetime,
    tolerance: timedelta = TOLERANCE,
) -> None:
    """Standard Webhooks: any key against any signature, within the tolerance; or `Forged`."""
    keys = webhook_keys(secret)
    if not keys:
        raise Forged("no secret is set for this channel")
    stamp = headers.get("webhook-timestamp", "")
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        raise Forged("there is no time stamp")
    if abs(at.timestamp() - int(stamp)) > tolerance.total_seconds():
        raise Forged("the time stamp is too old, or in the future")
    given = _given_signatures(headers.get("webhook-signature", ""))
    expected = [_webhook_signature(key, headers.get("webhook-id", ""), stamp, body) for key in keys]
    # No early end: how long it takes must not tell which of the keys came close.
    matches = [hmac.compare_digest(one.encode(), other) for one in expected for other in given]
    if not any(matches):
        raise Forged("the signature does not match")


@lru_cache(maxsize=256)
def webhook_keys(secret: str) -> tuple[bytes, ...]:
    """Every key that a secret stands for; several secrets, for rotation, are parted by spaces.

    `whsec_…` is base64. A secret without that mark may be base64 (the libraries of Standard
    Webhooks always decode) or plain text (people who sign by hand): both keys count.
    """
    keys: list[bytes] = []
    for one in secret.split():
        if one.startswith("whsec_"):
            keys.append(_decoded(one.removeprefix("whsec_")))
        else:
            keys += [_decoded(one), one.encode()]
    return tuple(key for key in dict.fromkeys(keys) if key)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""


def _webhook_signature(key: bytes, id: str, stamp: str, body: bytes) -> str:
    signed = b"%b.%b.%b" % (id.encode(), stamp.encode(), body)
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def _given_signatures(header: str) -> list[bytes]:
    return [each[3:].encode() for each in header.split()[:10] if each.startswith("v1,")]


# --- time and addresses ---------------------------------------------------


def from_epoch(seconds: str | float) -> datetime:
    """A moment from seconds since 1970, or from milliseconds where they are too many."""
    number = float(seconds)
    return datetime.fromtimestamp(number / 1000 if number >= MILLISECONDS else number, UTC)


_DIGITS_ONLY = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]+")
_E164 = re.compile(r"\+[1-9]\d{6,14}\Z", re.ASCII)


# Three countries write one mobile number in two ways, and WhatsApp still gives both. (pywa, 2026)
_BRAZIL = re.compile(r"\+55(\d\d)([6-9]\d{7})\Z", re.ASCII)  # before the ninth digit of 2012-2016
_MEXICO = re.compile(r"\+521(\d{10})\Z", re.ASCII)  # the 1 of mobiles ended in 2019
_ARGENTINA = re.compile(r"\+54([1-8]\d{9})\Z", re.ASCII)  # a mobile without its 9, or a landline


def e164(number: str, *, mobile: bool = False) -> str:
    """A phone number with its country code as `+39…`, in one spelling; empty when it is none.

    `0039…` is understood; a number without a country code is not guessed at. `mobile` says that
    it surely is one, which in Argentina is the difference between two spellings and two numbers.
    """
    bare = _DIGITS_ONLY.sub("", number)
    bare = f"+{bare[2:]}" if bare.startswith("00") else bare
    if not _E164.match(bare):
        return ""
    if bare.startswith("+55"):
        return _BRAZIL.sub(r"+55\g<1>9\2", bare)
    if bare.startswith("+521"):
        return _MEXICO.sub(r"+52\1", bare)
    return _ARGENTINA.sub(r"+549\1", bare) if mobile else bare


def spellings(number: str) -> set[str]:
    """How we may have kept this phone number; nothing when it is none."""
    return {e164(number), e164(number, mobile=True)} - {""}


def base_of(address: str) -> str:
    """Scheme and host of an address, without a slash at the end."""
    scheme, mark, rest = address.partition("://")
    return f"{scheme}{mark}{rest.partition('/')[0]}"


# --- replies --------------------------------------------------------------


def raise_for_reply(reply: Reply, *, delivery: DeliveryClass = DeliveryClass.KEYED) -> None:
    """What an HTTP status says for every provider alike.

    A 500, 502 or 504 may have taken the message: only a keyed delivery may be sent again.
    """
    status = reply.status
    if 200 <= status < 300:
        return
    if status in (429, 503):
        raise Later(retry_after(reply), f"HTTP {status}", scope=Scope.CHANNEL)
    if status in (408, 425):
        raise Later(A_WHILE, f"HTTP {status}")
    if status >= 500:
        if delivery is DeliveryClass.KEYED:
            raise Later(A_WHILE, f"HTTP {status}")
        raise Doubtful(f"HTTP {status}")
    if status in (401, 403):
        raise Failed(Reason.REFUSED, f"HTTP {status}: our key is not accepted", scope=Scope.CHANNEL)
    if status < 400:
        raise Failed(Reason.REFUSED, f"HTTP {status}: redirected", scope=Scope.CHANNEL)
    raise Failed(Reason.OTHER, f"HTTP {status}: {excerpt(reply.body)}".rstrip(": "))


def retry_after(reply: Reply, *, otherwise: timedelta = A_WHILE) -> timedelta:
    """How long they ask us to wait: seconds, or a date measured against their own clock."""
    asked = reply.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return min(timedelta(seconds=int(asked[:9])), LONGEST_PAUSE)
    try:
        pause = parsedate_to_datetime(asked) - parsedate_to_datetime(reply.headers.get("date", ""))
    except (TypeError, ValueError):
        return otherwise
    return max(timedelta(0), min(pause, LONGEST_PAUSE))


def excerpt(body: bytes, *, most: int = 200) -> str:
    """The beginning of a reply, on one line, for people to read."""
    return " ".join(body[: most * 4].decode(errors="replace").split())[:most]


# --- speaking -------------------------------------------------------------


def converse(speech: Generator[Call, Reply, T], carry: Callable[[Call], Reply]) -> T:
    """Run a speech to its end over any carrier that answers at once: a list in a test."""
    try:
        call = next(speech)
        while True:
            call = speech.send(carry(call))
    except StopIteration as end:
        outcome: T = end.value
        return outcome


def with_body(request: Request, body: bytes) -> Request:
    """The same request with an opened body, for connectors that decrypt."""
    return Request(
        body=body,
        at=request.at,
        headers=request.headers,
        query=request.query,
        method=request.method,
        url=request.url,
        channel=request.channel,
        settings=request.settings,
    )
