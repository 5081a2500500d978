"""Twilio's error codes, and the verdict that each of them is.

One table for both roads by which they come: the answer to a send, and a later status callback.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from filo.channels.contract import DeliveryClass, Failed, Later, Reason, Reply, Scope
from filo.channels.kit import A_WHILE, raise_for_reply, retry_after
from filo.core.text import UNREADABLE

STOPPED = 21610
PAUSES = {
    20429: A_WHILE,
    21611: timedelta(minutes=1),  # the queue of this sender is full
    30001: timedelta(minutes=10),  # ten hours of messages wait already
}
CHANNEL_FAILURES = {
    20003,  # key
    21603, 21606, 21659, 21660,  # the sender is not ours, or cannot send
    30002, 30034,  # suspended; not registered for A2P in the USA
}  # fmt: skip
REASONS = {
    STOPPED: Reason.BLOCKED,
    30004: Reason.BLOCKED,
    21211: Reason.UNREACHABLE,
    21217: Reason.UNREACHABLE,
    21614: Reason.UNREACHABLE,
    21408: Reason.UNREACHABLE,  # this country is not enabled
    21612: Reason.UNREACHABLE,  # no route
    30003: Reason.UNREACHABLE,  # the phone is off: it may come back
    30005: Reason.UNREACHABLE,
    30006: Reason.UNREACHABLE,  # a landline: somebody may call it
    30002: Reason.REFUSED,
    30007: Reason.REFUSED,  # filtered as spam
    30034: Reason.REFUSED,
    63016: Reason.WINDOW_CLOSED,
}
NO_MMS = {21612, 21620, 30022, 63019}  # a picture does not go there, or cannot be fetched
SUSPENDED = 30002
PERSON = {STOPPED, 21211, 21217, 21408, 21612, 21614, 30004, 30005, 30006}


class _Answer(msgspec.Struct):
    code: int = 0
    message: str = ""


_answer = msgspec.json.Decoder(_Answer, strict=False)


def reason_for(code: int) -> Reason:
    """Why a message failed, in the words that every channel shares."""
    return REASONS.get(code, Reason.OTHER)


def raise_for_twilio(reply: Reply) -> None:
    """Raise the verdict of an answer of the REST API, if it is a refusal."""
    if 200 <= reply.status < 300:
        return
    answer = _read(reply)
    words = f"{answer.code} {answer.message}".strip()
    if answer.code in PAUSES:
        pause = retry_after(reply, otherwise=PAUSES[answer.code])
        raise Later(pause, words, scope=Scope.CHANNEL)
    if answer.code in CHANNEL_FAILURES:
        raise Failed(Reason.REFUSED, words, scope=Scope.CHANNEL)
    if answer.code in REASONS:
        scope = Scope.PERSON if answer.code in PERSON else Scope.MESSAGE
        raise Failed(reason_for(answer.code), words, scope=scope)
    if answer.code and 400 <= reply.status < 500 and reply.status not in (401, 403, 408, 425, 429):
        raise Failed(Reason.OTHER, words)  # too long, no text, a bad address: in Twilio's own words
    raise_for_reply(reply, delivery=DeliveryClass.LOOKED_UP)


def code_of(reply: Reply) -> int:
    return 0 if 200 <= reply.status < 300 else _read(reply).code


def _read(reply: Reply) -> _Answer:
    try:
        return _answer.decode(reply.body)
    except UNREADABLE:
        return _Answer()
