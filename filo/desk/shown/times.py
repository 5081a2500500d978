"""Times as people say them. Pure: `at` comes by the door."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec
from django.utils import formats, timezone
from django.utils.translation import gettext as _

SOON = timedelta(minutes=15)
HOUR, DAY = 60, 24 * 60
COUNTED = 600  # seconds: what is shorter is counted down by the second


class Due(msgspec.Struct, frozen=True):
    """How long until we owe an answer; `share` of the ring is already gone."""

    words: str
    tone: str  # danger, warn or nothing
    share: int
    at: datetime


def ago(then: datetime, *, at: datetime) -> str:
    minutes = int((at - then).total_seconds() // 60)
    return _("now") if minutes < 1 else span(minutes)


def span(minutes: int) -> str:
    """The two largest units that matter: `4 min`, `1 h 10`, `3 d`."""
    if minutes < HOUR:
        return _("%(minutes)d min") % {"minutes": minutes}
    if minutes < DAY:
        hours, rest = divmod(minutes, HOUR)
        if rest and hours < 10:
            return _("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": rest}
        return _("%(hours)d h") % {"hours": hours}
    return _("%(days)d d") % {"days": minutes // DAY}


def remaining(until: datetime, *, at: datetime) -> str:
    """How long something stays open; in its last minutes by the second."""
    seconds = max(0, int((until - at).total_seconds()))
    if seconds < COUNTED:
        minutes, rest = divmod(seconds, 60)
        return f"{minutes}:{rest:02d}"
    return span(seconds // 60)


def due(when: datetime | None, since: datetime | None, *, at: datetime) -> Due | None:
    if when is None:
        return None
    left = int((when - at).total_seconds() // 60)
    if left < 0:
        return Due(_("late %(span)s") % {"span": span(-left)}, "danger", 100, when)
    tone = "warn" if when - at <= SOON else ""
    return Due(span(left), tone, _gone(when, since, at=at), when)


def _gone(when: datetime, since: datetime | None, *, at: datetime) -> int:
    """Percent of the promised time that has passed; half when we do not know since when."""
    if since is None or when <= since:
        return 50
    gone = (at - since).total_seconds() / (when - since).total_seconds()
    return min(100, max(0, round(gone * 100)))


def day(then: datetime) -> date:
    return timezone.localtime(then).date()


def day_name(then: date, *, at: datetime) -> str:
    today = day(at)
    if then == today:
        return _("Today")
    if then == today - timedelta(days=1):
        return _("Yesterday")
    return str(formats.date_format(then, "l j F" if then.year == today.year else "j F Y"))
