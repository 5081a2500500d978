"""Few good moments to come back to a case. Pure: `at` is the local time, by the door."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from django.utils import formats
from django.utils.translation import gettext as _

MORNING = 9


class Later(msgspec.Struct, frozen=True):
    words: str
    icon: str
    until: str
    when: str


def choices(*, at: datetime, before: datetime | None = None) -> list[Later]:
    """`before`: none of them later than this moment."""
    tomorrow = _morning(at + timedelta(days=1))
    monday = _morning(at + timedelta(days=7 - at.weekday()))
    found = [
        (_("In 1 hour"), "clock", at + timedelta(hours=1), "H:i"),
        (_("In 3 hours"), "clock", at + timedelta(hours=3), "H:i"),
        (_("Tomorrow morning"), "sunrise", tomorrow, "D H:i"),
        (_("Next Monday"), "calendar", monday, "j M H:i"),
    ]
    return [_later(*one) for one in found if before is None or one[2] < before]


def _later(words: str, icon: str, until: datetime, pattern: str) -> Later:
    when = formats.date_format(until, pattern)
    return Later(words, icon, until.isoformat(timespec="minutes"), when)


def _morning(day: datetime) -> datetime:
    return day.replace(hour=MORNING, minute=0, second=0, microsecond=0)
