"""What a channel has carried: was anybody heard on it, and how much waits for it."""

from __future__ import annotations

from filo.core.db import Cursor

NEWEST = 100_000  # messages that are looked through for one of a quiet channel


def heard_on(cur: Cursor, channel: int) -> bool:
    """Has a customer's message come over this channel lately?"""
    cur.execute(
        "SELECT EXISTS (SELECT FROM conversations_message WHERE channel_id = %s"
        " AND direction = 'in' AND id > (SELECT max(id) - %s FROM conversations_message))",
        [channel, NEWEST],
    )
    row = cur.fetchone()
    return bool(row and row[0])


def waits_for(cur: Cursor, channel: int) -> int:
    """How many pieces of answers wait until somebody has mended the channel."""
    cur.execute(
        "SELECT count(*) FROM conversations_delivery WHERE channel_id = %s"
        " AND state = 'pending' AND owner IS NULL AND awaits = '' AND reason = 'held'",
        [channel],
    )
    row = cur.fetchone()
    return int(row[0]) if row else 0
