"""What a mail provider's HTTP answer means, where it does not say it better itself."""

from __future__ import annotations

import msgspec

from filo.channels.contract import DeliveryClass, Failed, Reason, Reply, Scope
from filo.channels.kit import excerpt, raise_for_reply
from filo.core.text import UNREADABLE

CLASS = DeliveryClass.LOOKED_UP  # every report carries our reference


def check(reply: Reply, *, suppressed: tuple[str, ...] = ()) -> None:
    """The verdict of an answer that is no success.

    `suppressed`: words by which the provider says that this person's address is on its list of
    those it sends nothing to.
    """
    if reply.status >= 400 and reply.status not in {401, 403, 429}:
        said = excerpt(reply.body)
        if any(word in said.lower() for word in suppressed):
            why = "the provider keeps this address on its suppression list"
            raise Failed(Reason.UNREACHABLE, f"{why}: {said}"[:300], scope=Scope.PERSON)
    raise_for_reply(reply, delivery=CLASS)


def opened(body: bytes) -> dict[str, object]:
    """A JSON object, or an empty one."""
    try:
        found = msgspec.json.decode(body)
    except UNREADABLE:
        return {}
    return found if isinstance(found, dict) else {}
