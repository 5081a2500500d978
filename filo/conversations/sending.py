"""One delivery on its way: what must be said to whom, and what its outcome means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from filo.channels.contract import (
    Blob,
    DeliveryClass,
    Doubtful,
    Envelope,
    Failed,
    Handle,
    Later,
    Part,
    Reason,
    Receipt,
    Spoken,
    files_of,
)
from filo.channels.contract import Scope as Reach
from filo.channels.windows import Spoke
from filo.conversations.tokens import token_for
from filo.conversations.words import searchable
from filo.core import media
from filo.core.home import origin
from filo.core.ids import public

_spoken = msgspec.json.Decoder(Spoken)
_parts = msgspec.json.Decoder(tuple[Part, ...])
_small = msgspec.json.Decoder(dict[str, str])
LONGEST_WAIT = timedelta(minutes=15)
MOST_ATTEMPTS = 200  # calls, which with their waits are two days


class Due(msgspec.Struct, frozen=True):
    """A delivery that this sender owns, with all that saying it needs."""

    id: int
    attempt: int
    spoken: str
    channel: int
    message: int
    customer: int
    case: int
    identity: int
    space: str
    value: str
    name: str
    acts: list[str] | None  # their last signs of life on this channel, and when each was
    moments: list[datetime] | None
    subject: str
    author: str
    language: str
    answers: str
    last_heard: str
    attempted_at: datetime
    by_hand: bool  # a person wrote it
    public: bool = False
    post: str = ""
    privately: str = ""
    heard: str = ""  # the small facts of their newest message, and of the one replied to, as JSON
    answered: str = ""

    @property
    def ref(self) -> str:
        return public("dlv", self.id)

    @property
    def signs(self) -> tuple[Spoke, ...]:
        return tuple(map(Spoke, self.moments or (), self.acts or ()))

    @property
    def to(self) -> Handle:
        return Handle(self.space, self.value, self.name)

    @property
    def part(self) -> Spoken:
        spoken: Spoken = _spoken.decode(self.spoken)
        return spoken


class Outcome(msgspec.Struct, frozen=True):
    """What became of one attempt. `state` pending means: again at `due`."""

    state: str  # sent, failed, uncertain, pending
    provider_id: str = ""
    reason: str = ""
    detail: str = ""
    due: datetime | None = None
    channel_down: str = ""  # why the whole channel cannot send until somebody mends it
    blocked: bool = False  # the person does not want us
    tried: bool = True  # False: nobody was called, so it counts as no attempt
    also: tuple[tuple[str, str], ...] = ()  # identities of the person that came to light


def envelope(
    due: Due, exchange: Sequence[tuple[str, str | None, str]], *, at: datetime, window: str = ""
) -> Envelope:
    """What surrounds the words. `exchange` as the statement of that name gives it."""
    quoted = [parts for _, parts, direction in exchange if direction == "in" and parts]
    return Envelope(
        ref=due.ref,
        at=at,
        attempt=due.attempt,
        answers=due.answers,
        last_heard=due.last_heard,
        references=tuple(id_ for id_, _, _ in exchange),
        subject=due.subject,
        token=token_for(due.case),
        author=due.author,
        quote=searchable(_parts.decode(quoted[-1])) if quoted else "",
        language=due.language,
        automatic=not due.by_hand,
        heard_at=max(due.moments or (), default=None),
        window=window,
        hook=f"{origin()}/hooks/{public('chn', due.channel)}",
        public=due.public,
        post=due.post,
        privately=due.privately,
        files=_files(due.part),
        heard=_context(due.heard),
        answered=_context(due.answered),
    )


def _context(told: str) -> dict[str, str]:
    return _small.decode(told) if told else {}


def _files(part: Spoken) -> dict[str, Blob]:
    return {
        one.attachment: Blob(one.mime, media.read(one.sha256), one.name)
        for one in files_of(part)
        if one.attachment and one.sha256
    }


def taken(receipt: Receipt) -> Outcome:
    return Outcome(state=receipt.state.value, provider_id=receipt.id, also=receipt.also)


def refused(verdict: Failed) -> Outcome:
    """The provider said no. When its no concerns the whole channel, the message waits unburnt."""
    if verdict.scope is Reach.CHANNEL:
        return Outcome("pending", reason="held", channel_down=verdict.detail or str(verdict.reason))
    return Outcome(
        "failed",
        reason=str(verdict.reason),
        detail=verdict.detail[:300],
        blocked=verdict.scope is Reach.PERSON and verdict.reason == "blocked",
    )


def put_off(verdict: Later, due: Due, *, at: datetime) -> Outcome:
    """Not now: wait as told, longer with each attempt; after two days say that it failed."""
    if due.attempt >= MOST_ATTEMPTS:
        return Outcome("failed", reason=str(Reason.OTHER), detail=verdict.detail[:300])
    wait = max(verdict.after, _growing(due))
    return Outcome("pending", reason="later", detail=verdict.detail[:300], due=at + wait)


def rested(verdict: Later, due: Due, *, at: datetime) -> Outcome:
    """Nobody was called: again when the rest is over, not all in one moment."""
    later = at + verdict.after + timedelta(milliseconds=due.id % 1000)
    return Outcome("pending", reason="later", detail=verdict.detail[:300], due=later, tried=False)


def in_doubt(delivery: DeliveryClass, due: Due, *, at: datetime) -> Outcome:
    """No answer came. Only a provider that drops repeats is told again, for two days too."""
    if delivery is DeliveryClass.KEYED and due.attempt < MOST_ATTEMPTS:
        return Outcome("pending", reason="later", due=at + _growing(due))
    return Outcome("uncertain", reason="no answer")


def _growing(due: Due) -> timedelta:
    return timedelta(seconds=min(2**due.attempt, LONGEST_WAIT.total_seconds()))


def columns(due: Due, outcome: Outcome, owner: int) -> dict[str, Any]:
    return {
        "id": due.id,
        "attempt": due.attempt,
        "owner": owner,
        "state": outcome.state,
        "reason": outcome.reason,
        "detail": outcome.detail,
        "due": outcome.due,
        "provider_id": outcome.provider_id,
        "back": 0 if outcome.tried else 1,
    }


Verdict = Failed | Later | Doubtful
