"""How Meta calls us: its knock, its signature, its entries, and whose turn a call is."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec
from msgspec import Raw

from filo.channels.contract import Config, Fact, Forged, Request, Unknown
from filo.channels.kit import check_signature, from_epoch
from filo.connectors._meta import wire
from filo.core.text import UNREADABLE

LONGEST_CHALLENGE = 200
T = TypeVar("T")

_envelope = msgspec.json.Decoder(wire.Envelope, strict=False)
_glimpse = msgspec.json.Decoder(wire.Glimpse, strict=False)


class Called:
    """What every connector of Meta answers alike when it is called."""

    def greet(self, request: Request, config: Config) -> bytes:
        given, ours = request.query.get("hub.verify_token", ""), config.get("verify_token", "")
        if not ours or not hmac.compare_digest(given.encode(), ours.encode()):
            raise Forged("the verify token is not ours")
        if request.query.get("hub.mode") != "subscribe":
            raise Forged("this is not a subscription")
        return request.query.get("hub.challenge", "")[:LONGEST_CHALLENGE].encode()

    def unseal(self, request: Request, config: Config) -> Request:
        # Signed over the bytes as they are, with every letter beyond ASCII escaped.
        given = request.headers.get("x-hub-signature-256", "")
        check_signature(given=given, key=config.get("app_secret", ""), body=request.body)
        return request

    def lane(self, request: Request) -> str:
        return first_person(request.body)


@dataclass(slots=True, frozen=True)
class Place:
    """Where in a call we are: on which page or account, and when it came.

    `ours` are all ids of the account: Instagram has two, and the page's beside them.
    """

    account: str
    to: str  # the account, when it is not the one this channel was set up for
    at: datetime
    our_app: str = ""
    ours: frozenset[str] = frozenset()

    def time(self, stamp: wire.Stamp) -> datetime:
        """Seconds, milliseconds, the same in quotes, or a date: Meta sends them all."""
        try:
            moment = from_epoch(stamp)
        except (ValueError, OverflowError, OSError):
            moment = _dated(str(stamp)) or self.at
        return moment if moment.year > 1970 else self.at


def _dated(stamp: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return found if found.tzinfo else None


Reader = Callable[[wire.Entry, Place], Iterator[Fact]]


def facts_of(
    request: Request, read: Reader, *, account: str, also: Sequence[str] = ()
) -> list[Fact]:
    """Everything one call tells, in its order; `account` and `also` are the settings that name
    ours."""
    try:
        entries = _envelope.decode(request.body).entry
    except UNREADABLE as why:
        return [Unknown(f"a call that cannot be read: {why}", digest(request.body))]
    own = [request.settings.get(name, "") for name in (account, *also)]
    return [fact for entry in entries for fact in read(entry, _place(entry, request, own))]


def _place(entry: wire.Entry, request: Request, own: Sequence[str]) -> Place:
    name = str(entry.id)
    here = not name or name in own
    account = own[0] if here else name
    ours = frozenset(own if here else [name]) - {""}
    app = request.settings.get("app_id", "")
    return Place(account, "" if here else name, request.at, app, ours)


def read_raw(
    raw: Raw, decoder: msgspec.json.Decoder[T], meaning: Callable[[T], Iterator[Fact]], what: str
) -> Iterator[Fact]:
    """What one raw object tells; one that cannot be read is told as such."""
    try:
        yield from meaning(decoder.decode(raw))
    except UNREADABLE as why:
        yield Unknown(f"{what} that cannot be read: {why}", digest(raw))


def first_person(body: bytes) -> str:
    """The first person that is not the page itself: who wrote, else whom a report is about."""
    try:
        entries = _glimpse.decode(body).entry
    except UNREADABLE:
        return ""
    return next((name for entry in entries for name in _people(entry)), "")


def _people(entry: wire.GlimpseEntry) -> Iterator[str]:
    ids = [
        str(person.id or person.user_ref)
        for event in (*entry.messaging, *entry.standby)
        for person in (event.sender, event.recipient)
        if person
    ]
    values = (entry.value, *(change.value for change in entry.changes))
    ids += [str((one.sender.id if one.sender else "") or one.sender_id) for one in values if one]
    yield from (one for one in ids if one and one != str(entry.id))


def digest(raw: Raw | bytes | str) -> str:
    """A key for what has no id: the same thing told twice is one thing."""
    told = raw.encode() if isinstance(raw, str) else bytes(raw)
    return hashlib.sha256(told).hexdigest()[:32]
