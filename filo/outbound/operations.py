"""Heed what customers want of us. Takes the caller's cursor and never commits."""

from __future__ import annotations

from collections.abc import Iterable

from filo.channels.contract import OptedOut, Said
from filo.conversations.types import Heard
from filo.core.db import Cursor
from filo.core.sql import statements
from filo.customers.operations import block
from filo.customers.queries import blocked
from filo.outbound.telling import notify, push_with

__all__ = ["heed", "notify", "push_with", "welcome_back"]

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


def welcome_back(cur: Cursor, heard: Iterable[Heard]) -> None:
    """They wrote on channels where writing says that they want us again, however we were told
    before that they did not: by a close, or by the provider's no to something of ours."""
    said = [(one.identity, one.fact) for one in heard if isinstance(one.fact, Said)]
    theirs = [(who, fact.at) for who, fact in said if who and not (fact.ours or fact.public)]
    last = dict(sorted(theirs))
    shut = blocked(cur, sorted(last))
    if not shut:
        return
    columns = {"identities": shut, "ats": [last[identity] for identity in shut]}
    cur.execute(sql("come_back"), columns)
    rows = cur.execute(sql("not_refused"), {"identities": shut}).fetchall()
    block(cur, [(identity, False) for (identity,) in rows])
