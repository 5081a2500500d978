"""Values that the faces may know about what is told live."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class Line(msgspec.Struct, frozen=True):
    """One message as the customer's own browser shows it. Notes never become one.

    `parts` are what was really said on the channel; `refs` name our deliveries in their receipts.
    """

    id: str
    mine: bool  # the customer wrote it
    at: datetime
    state: str  # of theirs: delivered, read; of ours: sent, delivered, read
    parts: tuple[dict[str, Any], ...] = ()
    by: str = ""
    client_id: str = ""
    refs: tuple[str, ...] = ()
    answers: str = ""  # the id of the line that this one answers
    chose: str = ""  # the option that was pressed there, or the form that was filled in
    edited: bool = False
    withdrawn: bool = False


class Panel(msgspec.Struct, frozen=True):
    """The newest lines of one visitor, and the place in the log from which to listen on."""

    cursor: str
    lines: tuple[Line, ...] = ()


class Happened(msgspec.Struct, frozen=True):
    """One event as a fact."""

    id: str
    type: str
    at: datetime
    customer: str | None
    case: str | None
    data: dict[str, Any]


class HouseMatters(msgspec.Struct, frozen=True):
    """What administrators did with people, teams and channels, the newest first."""

    items: tuple[Happened, ...]
    before: str  # where the next page goes on; empty: nothing older


class HappenedPage(msgspec.Struct, frozen=True):
    """Events that one reader may read. `cursor` stands after all that was looked at."""

    items: tuple[Happened, ...]
    cursor: str
    more: bool
