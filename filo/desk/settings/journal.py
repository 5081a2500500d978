"""The journal's doors, as the settings need them. It stands beside the desk in the tower, so the
project names the part that keeps it (`JOURNAL`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from typing import Protocol, cast

from django.conf import settings

from filo.core.db import Cursor
from filo.staff.types import Scope


class Unread(Protocol):
    id: str
    channel: str
    at: datetime
    reason: str
    size: int


class Dead(Protocol):
    id: str
    journal: str
    channel: str
    who: str
    error: str
    tries: int
    at: datetime


class Conflict(Protocol):
    scope: str
    key: str
    journal: str
    at: datetime


class Questions(Protocol):
    def unread(self, cur: Cursor, scope: Scope) -> Sequence[Unread]: ...
    def dead(self, cur: Cursor, scope: Scope) -> Sequence[Dead]: ...
    def conflicts(self, cur: Cursor, scope: Scope) -> Sequence[Conflict]: ...


class Deeds(Protocol):
    def replay(self, cur: Cursor, actor: Scope, journals: Sequence[int]) -> int: ...
    def revive(self, cur: Cursor, actor: Scope, dead: Sequence[int]) -> int: ...


def questions() -> Questions:
    return cast(Questions, import_module(f"{settings.JOURNAL}.queries"))


def deeds() -> Deeds:
    return cast(Deeds, import_module(f"{settings.JOURNAL}.operations"))
