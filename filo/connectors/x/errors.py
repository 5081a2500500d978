"""X's refusals, and the verdict that each of them is. Decided on status, type and code.

The words of a refusal change: only where nothing else tells them apart are they looked at.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import msgspec

from filo.channels.contract import DeliveryClass, Failed, Later, Reason, Reply, Scope
from filo.channels.kit import A_WHILE, LONGEST_PAUSE, raise_for_reply, retry_after
from filo.core.text import UNREADABLE

PROBLEMS = "/problems/"
RATE, CAPPED = 88, "usage-capped"
SAME_WORDS, NO_MESSAGES, RESTRICTED, PLAN = 187, {150, 349}, 433, 453
_NOT_CALLED = re.compile(r"reply to|mentioned", re.IGNORECASE)
_TWICE = re.compile(r"duplicate content", re.IGNORECASE)
_NO_MESSAGE = re.compile(r"direct message|\bdm\b", re.IGNORECASE)


class _One(msgspec.Struct):
    code: int = 0
    message: str = ""


class Problem(msgspec.Struct):
    title: str = ""
    detail: str = ""
    type: str = ""
    message: str = ""
    code: int = 0
    errors: list[_One] = []

    @property
    def codes(self) -> set[int]:
        return {self.code, *(one.code for one in self.errors)} - {0}

    @property
    def kind(self) -> str:
        return self.type.partition(PROBLEMS)[2]

    @property
    def words(self) -> str:
        told = (self.detail, self.message, *(one.message for one in self.errors), self.title)
        return next(filter(None, told), "")


_problem = msgspec.json.Decoder(Problem, strict=False)


def problem_of(reply: Reply) -> Problem:
    try:
        return _problem.decode(reply.body)
    except UNREADABLE:
        return Problem()


def raise_for_x(
    reply: Reply,
    *,
    at: datetime,
    to_person: bool = False,
    delivery: DeliveryClass = DeliveryClass.FIRE,
) -> None:
    """Raise the verdict of an answer, if it is a refusal. `to_person`: it was a direct message."""
    if 200 <= reply.status < 300:
        return
    problem = problem_of(reply)
    if problem.kind == CAPPED:
        raise Failed(Reason.REFUSED, f"no credit left: {problem.words}", scope=Scope.CHANNEL)
    if reply.status == 429 or RATE in problem.codes:
        raise Later(_until_reset(reply, at=at), problem.words, scope=Scope.CHANNEL)
    if reply.status == 403:
        raise _forbidden(problem, to_person=to_person)
    if reply.status == 404:
        scope = Scope.PERSON if to_person else Scope.MESSAGE
        raise Failed(Reason.UNREACHABLE, problem.words or "it is gone", scope=scope)
    raise_for_reply(reply, delivery=delivery)


def _forbidden(problem: Problem, *, to_person: bool) -> Failed:
    words, codes = problem.words or "HTTP 403", problem.codes
    if PLAN in codes or problem.kind == "client-forbidden":
        return Failed(Reason.REFUSED, f"the access tier does not allow it: {words}")
    if codes & NO_MESSAGES or (to_person and _NO_MESSAGE.search(words)):
        return Failed(Reason.BLOCKED, words, scope=Scope.PERSON)
    if SAME_WORDS in codes or _TWICE.search(words):
        return Failed(Reason.OTHER, f"the same words were posted before: {words}")
    if RESTRICTED in codes or _NOT_CALLED.search(words):
        return Failed(Reason.REFUSED, f"the author did not call us: {words}")
    if problem.kind == "not-authorized-for-resource":
        return Failed(Reason.UNREACHABLE, words, scope=Scope.PERSON)
    return Failed(Reason.REFUSED, words, scope=Scope.PERSON if to_person else Scope.MESSAGE)


def _until_reset(reply: Reply, *, at: datetime) -> timedelta:
    reset = reply.headers.get("x-rate-limit-reset", "")[:12]
    if not (reset.isascii() and reset.isdigit()):
        return retry_after(reply, otherwise=A_WHILE)
    pause = timedelta(seconds=int(reset) - at.timestamp() + 1)
    return max(A_WHILE, min(pause, LONGEST_PAUSE))
