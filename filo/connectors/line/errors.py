"""What LINE's answers mean."""

from __future__ import annotations

from typing import Any

import msgspec

from filo.channels.contract import DeliveryClass, Failed, Reason, Reply, Scope
from filo.channels.kit import raise_for_reply
from filo.core.text import UNREADABLE

ALREADY_TAKEN = 409  # by this retry key: what we wanted has happened


class _Detail(msgspec.Struct):
    message: str = ""
    property: str = ""


class _Answer(msgspec.Struct):
    message: str = ""
    details: list[_Detail] = []


def words_of(reply: Reply) -> str:
    try:
        answer = msgspec.json.decode(reply.body, type=_Answer)
    except UNREADABLE:
        return f"HTTP {reply.status}"
    more = "; ".join(f"{one.property}: {one.message}" for one in answer.details[:3])
    return f"{reply.status} {answer.message} {more}".strip()[:200]


def raise_for_line(reply: Reply) -> None:
    """Raise the verdict of an answer, if it is a refusal."""
    if 200 <= reply.status < 300 or reply.status == ALREADY_TAKEN:
        return
    words = words_of(reply)
    if reply.status in (404, 410) or _is_about_them(reply.status, words):
        raise Failed(Reason.UNREACHABLE, words, scope=Scope.PERSON)
    if reply.status in (415, 429) and "monthly limit" in words.lower():
        # A new try this month ends the same way: somebody must buy more, or another channel speak.
        raise Failed(Reason.REFUSED, words, scope=Scope.CHANNEL)
    if reply.status in (401, 403):
        raise Failed(Reason.REFUSED, words, scope=Scope.CHANNEL)
    if reply.status in (400, 413, 415):
        raise Failed(Reason.OTHER, words)
    raise_for_reply(reply, delivery=DeliveryClass.KEYED)


def _is_about_them(status: int, words: str) -> bool:
    about = words.lower()
    return status == 400 and (
        "failed to send messages" in about or "'to'" in about or " to:" in about
    )


def read(reply: Reply, kind: Any) -> Any:
    """The answer as a type; an empty one where it makes no sense."""
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except UNREADABLE:
        return kind()
