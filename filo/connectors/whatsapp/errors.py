"""Meta's error codes, and the verdict that each of them is.

From "Error codes" of the Cloud API (Meta, stored copy of May 2026). The official text says: decide
on the code, never on the HTTP status; but many errors come only later, in a `failed` status.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from filo.channels.contract import DeliveryClass, Failed, Later, Reason, Reply, Scope
from filo.channels.kit import A_WHILE, raise_for_reply
from filo.core.text import UNREADABLE

STOPPED_MARKETING = 131050
PAIR_RATE = 131056
UPLOAD_FAILED = 131053
MOST_TRIES = 5

CHANNEL_PAUSES = {
    4: timedelta(minutes=1),  # calls of the whole app
    80007: timedelta(minutes=1),  # calls of the business account
    130429: timedelta(seconds=2),  # messages a second of this number
    131048: timedelta(minutes=10),  # this number looks like spam
    131057: timedelta(minutes=1),  # being upgraded
    133016: timedelta(hours=72),  # registered too often
}
PASSING = {1, 2, 131000, 131016, 135000}  # service trouble: try again, with growing pauses
CHANNEL_FAILURES = {
    0, 3, 10, 190, 368,  # token, permission, policy
    131005, 131031, 131037, 131042, 131044, 131045, 133010,  # locked, name, payment, registration
    *range(200, 300),  # permission missing
}  # fmt: skip
UNPAID = {131042, 131044}
REASONS = {
    131026: Reason.UNREACHABLE,
    131030: Reason.UNREACHABLE,  # a test number may write to five people only
    131047: Reason.WINDOW_CLOSED,
    132000: Reason.OTHER,  # number of parameters
    132001: Reason.REFUSED,  # no such template in this language, or not approved
    132012: Reason.OTHER,  # format of parameters
    132015: Reason.REFUSED,  # paused
    132016: Reason.REFUSED,  # disabled
    131049: Reason.REFUSED,  # Meta keeps the ecosystem healthy: not a wish of the customer
    131050: Reason.BLOCKED,
    130472: Reason.REFUSED,  # the customer is part of an experiment
    130497: Reason.REFUSED,  # this country is closed to us
    131062: Reason.REFUSED,  # needs a phone number, we have a BSUID
    131063: Reason.REFUSED,
    131064: Reason.REFUSED,
}
PERSON = {131026, 131030, 130497}


class _Details(msgspec.Struct):
    details: str = ""


class _Error(msgspec.Struct):
    code: int = -1
    message: str = ""
    error_data: _Details | str | None = None
    is_transient: bool = False

    @property
    def words(self) -> str:
        details = self.error_data.details if isinstance(self.error_data, _Details) else ""
        return f"{self.code} {details or self.message}".strip()


class _Answer(msgspec.Struct):
    error: _Error | None = None


_answer = msgspec.json.Decoder(_Answer, strict=False)


def reason_for(code: int) -> Reason:
    """Why a message failed, in the words that every channel shares."""
    if code in CHANNEL_FAILURES and code:
        return Reason.REFUSED
    return REASONS.get(code, Reason.OTHER)


def raise_for_graph(
    reply: Reply,
    *,
    attempt: int = 1,
    delivery: DeliveryClass = DeliveryClass.LOOKED_UP,
    template: bool = False,
) -> None:
    """Raise the verdict of an answer of the Graph API, if it is a refusal.

    `template`: what is not paid for concerns templates alone, answers in the window are free.
    """
    if 200 <= reply.status < 300:
        return
    error = _error_of(reply)
    if error is None:
        # No word of Meta's own: some gateway spoke, and the message may have gone through.
        raise_for_reply(reply, delivery=delivery)
        raise Failed(Reason.OTHER, f"HTTP {reply.status}")
    _raise_passing(error, attempt)
    if template and error.code in UNPAID:
        raise Failed(Reason.REFUSED, error.words)
    if error.code in CHANNEL_FAILURES or reply.status == 401:
        raise Failed(Reason.REFUSED, error.words, scope=Scope.CHANNEL)
    if error.is_transient or reply.status in (429, 503):
        raise Later(A_WHILE, error.words, scope=Scope.CHANNEL)
    scope = Scope.PERSON if error.code in PERSON else Scope.MESSAGE
    raise Failed(reason_for(error.code), error.words, scope=scope)


def _raise_passing(error: _Error, attempt: int) -> None:
    if error.code in CHANNEL_PAUSES:
        raise Later(CHANNEL_PAUSES[error.code], error.words, scope=Scope.CHANNEL)
    if error.code == PAIR_RATE:
        # one message per 6 s to one person, a burst of 45: back off by 4^attempt
        raise Later(timedelta(seconds=4 ** min(attempt, 6)), error.words, scope=Scope.PERSON)
    if error.code == UPLOAD_FAILED and attempt == 1:
        raise Later(timedelta(seconds=10), error.words)
    if error.code in PASSING and attempt <= MOST_TRIES:
        raise Later(timedelta(seconds=5 * 2 ** (attempt - 1)), error.words)


def _error_of(reply: Reply) -> _Error | None:
    try:
        error = _answer.decode(reply.body).error
    except UNREADABLE:
        return None
    return error if error and error.code >= 0 else None
