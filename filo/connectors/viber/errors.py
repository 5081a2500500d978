"""What Viber's answers mean. Its HTTP status is always 200: its own number counts."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from filo.channels.contract import (
    DeliveryClass,
    Doubtful,
    Failed,
    Later,
    Reason,
    Reply,
    Scope,
)
from filo.channels.kit import raise_for_reply
from filo.core.text import UNREADABLE

OK, NOT_REGISTERED, NOT_SUBSCRIBED, TOO_MANY = 0, 5, 6, 12
TOO_OLD = {11, 13, 14}  # no device of theirs shows this: say it in plain words
CLOSED = {2, 7, 8, 9, 10, 15, 23, 24}  # token, account, webhook, money
WRONG = {1, 3, 4}  # what we sent is not as Viber wants it
FORBIDDEN = {16, 17, 18, 19, 20, 21, 22}
MOST_TRIES = 3


class Answer(msgspec.Struct):
    status: int = -1
    status_message: str = ""
    message_token: int = 0

    @property
    def words(self) -> str:
        return f"{self.status} {self.status_message}".strip()


def answer_of(reply: Reply) -> Answer:
    """What Viber said; `status` is -1 when it was no word of Viber's."""
    try:
        return msgspec.json.decode(reply.body, type=Answer)
    except UNREADABLE:
        return Answer()


def raise_for_viber(reply: Reply, *, attempt: int = 1) -> Answer:
    """Raise the verdict of an answer, if it is a refusal."""
    raise_for_reply(reply, delivery=DeliveryClass.FIRE)
    answer = answer_of(reply)
    if answer.status == OK:
        return answer
    if answer.status < 0:
        raise Doubtful("an answer that is not Viber's")
    if answer.status in CLOSED:
        raise Failed(Reason.REFUSED, answer.words, scope=Scope.CHANNEL)
    _raise_for_person(answer)
    if answer.status in FORBIDDEN:
        raise Failed(Reason.REFUSED, answer.words)
    if answer.status in WRONG | TOO_OLD or attempt > MOST_TRIES:
        raise Failed(Reason.OTHER, answer.words)
    raise Later(timedelta(seconds=5 * 2 ** (attempt - 1)), answer.words)


def _raise_for_person(answer: Answer) -> None:
    if answer.status == NOT_REGISTERED:
        raise Failed(Reason.UNREACHABLE, answer.words, scope=Scope.PERSON)
    if answer.status == NOT_SUBSCRIBED:
        raise Failed(Reason.BLOCKED, answer.words, scope=Scope.PERSON)
    if answer.status == TOO_MANY:  # a hundred in an hour to somebody who does not answer
        raise Later(timedelta(hours=1), answer.words, scope=Scope.PERSON)
