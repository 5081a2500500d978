"""What Telegram's answers mean: its words decide where a code has several meanings."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from filo.channels.contract import DeliveryClass, Failed, Later, Reason, Reply, Scope
from filo.channels.kit import LONGEST_PAUSE, raise_for_reply, retry_after
from filo.core.text import UNREADABLE

GONE = (  # nobody we could reach: they never wrote to the bot, or are no more
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "can't initiate conversation",
)
BLOCKED = ("bot was blocked", "user is deactivated")
BUSINESS = ("business_peer_invalid", "business_connection_invalid", "business_peer_usage")
UNCHANGED = "message is not modified"


class Parameters(msgspec.Struct):
    retry_after: int = 0
    migrate_to_chat_id: int = 0


class Answer(msgspec.Struct):
    ok: bool = False
    error_code: int = 0
    description: str = ""
    parameters: Parameters = msgspec.field(default_factory=Parameters)

    def says(self, *words: str) -> bool:
        return any(word in self.description.lower() for word in words)


_answer = msgspec.json.Decoder(Answer)


def answer_of(reply: Reply) -> Answer | None:
    """What Telegram itself said; None when some gateway spoke."""
    try:
        found = _answer.decode(reply.body)
    except UNREADABLE:
        return None
    return found if found.ok or found.error_code else None


def raise_for_telegram(reply: Reply) -> None:
    """Raise the verdict of an answer, if it is a refusal."""
    answer = answer_of(reply)
    if answer is None:
        raise_for_reply(reply, delivery=DeliveryClass.FIRE)
        return
    if answer.ok or answer.says(UNCHANGED):
        return
    _raise_for_all(answer, reply)
    _raise_for_person(answer)
    if answer.error_code >= 500:
        raise_for_reply(Reply(answer.error_code, reply.body), delivery=DeliveryClass.FIRE)
    raise Failed(Reason.OTHER, _words(answer))


def _raise_for_all(answer: Answer, reply: Reply) -> None:
    """What holds for the whole channel."""
    if answer.error_code == 429:
        pause = timedelta(seconds=max(0, answer.parameters.retry_after)) or retry_after(reply)
        raise Later(min(pause, LONGEST_PAUSE), _words(answer), scope=Scope.CHANNEL)
    # 404 is a token that is none, or a method that this server does not know.
    if answer.error_code in (401, 404, 409):
        raise Failed(Reason.REFUSED, _words(answer), scope=Scope.CHANNEL)


def _raise_for_person(answer: Answer) -> None:
    if answer.says(*GONE):
        raise Failed(Reason.UNREACHABLE, _words(answer), scope=Scope.PERSON)
    if answer.says(*BLOCKED):
        raise Failed(Reason.BLOCKED, _words(answer), scope=Scope.PERSON)
    if answer.says(*BUSINESS) or answer.error_code == 403:
        raise Failed(Reason.REFUSED, _words(answer), scope=Scope.PERSON)


def _words(answer: Answer) -> str:
    return f"{answer.error_code} {answer.description}".strip()[:200]
