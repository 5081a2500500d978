"""What Apple's answers mean: an HTTP status and no words."""

from __future__ import annotations

from filo.channels.contract import DeliveryClass, Failed, Reason, Reply, Scope
from filo.channels.kit import excerpt, raise_for_reply


def raise_for_apple(reply: Reply) -> None:
    """Raise the verdict of an answer, if it is a refusal."""
    words = f"HTTP {reply.status} {excerpt(reply.body, most=120)}".strip()
    if reply.status == 403:
        # A token that is not ours, or, far more often, a customer who has closed the conversation.
        raise Failed(Reason.BLOCKED, words, scope=Scope.PERSON)
    if reply.status == 404:
        raise Failed(Reason.UNREACHABLE, words, scope=Scope.PERSON)
    if reply.status == 400:
        raise Failed(Reason.OTHER, words)
    # A message has an id of ours: the same again with the same id is the same message.
    raise_for_reply(reply, delivery=DeliveryClass.KEYED)
