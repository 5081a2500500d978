"""The customer beside the thread: addresses, cases, and the roads on which to answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from filo.conversations.types import CaseView, Road
from filo.customers.types import CustomerView, IdentityView
from filo.desk.shown import rows, times


class Address(msgspec.Struct, frozen=True):
    kind: str
    value: str
    shown: str
    verified: bool
    pill: str = ""
    tone: str = ""


class Past(msgspec.Struct, frozen=True):
    id: str
    kind: str
    name: str
    status: str
    at: datetime | None


class Way(msgspec.Struct, frozen=True):
    """One road in the picker: how long it stays open, or why it is closed."""

    id: str
    kind: str
    name: str
    value: str
    left: str = ""
    closed: str = ""
    until: datetime | None = None
    still: str = ""  # how many messages fit in, or that only a person's words do
    openly: bool = False  # everyone reads what goes this way
    about: str = ""  # the public message that it takes up in private
    waits: bool = False  # what is written is kept until the channel is mended


def addresses(customer: CustomerView, roads: Iterable[Road]) -> list[Address]:
    kinds = {road.identity: road.kind for road in roads}
    return [_address(one, kinds.get(one.id) or _kind(one.space)) for one in customer.identities]


def addresses_title(count: int) -> str:
    words = ngettext("One person, %(n)d address", "One person, %(n)d addresses", count)
    return str(words % {"n": count})


def past(cases: Iterable[CaseView]) -> list[Past]:
    return [
        Past(
            one.id,
            one.kind,
            one.subject or one.channel_name,
            rows.status_pill(one).words.lower(),
            one.last_at,
        )
        for one in cases
    ]


def ways(roads: Sequence[Road], *, at: datetime) -> list[Way]:
    return [
        Way(
            id=_id(road),
            kind=road.kind,
            name=road.channel_name,
            value=readable(road.value),
            left=_left(road, at=at),
            closed=why_not(road.why_not),
            until=None if road.why_not else road.until,
            still=_still(road),
            openly=road.public,
            about=(not road.public and road.about) or "",
            waits=road.waits,
        )
        for road in roads
    ]


def _id(road: Road) -> str:
    more = "public" if road.public else road.about
    return ":".join(filter(None, (road.identity, road.channel, more)))


def why_not(code: str) -> str:
    """Why a road cannot be used now; nothing for an open one."""
    if not code:
        return ""
    return {
        "window_closed": _("time for free answers is over"),
        "channel_off": _("channel is off"),
        "blocked": _("does not want messages"),
        "no_permission": _("needs the permission to answer in public"),
    }.get(code, code)


def language_words(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"]).capitalize() if code else ""
    except KeyError:
        return code


def readable(value: str) -> str:
    """A phone number in groups; anything else as it is."""
    digits = value.removeprefix("+")
    if not digits.isdigit() or not 9 <= len(digits) <= 15:
        return value
    return f"+{digits[:2]} {digits[2:5]} {digits[5:8]} {digits[8:]}".strip()


def _address(one: IdentityView, kind: str) -> Address:
    pill = {"blocked": _("blocked"), "bounced": _("does not arrive")}.get(one.state, "")
    shown = one.name if one.value.count("-") > 2 and one.name else readable(one.value)
    return Address(kind, one.value, shown, one.verified, pill, "danger" if pill else "")


def _kind(space: str) -> str:
    """Spaces are named after their channel, where one channel owns them."""
    return space.partition(":")[0]


def _still(road: Road) -> str:
    if road.why_not:
        return ""
    if road.left is not None:
        return ngettext("%(n)d message", "%(n)d messages", road.left) % {"n": road.left}
    return _("by hand only") if road.by_hand else ""


def _left(road: Road, *, at: datetime) -> str:
    if road.why_not or road.until is None:
        return ""
    return times.remaining(road.until, at=at)
