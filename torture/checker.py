"""Counts: what was thanked against what is stored, what was answered against what was shown."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping

import msgspec

from filo.core.db import Connection, connect
from filo.core.ids import public
from torture.played import Played

STORED = """
SELECT provider_id, count(*) FROM conversations_message
WHERE direction = 'in' AND NOT channel_id = ANY(%s) GROUP BY provider_id
"""
EDITED = """
SELECT provider_id, parts->0->>'text' FROM conversations_message WHERE provider_id = ANY(%s)
"""
ANSWERS = """
SELECT m.client_id, d.id, d.state, c.kind
FROM conversations_message AS m
LEFT JOIN conversations_delivery AS d ON d.message_id = m.id
LEFT JOIN channels_channel AS c ON c.id = d.channel_id
WHERE m.direction = 'out'
"""
GAPS = """
SELECT count(*) FROM (
    SELECT identity_id FROM conversations_message WHERE seq IS NOT NULL
    GROUP BY identity_id HAVING max(seq) <> count(*) OR min(seq) <> 1
) AS x
"""
LEFT = """
SELECT (SELECT count(*) FROM intake_journal WHERE state = 0),
    (SELECT count(*) FROM intake_parked WHERE NOT dead),
    (SELECT count(*) FROM conversations_delivery WHERE state = 'pending')
"""
STUCK = """
SELECT c.kind, d.reason, d.detail, coalesce(h.state, 'ok'), coalesce(h.reason, ''), count(*)
FROM conversations_delivery AS d
JOIN channels_channel AS c ON c.id = d.channel_id
LEFT JOIN channels_health AS h ON h.channel_id = c.id
WHERE d.state = 'pending' GROUP BY 1, 2, 3, 4, 5 ORDER BY 6 DESC
"""
HURRY = "UPDATE intake_parked SET due_at = now() WHERE NOT dead AND due_at > now()"
OUT = {"sent", "delivered", "read"}


class Inbound(msgspec.Struct, frozen=True):
    """`lost`: thanked but not there. `doubled`: there more than once. `gaps`: broken orders."""

    accepted: int
    stored: int
    lost: int
    doubled: int
    gaps: int
    edits_lost: int


class Outbound(msgspec.Struct, frozen=True):
    """`missing`: neither visible nor flagged, or not what we believe. `flagged`: in doubt."""

    answers: int
    visible: int
    missing: int
    doubled: int
    flagged: int
    flagged_unseen: int  # of those: they really did not arrive


def wait_until_quiet(*, patience: float, still: float, others: Callable[[], list[str]]) -> bool:
    """Until nothing is left to do; false when that took too long, or when nothing moves any more.

    `others` says what is left beside the database. Facts that wait for their next try are tried
    at once: five tries take two minutes otherwise.
    """
    until = time.monotonic() + patience
    told, moved, before = 0.0, time.monotonic(), ""
    with connect(name="torture") as connection:
        while (now := time.monotonic()) < min(until, moved + still):
            counts = connection.execute(LEFT).fetchone()
            assert counts is not None
            beside = others()
            if not any(counts) and not beside:
                return True
            left = f"left: calls, parked, deliveries {counts}; {'; '.join(beside)}"
            if left != before:
                moved, before = now, left
            if now - told > 5:
                told = now
                print(left, file=sys.stderr)  # noqa: T201
            connection.execute(HURRY)
            time.sleep(0.2)
        rows = connection.execute(STUCK).fetchall()
    print("\n".join(["STUCK", before, *map(str, rows)]), file=sys.stderr)  # noqa: T201
    return False


def count_inbound(
    connection: Connection,
    accepted: Collection[str],
    edited: Mapping[str, str],
    played: Played,
) -> Inbound:
    """By the providers' ids; what came over a played channel is known by its words."""
    rows = connection.execute(STORED, [played.ids]).fetchall()
    stored = {str(id_): int(many) for id_, many in rows}
    beside = played.count(connection)
    words: dict[str, str] = dict(connection.execute(EDITED, [list(edited)]).fetchall())
    gaps = connection.execute(GAPS).fetchone()
    assert gaps is not None
    return Inbound(
        accepted=len(accepted) + beside.accepted,
        stored=len(stored) + beside.stored,
        lost=len(set(accepted) - set(stored)) + beside.lost,
        doubled=sum(many - 1 for many in stored.values()) + beside.doubled,
        gaps=int(gaps[0]),
        edits_lost=sum(words.get(id_) != text for id_, text in edited.items()),
    )


def count_outbound(
    connection: Connection, answered: Collection[str], visible: Counter[str]
) -> Outbound:
    rows = connection.execute(ANSWERS).fetchall()
    written = Counter(client for client, *_ in rows)
    states = {public("dlv", id_): (state, kind) for _, id_, state, kind in rows if id_}
    flagged = [ref for ref, (state, _) in states.items() if state == "uncertain"]
    believed = [ref for ref, (state, kind) in states.items() if state in OUT and kind != "webchat"]
    unsent = [ref for ref, (state, _) in states.items() if state not in {"uncertain", *OUT}]
    return Outbound(
        answers=len(written),
        visible=len(visible),
        missing=len(set(answered) - set(written))
        + sum(not visible[ref] for ref in believed)
        + len(unsent),
        doubled=sum(many - 1 for many in (*written.values(), *visible.values()) if many > 1),
        flagged=len(flagged),
        flagged_unseen=sum(not visible[ref] for ref in flagged),
    )
