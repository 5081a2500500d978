"""Values that other parts may know about channels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from filo.channels.contract import Hop


class ChannelConfig(msgspec.Struct, frozen=True):
    """One connected channel, opened. `settings` holds its secrets, so it is never printed."""

    id: int
    public: str
    kind: str
    name: str
    team: int
    team_name: str
    settings: dict[str, str]
    active: bool = True
    answer_within: timedelta | None = None
    state: str = "ok"  # ok, needs_you
    reason: str = ""

    def __repr__(self) -> str:
        return f"ChannelConfig({self.public} {self.kind} {self.name!r} {self.state})"

    @property
    def hook(self) -> str:
        """The path that the provider calls."""
        return f"/hooks/{self.public}"

    @property
    def needs_you(self) -> bool:
        return self.state == "needs_you"


class ChannelHealth(msgspec.Struct, frozen=True):
    """How a channel does: what came, what went, what was refused, and why it needs somebody."""

    state: str = "ok"
    reason: str = ""
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    failed_at: datetime | None = None
    forged: int = 0
    unknown: int = 0
    conflicts: int = 0
    failures: int = 0
    quality: str = ""
    quota: str = ""
    ends_at: datetime | None = None  # when the key ends
    renewed_at: datetime | None = None
    looked_at: datetime | None = None  # when it last could not be exchanged
    exchange_from: datetime | None = None  # the provider exchanges it no sooner
    keyed_at: datetime | None = None  # since when it has the secrets that it has


class Gap(msgspec.Struct, frozen=True):
    """A silence that was looked into: how long, and how much was recovered, or why nothing."""

    at: datetime
    began: datetime | None
    ended: datetime | None
    messages: int
    why: str = ""

    @property
    def hours(self) -> int:
        if self.began is None or self.ended is None:
            return 0
        return max(1, round((self.ended - self.began).total_seconds() / 3600))


class Traffic(msgspec.Struct, frozen=True):
    """What a channel's sends came to."""

    sent: int = 0
    failed: int = 0

    @property
    def percent(self) -> int:
        return round(100 * self.failed / (self.sent + self.failed)) if self.failed else 0


class Place(msgspec.Struct, frozen=True):
    """How far a mailbox or a feed was read, and when it was last read to its end."""

    cursor: str = ""
    polled_at: datetime | None = None


class TemplateView(msgspec.Struct, frozen=True):
    """A template of a channel, as the provider last told it."""

    channel: int
    name: str
    language: str
    state: str
    category: str = ""
    header: str = ""
    body: str = ""
    footer: str = ""
    buttons: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    detail: str = ""
    neutral: bool = False

    @property
    def usable(self) -> bool:
        return self.state == "approved"


class Shelf(msgspec.Struct, frozen=True):
    """How fresh the templates of a channel are."""

    read_at: datetime | None = None
    due_at: datetime | None = None
    problem: str = ""


ONCE = "once:"  # begins what stays of a step whose tick was taken back


class SetupView(msgspec.Struct, frozen=True):
    """How far a set-up is. `settings` is what a draft holds so far, secrets too: never printed."""

    kind: str
    channel: int | None = None
    settings: dict[str, str] = {}
    done: tuple[str, ...] = ()
    hops: tuple[Hop, ...] = ()
    tried_at: datetime | None = None

    def __repr__(self) -> str:
        return f"SetupView({self.kind} {self.channel} {self.done})"

    def was_done(self, step: str) -> bool:
        """Was it ever ticked by hand?"""
        return f"{ONCE}{step}" in self.done


class BadTemplate(ValueError):
    """This template cannot be sent so. `problems` says for each variable what is missing."""

    def __init__(self, text: str, problems: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.problems = dict(problems or {})


class NoSuchChannel(LookupError):
    """No channel has this number."""


class BadSettings(ValueError):
    """Settings that cannot work. `problems` says for each field what to write instead."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)
