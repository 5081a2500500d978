"""WeChat's error codes, and the verdict that each of them is. They come with HTTP 200."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import msgspec

from filo.channels.contract import DeliveryClass, Doubtful, Failed, Later, Reason, Reply, Scope
from filo.channels.kit import raise_for_reply
from filo.core.text import UNREADABLE

EXPIRED = frozenset({40001, 40014, 42001})
TAKEN_ALREADY = 45065  # the same client_msg_id: the first one arrived
AGENT_CODES = range(61450, 61470)  # WeChat's own console does not know that agent
BEIJING = timezone(timedelta(hours=8))
SETTINGS = {40013, 40125, 40164, 40243, *EXPIRED}
BLOCKED = {43004, 43019, 48002, 50005}
REASONS = {
    40003: Reason.UNREACHABLE,
    43101: Reason.BLOCKED,  # refused this kind of notice, not us
    45015: Reason.WINDOW_CLOSED,
    45047: Reason.WINDOW_CLOSED,  # all five, or three, are used up
    48001: Reason.REFUSED,
}


class Answer(msgspec.Struct):
    """Every answer; those that bring something do it in fields of their own."""

    errcode: int = 0
    errmsg: str = ""
    access_token: str = ""
    expires_in: int = 0
    media_id: str = ""
    msgid: int = 0


class _Said(msgspec.Struct):
    errcode: int


_said = msgspec.json.Decoder(_Said, strict=False)
_answer = msgspec.json.Decoder(Answer, strict=False)


def answer_of(reply: Reply) -> Answer:
    try:
        return _answer.decode(reply.body)
    except UNREADABLE:
        return Answer()


def raise_for_taken(reply: Reply, *, at: datetime | None = None) -> None:
    """The same for what somebody shall read: a 200 that is not WeChat's says nothing of it."""
    raise_for_wechat(reply, at=at)
    try:
        _said.decode(reply.body)
    except UNREADABLE as why:
        raise Doubtful("an answer that is not WeChat's") from why


def raise_for_wechat(reply: Reply, *, at: datetime | None = None) -> None:
    """Raise the verdict of an answer, if it is a refusal."""
    raise_for_reply(reply, delivery=DeliveryClass.FIRE)
    answer = answer_of(reply)
    code, words = answer.errcode, f"{answer.errcode} {answer.errmsg}".strip()
    if code in (0, TAKEN_ALREADY):
        return
    if code == -1:
        raise Later(timedelta(seconds=5), words)
    if code == 45011:
        raise Later(timedelta(minutes=1), words, scope=Scope.CHANNEL)
    if code == 45009:
        raise Later(_until_midnight(at), words, scope=Scope.CHANNEL)
    if code in SETTINGS:
        raise Failed(Reason.REFUSED, words, scope=Scope.CHANNEL)
    if code in BLOCKED:
        raise Failed(Reason.BLOCKED, words, scope=Scope.PERSON)
    scope = Scope.PERSON if code == 40003 else Scope.MESSAGE
    raise Failed(REASONS.get(code, Reason.OTHER), words, scope=scope)


def _until_midnight(at: datetime | None) -> timedelta:
    """The day's quota begins anew at midnight in Beijing."""
    if at is None:
        return timedelta(hours=1)
    there = at.astimezone(BEIJING)
    tomorrow = (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return tomorrow - there
