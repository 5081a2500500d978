"""Heed what customers want of us. Takes the caller's cursor and never commits."""

from __future__ import annotations

from collections.abc import Iterable

from filo.channels.contract import OptedOut
from filo.conversations.types import Heard
from filo.core.db import Cursor
from filo.core.sql import statements
from filo.customers.operations import block
from filo.outbound.telling import notify, push_with

__all__ = ["heed", "notify", "push_with"]

sql = statements("filo.outbound")


def heed(cur: Cursor, heard: Iterable[Heard]) -> None:
    """They want nothing more of a purpose, or of us at all; or they want us again."""
    wishes = [
        (one.identity, one.fact) for one in heard if isinstance(one.fact, OptedOut) and one.identity
    ]
    if not wishes:
        return
    rows = cur.execute(
        sql("refuse"),
        {
            "identities": [identity for identity, _ in wishes],
            "purposes": [fact.purpose for _, fact in wishes],
            "ats": [fact.at for _, fact in wishes],
            "backs": [fact.back for _, fact in wishes],
        },
    ).fetchall()
    block(cur, [(identity, not back) for identity, purpose, back in rows if not purpose])
