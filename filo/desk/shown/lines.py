"""What happened to a case, as one line of the thread with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from filo.conversations.types import SystemLine


class Line(msgspec.Struct, frozen=True):
    id: str
    at: datetime
    who: str
    words: str


def lines(happened: Iterable[SystemLine]) -> list[Line]:
    return [line(one) for one in happened if one.reason]


def line(one: SystemLine) -> Line:
    who = one.by or "Filo"
    return Line(f"line-{one.case}-{int(one.at.timestamp() * 1000)}", one.at, who, _words(one))


def _words(one: SystemLine) -> str:
    known = {
        "opened": _("opened a case: the customer wrote"),
        "reopened_by_customer": _("opened the case again: the customer wrote within three days"),
        "taken": _("took it"),
        "released": _("gave it back to the queue"),
        "assigned": _("gave it to %(name)s") % {"name": one.to},
        "moved": _("moved it to %(team)s") % {"team": one.to},
        "solved": _("solved it"),
        "reopened": _("opened it again"),
        "snoozed": _("snoozed it until %(when)s") % {"when": _when(one.until)},
        "woken": _("brought it back: the time has come"),
    }
    return known.get(one.reason) or one.reason.replace("_", " ")


def _when(until: datetime | None) -> str:
    return formats.date_format(timezone.localtime(until), "D j M, H:i") if until else "…"
