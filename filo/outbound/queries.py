"""Ask how a customer can be reached now, and when it is day where they are."""

from __future__ import annotations

from collections.abc import Sequence

from filo.channels import queries as channels
from filo.conversations.types import Road
from filo.core.db import Cursor
from filo.core.ids import number
from filo.outbound.ladder import ladder
from filo.outbound.types import Step
from filo.outbound.zones import zone_of as zone_of

__all__ = ["refused", "steps", "zone_of"]


def steps(cur: Cursor, roads: Sequence[Road], *, language: str) -> tuple[Step, ...]:
    """What may be done now that the usual road is closed, best first; nothing while it is open."""
    roads = [road for road in roads if not road.public]
    if not roads or roads[0].why_not != "window_closed":
        return ()
    usual = roads[0]
    known = channels.templates(cur, number("chn", usual.channel)) if usual.templates else []
    return ladder(roads, known, refused(cur, usual.identity), language=language)


def refused(cur: Cursor, identity: str) -> frozenset[str]:
    """The purposes for which this address wants nothing of us."""
    cur.execute(
        "SELECT purpose FROM outbound_refusal WHERE identity_id = %s AND back_at IS NULL",
        [number("idn", identity)],
    )
    return frozenset(purpose for (purpose,) in cur.fetchall())
