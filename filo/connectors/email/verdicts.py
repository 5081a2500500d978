"""What an SMTP answer means (RFC 5321, 3463)."""

from __future__ import annotations

import re
from datetime import timedelta

from filo.channels.contract import Failed, Later, Reason, Reply, Scope
from filo.connectors.email.bounces import reason_of

LOGIN = {401, 403, 530, 534, 535, 538}
GREYLISTED = {450, 451}
FULL = re.compile(r"\b4\.2\.2\b")


def raise_for_reply(reply: Reply) -> None:
    """Nothing when the server took the mail; else the verdict."""
    words = " ".join(reply.body.decode(errors="replace").split())[:300]
    if 200 <= reply.status < 300:
        return
    if reply.status in LOGIN:
        raise Failed(Reason.REFUSED, words, scope=Scope.CHANNEL)
    if reply.status < 500 or reply.status == 503:
        raise _later(reply, words)
    raise Failed(_reason(reply.status, words), words)


def _later(reply: Reply, words: str) -> Later:
    if FULL.search(words) or reply.status == 452:
        return Later(timedelta(hours=1), words, scope=Scope.PERSON)
    if reply.status in GREYLISTED:
        # Grey-listing servers take the second try, but not before five minutes.
        return Later(timedelta(minutes=5), words)
    return Later(timedelta(minutes=1), words, scope=Scope.CHANNEL)


def _reason(status: int, words: str) -> Reason:
    told = reason_of(words)
    if told is not Reason.OTHER:
        return told
    return {
        550: Reason.UNREACHABLE,
        551: Reason.UNREACHABLE,
        553: Reason.UNREACHABLE,
        554: Reason.REFUSED,
    }.get(status, Reason.OTHER)
