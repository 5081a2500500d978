"""What became of what we sent: reports only ever take a delivery further."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import msgspec

from filo.channels.contract import Reported, State
from filo.conversations.types import Heard
from filo.core.db import Cursor
from filo.core.events import Happening, emit
from filo.core.ids import BadId, number, public
from filo.core.sql import statements

sql = statements("filo.conversations")
RANK = {State.SENT: 1, State.FAILED: 2, State.DELIVERED: 3, State.READ: 4}


class Target(msgspec.Struct, frozen=True):
    """The delivery that a report speaks of."""

    report: Reported
    delivery: int
    message: int
    customer: int
    case: int


def targets(cur: Cursor, batch: Iterable[Heard]) -> tuple[list[Target], list[Heard]]:
    """Which deliveries are meant, and the reports whose message we do not know yet."""
    reports = [heard for heard in batch if isinstance(heard.fact, Reported)]
    if not reports:
        return [], []
    rows = cur.execute(
        sql("reported_on"),
        {
            "provider_ids": [_report(heard).message for heard in reports],
            "refs": [_ref(_report(heard).ref) for heard in reports],
        },
    ).fetchall()
    found = [Target(_report(reports[n - 1]), *row) for n, *row in rows]
    found += _until(cur, reports)
    met = {n for n, *_ in rows}
    early = [heard for n, heard in enumerate(reports, start=1) if n not in met]
    return found, [heard for heard in early if _report(heard).message]


def _until(cur: Cursor, reports: Sequence[Heard]) -> list[Target]:
    """Some providers tell a moment, and no message: all that went to this person until then."""
    vague = [heard for heard in reports if heard.identity and not _report(heard).message]
    vague = [heard for heard in vague if not _report(heard).ref]
    if not vague:
        return []
    columns = {
        "customers": [heard.customer for heard in vague],
        "identities": [heard.identity for heard in vague],
        "channels": [heard.channel for heard in vague],
        "ats": [_report(heard).at for heard in vague],
    }
    rows = cur.execute(sql("reported_until"), columns).fetchall()
    return [Target(_report(vague[n - 1]), *row) for n, *row in rows]


def apply_reports(cur: Cursor, found: Sequence[Target]) -> None:
    """Take each delivery as far as its best report says, and tell."""
    best: dict[int, Target] = {}
    for target in found:
        held = best.get(target.delivery)
        if held is None or _further(target) > _further(held):
            best[target.delivery] = target
    if not best:
        return
    chosen = [best[delivery] for delivery in sorted(best)]
    rows = cur.execute(
        sql("report"),
        {
            "ids": [target.delivery for target in chosen],
            "states": [target.report.state.value for target in chosen],
            "reasons": [str(target.report.reason or "") for target in chosen],
            "details": [target.report.detail for target in chosen],
            "provider_ids": [target.report.message for target in chosen],
        },
    ).fetchall()
    failed = [delivery for delivery, state in rows if state == State.FAILED]
    if failed:
        cur.execute(sql("stop_rest"), {"failed": failed})
    emit(cur, [_changed(best[delivery], state) for delivery, state in rows])


def _further(target: Target) -> tuple[int, str]:
    report = target.report
    return RANK[report.state], report.detail if report.state is State.READ else ""


def keep_early(cur: Cursor, early: Sequence[Heard]) -> None:
    """Reports that overtook the receipt wait for it."""
    if not early:
        return
    cur.execute(
        sql("come_early"),
        {
            "channels": [heard.channel for heard in early],
            "provider_ids": [_report(heard).message for heard in early],
            "states": [_report(heard).state.value for heard in early],
            "reasons": [str(_report(heard).reason or "") for heard in early],
            "details": [_report(heard).detail for heard in early],
            "ats": [_report(heard).at for heard in early],
        },
    )


def _report(heard: Heard) -> Reported:
    return cast(Reported, heard.fact)


def _ref(ref: str) -> int | None:
    try:
        return number("dlv", ref)
    except BadId:
        return None


def _changed(target: Target, state: str) -> Happening:
    body = {
        "message": public("msg", target.message),
        "delivery": public("dlv", target.delivery),
        "state": state,
    }
    return Happening("delivery_changed", target.customer, target.case, body)
