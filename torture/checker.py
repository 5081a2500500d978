"""Counts: what was thanked against what is stored, what was answered against what was shown."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping

import msgspec

from filo.core.db import Connection, connect
from filo.core.ids import public
from torture.played import CHATS, Played

STORED = """
SELECT provider_id, count(*) FROM conversations_message
WHERE direction = 'in' AND NOT channel_id = ANY(%s) GROUP BY provider_id
"""
EDITED = """
SELECT provider_id, parts->0->>'text' FROM conversations_message WHERE provider_id = ANY(%s)
"""
ANSWERS = """
SELECT coalesce(m.client_id, ''), d.id, coalesce(d.state, ''), c.kind,
    coalesce(d.attempt, 0), coalesce(d.reason, ''),
    coalesce(nullif(d.detail, ''), m.provider_id, '')
FROM conversations_message AS m
LEFT JOIN conversations_delivery AS d ON d.message_id = m.id
LEFT JOIN channels_channel AS c ON c.id = coalesce(d.channel_id, m.channel_id)
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


class Answer(msgspec.Struct, frozen=True):
    """One row: an answer and its delivery, or words of the company's that we did not send."""

    client: str
    id: int | None
    state: str
    kind: str
    attempts: int
    reason: str
    detail: str

    @property
    def ref(self) -> str:
        return public("dlv", self.id) if self.id else self.client or self.detail


class Odd(msgspec.Struct, frozen=True):
    """An answer that is not what we believe: whose, and what we know of it."""

    what: str  # doubled, missing, unasked: stands in the thread, and nobody here wrote it
    kind: str
    ref: str  # of its delivery; of one that was never written, the words' own
    state: str = ""
    attempts: int = 0
    seen: int = 0  # how often it stands on a device
    why: str = ""


class Outbound(msgspec.Struct, frozen=True):
    """`missing`: neither visible nor flagged, or not what we believe. `flagged`: in doubt."""

    answers: int
    visible: int
    missing: int
    doubled: int
    flagged: int
    flagged_unseen: int  # of those: they really did not arrive
    odd: tuple[Odd, ...] = ()


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
    found = [Answer(*row) for row in connection.execute(ANSWERS).fetchall()]
    written = Counter(one.client for one in found)
    flagged = [one.ref for one in found if one.state == "uncertain"]
    odd = [odd for one in found if (odd := _odd(one, written, visible[one.ref]))]
    odd += [Odd("missing", "", client, "never written") for client in set(answered) - set(written)]
    return Outbound(
        answers=len(written),
        visible=len(visible),
        missing=sum(one.what == "missing" for one in odd),
        doubled=sum(max(1, one.seen - 1) for one in odd if one.what != "missing"),
        flagged=len(flagged),
        flagged_unseen=sum(not visible[ref] for ref in flagged),
        odd=tuple(odd),
    )


def _odd(one: Answer, written: Counter[str], seen: int) -> Odd | None:
    """What is wrong with this answer, if anything."""
    known = (one.kind, one.ref, one.state, one.attempts, seen, f"{one.reason} {one.detail}".strip())
    if not one.id:
        return Odd("unasked", *known)
    if seen > 1 or written[one.client] > 1:
        return Odd("doubled", *known)
    believed = one.state in OUT and one.kind not in CHATS
    if (believed and not seen) or one.state not in {"uncertain", *OUT}:
        return Odd("missing", *known)
    return None
