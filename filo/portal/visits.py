"""Who stands at the door of a channel: the pass that a browser shows, and the one it is given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from secrets import token_urlsafe

import msgspec
from django.http import Http404, HttpRequest, HttpResponse

from filo.channels.queries import load, one
from filo.channels.types import ChannelConfig, NoSuchChannel
from filo.core import clock, passes, rates
from filo.core.db import Cursor, raw_cursor
from filo.core.ids import BadId, number
from filo.core.passes import Pass

LASTS = timedelta(days=180)
LASTS_SIGNED_IN = timedelta(hours=24)
VISITS = 2.0  # passes a second for one address, for ever: an office is one address
AT_ONCE = 200.0
HOME = 64  # bits of an IPv6 address that are one household's
MOST_NAMES = 8  # that one person has proved: the newest of them


class Visit(msgspec.Struct, frozen=True):
    """One channel, and whose browser this is, if it was here before."""

    channel: ChannelConfig
    found: Pass | None

    @property
    def key(self) -> str:
        return self.channel.settings["visitor_secret"]

    @property
    def origins(self) -> list[str]:
        return self.channel.settings.get("origins", "").split()

    @property
    def space(self) -> str:
        return f"web:{self.channel.public}"

    @property
    def names(self) -> Sequence[tuple[str, str]]:
        """The names that they have proved, the one they go by first."""
        return self.found.names if self.found else ()

    @property
    def signing_key(self) -> str:
        return passes.signing_key(self.found, key=self.key) if self.found else ""


def visit(request: HttpRequest, channel: str) -> Visit:
    """The channel of an address, with the pass that the browser shows. 404 for any other."""
    try:
        config = one(raw_cursor(), number("chn", channel))
    except (BadId, NoSuchChannel):
        raise Http404 from None
    if not config.active or not config.settings.get("visitor_secret"):
        raise Http404
    return Visit(config, _shown(request, config))


def _shown(request: HttpRequest, config: ChannelConfig) -> Pass | None:
    key = config.settings["visitor_secret"]
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    cookie = request.headers.get("cookie", "")
    word = bearer or passes.find(cookie, channel=config.public, key=key)
    try:
        return passes.read(word, key=key, channel=config.public, at=clock.now())
    except passes.Spoiled:
        return None


def may_come(cur: Cursor, address: str) -> bool:
    """One more pass for this address? Whoever asks without end gets no end of names."""
    try:
        known = ip_address(address)
    except ValueError:
        return True  # a socket of our own, which no stranger reaches
    if known.version == 6:
        known = ip_network((known, HOME), strict=False).network_address
    rates.sweep(cur)
    return rates.may(cur, f"visits:{known}", rate=VISITS, size=AT_ONCE)


def stranger(visit: Visit, *, at: datetime) -> Pass:
    """Somebody of whom nothing is known; who has a pass keeps the name that it gave them."""
    until = int((at + LASTS).timestamp())
    if visit.found and not visit.found.signed_in:
        return msgspec.structs.replace(visit.found, until=until)
    return Pass(visit.channel.public, f"v_{token_urlsafe(15)}", until)


def customer(visit: Visit, jwt: str, *, at: datetime) -> Pass:
    """Somebody the company vouches for; what they wrote as a stranger comes along.

    Never the reverse: who was signed in as one person takes nothing to another. A channel whose
    tokens are signed with the same key has the same login, and its thread is theirs too.
    """
    key = visit.channel.settings.get("jwt_secret", "")
    claims = passes.claims(jwt, key=key, channel=visit.channel.public, at=at)
    until = int((at + LASTS_SIGNED_IN).timestamp())
    known = passes.of_claims(claims, channel=visit.channel.public, until=until)
    beside = tuple((f"web:{other}", known.value) for other in _same_login(visit))
    known = msgspec.structs.replace(known, also=(*known.also, *beside))
    before = visit.found
    if before is None or (before.signed_in and before.value != known.value):
        return known
    mine = [] if before.signed_in else [(visit.space, before.value)]
    also = tuple(dict.fromkeys((*known.also, *mine, *before.also)))
    return msgspec.structs.replace(known, also=also[:MOST_NAMES])


def _same_login(visit: Visit) -> list[str]:
    key = visit.channel.settings.get("jwt_secret")
    every = [one for one in load(raw_cursor()) if one.active and one.id != visit.channel.id]
    return [one.public for one in every if key and one.settings.get("jwt_secret") == key]


def hand_over(response: HttpResponse, visit: Visit, given: Pass, *, secure: bool) -> None:
    """The pass as a cookie that only we can read, apart for each site that carries the widget."""
    name = passes.cookie(channel=visit.channel.public, key=visit.key, secure=secure)
    lasts = given.until - int(clock.now().timestamp())
    _set(response, name, passes.write(given, key=visit.key), lasts, secure=secure)


def take_back(response: HttpResponse, visit: Visit, *, secure: bool) -> None:
    name = passes.cookie(channel=visit.channel.public, key=visit.key, secure=secure)
    _set(response, name, "", 0, secure=secure)


def _set(response: HttpResponse, name: str, word: str, lasts: int, *, secure: bool) -> None:
    response.set_cookie(name, word, max_age=lasts, secure=secure, httponly=True)
    response.cookies[name]["samesite"] = "None" if secure else "Lax"
    if secure:
        # Python's cookies know no `Partitioned` before 3.14; the path is written as it is given.
        response.cookies[name]["path"] = "/; Partitioned"
