"""Values that other parts may know about staff."""

from __future__ import annotations

import msgspec

# Rung with a person's number when their sessions have ended: whoever holds one open lets go.
ENDED = "filo_staff"


class Scope(msgspec.Struct, frozen=True):
    """What one person may read and do. Every read goes through one of these."""

    staff: int
    name: str
    email: str
    role: str  # admin, supervisor, agent
    teams: tuple[int, ...]
    language: str = "it"
    speaks: bool = False  # may answer in public, wherever they work
    speaking: tuple[int, ...] = ()  # teams whose members may answer in public

    @property
    def everything(self) -> bool:
        """An administrator reads all."""
        return self.role == "admin"

    @property
    def leads(self) -> bool:
        """May assign others' cases and re-open: supervisors of their teams, administrators."""
        return self.role in {"admin", "supervisor"}

    def may_work(self, team: int) -> bool:
        return self.everything or team in self.teams

    def may_answer_in_public(self, team: int) -> bool:
        """What everyone can read is another verb: it needs a permission of its own."""
        return self.everything or self.speaks or team in self.speaking


class Colleague(msgspec.Struct, frozen=True):
    id: str
    name: str
    email: str
    role: str
    teams: tuple[str, ...] = ()


class TeamView(msgspec.Struct, frozen=True):
    id: str
    name: str
    answers_in_public: bool = False


class NotAllowed(Exception):
    """The person may see it but not do it. The text says who can."""


class NoSuchPerson(LookupError):
    """Nobody with this number works here now."""


class NoSuchTeam(LookupError):
    """There is no team with this number."""


class Person(msgspec.Struct, frozen=True):
    """One person as the settings show them. `invited`: they have not chosen a password yet."""

    number: int
    id: str
    name: str
    email: str
    role: str
    active: bool
    language: str
    invited: bool
    teams: tuple[int, ...] = ()
    answers_in_public: bool = False

    @property
    def shown(self) -> str:
        return self.name or self.email


class Refused(ValueError):
    """The change cannot be made. `field` says where; `words`, filled with `values`, what to do."""

    def __init__(self, field: str, words: str, **values: str) -> None:
        super().__init__(words % values if values else words)
        self.field = field
        self.words = words
        self.values = values
