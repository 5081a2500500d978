"""When the absent are told that they have an answer. Pure: values in, the next step out.

By section 4 of the chat's protocol: who looks is told nothing; else a push after seconds, and when
it was not read an e-mail after minutes. One notice a burst, none at night.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

PUSH_AFTER = timedelta(seconds=15)
MAIL_AFTER = timedelta(minutes=10)
NIGHT, MORNING = 21, 8  # by the customer's own clock
GIVE_UP = timedelta(days=2)


class Deed(StrEnum):
    OVER = "over"  # they have read it, or spoken since, or it is too old to tell
    WAIT = "wait"
    PUSH = "push"
    MAIL = "mail"


class Absent(msgspec.Struct, frozen=True):
    """What is known of one notice: how it stands, and what they have not read."""

    state: str  # waiting, pushed, mailed
    since: datetime  # when the first unread answer was written
    unread: int
    spoke: bool = False  # they have spoken since
    reached: bool = False  # an open page took the answer
    address: bool = False  # an e-mail address of theirs is known and allowed


class Next(msgspec.Struct, frozen=True):
    deed: Deed
    at: datetime | None = None  # WAIT: look again then


def next_step(one: Absent, *, at: datetime, zone: str) -> Next:
    if not one.unread or one.spoke or one.since + GIVE_UP <= at:
        return Next(Deed.OVER)
    if one.state == "mailed":
        return Next(Deed.WAIT, at + MAIL_AFTER)
    due = one.since + (PUSH_AFTER if one.state == "waiting" else MAIL_AFTER)
    if at < due:
        return Next(Deed.WAIT, due)
    if one.state == "waiting" and one.reached:
        return (
            Next(Deed.WAIT, one.since + MAIL_AFTER) if at < one.since + MAIL_AFTER else _mail(one)
        )
    if morning := _morning(at, zone):
        return Next(Deed.WAIT, morning)
    return Next(Deed.PUSH) if one.state == "waiting" else _mail(one)


def _mail(one: Absent) -> Next:
    return Next(Deed.MAIL if one.address else Deed.OVER)


def _morning(at: datetime, zone: str) -> datetime | None:
    """At night: when their day begins."""
    there = at.astimezone(ZoneInfo(zone))
    if MORNING <= there.hour < NIGHT:
        return None
    day = there + timedelta(days=1) if there.hour >= NIGHT else there
    return day.replace(hour=MORNING, minute=0, second=0, microsecond=0)
