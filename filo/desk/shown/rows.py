"""A case as a row of the list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from filo.conversations.types import CaseView
from filo.desk.shown import marks, times
from filo.desk.shown.faces import Face, face
from filo.desk.shown.times import Due


class Pill(msgspec.Struct, frozen=True):
    words: str
    tone: str = ""
    icon: str = ""


class Row(msgspec.Struct, frozen=True):
    id: str
    customer: str
    name: str
    face: Face
    kind: str
    kind_name: str
    at: datetime | None
    age: str
    lead: str  # "Draft:" or "You:"
    is_draft: bool
    preview: str
    due: Due | None
    pills: tuple[Pill, ...]
    unread: int


def rows(cases: Iterable[CaseView], *, at: datetime) -> list[Row]:
    return [row(case, at=at) for case in cases]


def row(case: CaseView, *, at: datetime) -> Row:
    lead = _("Draft:") if case.draft else _("You:") if case.last_direction == "out" else ""
    return Row(
        id=case.id,
        customer=case.customer,
        name=case.customer_name or _("Unknown visitor"),
        face=face(case.customer_name, case.customer),
        kind=case.kind,
        kind_name=case.channel_name or marks.name(case.kind),
        at=case.last_at,
        age=times.ago(case.last_at, at=at) if case.last_at else "",
        lead=lead,
        is_draft=bool(case.draft),
        preview=case.draft or case.last_text or case.subject,
        due=times.due(case.due_at, case.last_at, at=at) if case.status == "open" else None,
        pills=tuple(_pills(case, at=at)),
        unread=case.unread,
    )


def status_pill(case: CaseView) -> Pill:
    return {
        "open": Pill(pgettext("one case", "Open"), "acc"),
        "waiting": Pill(pgettext("one case", "Waiting"), "", "hourglass"),
        "snoozed": Pill(pgettext("one case", "Snoozed"), "info", "alarm-clock"),
        "solved": Pill(pgettext("one case", "Solved"), "ok", "check"),
    }[case.status]


def _pills(case: CaseView, *, at: datetime) -> Iterable[Pill]:
    if case.status == "waiting":
        yield status_pill(case)
    elif case.status == "snoozed":
        yield Pill(_snoozed(case, at=at), "info", "alarm-clock")
    elif case.status == "solved":
        yield status_pill(case)
    if case.owner.type == "queue" and case.status != "solved":
        yield Pill(_("To take"), "acc", "hand")
    if case.owner.type == "bot":
        yield Pill(_("Bot"), "ok", "bot")
    if case.restricted:
        yield Pill(_("Restricted"), "danger", "lock")
    if case.subject and case.subject != case.last_text:
        yield Pill(case.subject)


def _snoozed(case: CaseView, *, at: datetime) -> str:
    if case.snoozed_until is None:
        return pgettext("one case", "Snoozed")
    left = int((case.snoozed_until - at).total_seconds() // 60)
    return _("Back in %(span)s") % {"span": times.span(max(left, 0))}
