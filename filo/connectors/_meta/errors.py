"""Meta's error codes outside WhatsApp, and the verdict that each of them is.

Decide on the code and its subcode, never on the HTTP status or the `type`: the same number means
different things in both places. (Common Error Codes, Meta, March 2026, and production notes)
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from filo.channels.contract import DeliveryClass, Failed, Later, Reason, Reply, Scope
from filo.channels.kit import A_WHILE, raise_for_reply
from filo.core.text import UNREADABLE

MOST_TRIES = 3
RATES = {4, 17, 32, 613, 80001, 80002, 80006}  # app, user, page, custom, business use cases
SPAM = {368, 1390008, 1446036}
PASSING = {-1, 1, 2, 1200}
WINDOW = {(10, 2018278), (10, 2534022), (10, 2018065)}
GONE = {(10, 2018108), (551, 1545041), (551, 0), (200, 1545041), (100, 2018001), (100, 2534014)}
GONE_CODES = {551, 2534111, 2018001}  # the last one comes as a code too
FILES = {(4, 2018022), (100, 2018109), (100, 2018047), (100, 2534015)}
SKIPPED = {(4, 2018354), (9, 2018352)}  # too often for this person: not a limit of ours
RESTRICTED = {2534122, 2534029, 1893063}
PERMISSION = {3, 10, 200, 230, 24, 25}
ALONE = {10, 200}
REPLIED = 10900
NOT_YOURS = 10903
RATE_PAUSE = timedelta(minutes=1)
SPAM_PAUSE = timedelta(hours=1)
USAGE = "x-business-use-case-usage"


class _Error(msgspec.Struct):
    code: int = -2
    error_subcode: int = 0
    message: str = ""
    error_user_msg: str | None = None
    is_transient: bool = False

    @property
    def words(self) -> str:
        sub = f"/{self.error_subcode}" if self.error_subcode else ""
        return f"{self.code}{sub} {self.error_user_msg or self.message}".strip()

    @property
    def pair(self) -> tuple[int, int]:
        return self.code, self.error_subcode


class _Answer(msgspec.Struct):
    error: _Error | None = None


class _Usage(msgspec.Struct):
    estimated_time_to_regain_access: float = 0


_answer = msgspec.json.Decoder(_Answer, strict=False)
_usage = msgspec.json.Decoder(dict[str, list[_Usage]], strict=False)


def raise_for_graph(
    reply: Reply,
    *,
    attempt: int = 1,
    delivery: DeliveryClass = DeliveryClass.FIRE,
    alone: bool = False,
) -> None:
    """Raise the verdict of an answer of the Graph API, if it is a refusal.

    `alone`: it was about one comment, and Meta says "no permission" of one that is too old, that
    was answered already or that may not be hidden: the channel is well all the same.
    """
    if 200 <= reply.status < 300:
        return
    error = error_of(reply)
    if error is None:
        # No word of Meta's own: some gateway spoke, and the message may have gone through.
        raise_for_reply(reply, delivery=delivery)
        raise Failed(Reason.OTHER, f"HTTP {reply.status}")
    _raise_for_message(error)
    if alone and error.code in ALONE and error.error_subcode not in RESTRICTED:
        raise Failed(Reason.REFUSED, error.words)
    _raise_passing(error, reply, attempt)
    _raise_for_channel(error, reply)
    raise Failed(Reason.OTHER, error.words)


def error_of(reply: Reply) -> _Error | None:
    """What Meta says is wrong; None when it was not Meta that spoke."""
    try:
        error = _answer.decode(reply.body).error
    except UNREADABLE:
        return None
    return error if error and error.code >= -1 else None


def _raise_for_message(error: _Error) -> None:
    """What is said of this message or this person; these come first, for a code may mean both."""
    if error.pair in WINDOW or (error.code == 1545041 and not error.error_subcode):
        raise Failed(Reason.WINDOW_CLOSED, error.words)
    if error.pair in GONE or error.code in GONE_CODES:
        raise Failed(Reason.UNREACHABLE, error.words, scope=Scope.PERSON)
    if error.code in {REPLIED, NOT_YOURS} or error.pair in SKIPPED:
        raise Failed(Reason.REFUSED, error.words)
    if error.pair in FILES or error.code == 100:
        raise Failed(Reason.OTHER, error.words)
    if error.pair == (24, 2207006):
        raise Failed(Reason.OTHER, error.words)


def _raise_passing(error: _Error, reply: Reply, attempt: int) -> None:
    if error.code in RATES and error.error_subcode != 2207051:
        raise Later(_regained(reply), error.words, scope=Scope.CHANNEL)
    if error.code in SPAM or error.pair in {(4, 2207051), (9, 0)}:
        raise Later(SPAM_PAUSE, error.words, scope=Scope.CHANNEL)
    if error.pair == (2, 2018344):  # somebody must accept Meta's terms
        raise Failed(Reason.REFUSED, error.words, scope=Scope.CHANNEL)
    passing = error.code in PASSING or error.is_transient
    if passing and attempt <= MOST_TRIES:
        raise Later(timedelta(seconds=5 * 2 ** (attempt - 1)), error.words)


def _raise_for_channel(error: _Error, reply: Reply) -> None:
    restricted = error.code in RESTRICTED or error.error_subcode in RESTRICTED
    refused = error.code in PERMISSION or 201 <= error.code < 300
    if error.code == 190 or restricted or refused or reply.status == 401:
        raise Failed(Reason.REFUSED, error.words, scope=Scope.CHANNEL)
    if reply.status in (429, 503):
        raise Later(A_WHILE, error.words, scope=Scope.CHANNEL)


def _regained(reply: Reply) -> timedelta:
    """How long until we may call again, as the header says it, in minutes."""
    try:
        usage = _usage.decode(reply.headers.get(USAGE, "{}").encode())
    except UNREADABLE:
        return RATE_PAUSE
    paces = [one.estimated_time_to_regain_access for each in usage.values() for one in each]
    minutes = timedelta(minutes=max(paces, default=0))
    return min(max(minutes, RATE_PAUSE), timedelta(days=1))
