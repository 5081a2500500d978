"""Which cases the list shows, read from the address and written back into it."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlencode

import msgspec
from django.http import QueryDict

from filo.conversations.types import CaseFilter
from filo.core.ids import number

VIEWS = ("mine", "take", "all", "mentions", "snoozed", "solved")
STATUS = {
    "active": ("open", "waiting"),
    "open": ("open",),
    "waiting": ("waiting",),
    "snoozed": ("snoozed",),
    "solved": ("solved",),
}
SORTS = ("due", "newest", "oldest")
OWNERS = {"mine": "me", "take": "queue"}


class Wanted(msgspec.Struct, frozen=True):
    view: str = "mine"
    team: str = ""
    channel: str = ""
    status: str = "active"
    sort: str = "due"

    @property
    def key(self) -> str:
        """The place in the column of views that this is."""
        return self.team or self.channel or self.view

    @property
    def statuses(self) -> tuple[str, ...]:
        return STATUS[self.view if self.view in STATUS else self.status]

    @property
    def filter(self) -> CaseFilter:
        return CaseFilter(
            status=self.statuses,
            owner=OWNERS.get(self.view, ""),
            team=number("tem", self.team) if self.team else None,
            channel=number("chn", self.channel) if self.channel else None,
            sort=self.sort,
        )

    def address(self, **changes: str) -> str:
        """The query part of an address, as short as it can be; `changes` may name more."""
        known = {key: changes.pop(key) for key in list(changes) if key in self.__struct_fields__}
        meant = msgspec.structs.replace(self, **known)
        usual = Wanted()
        said = {
            field: getattr(meant, field)
            for field in self.__struct_fields__
            if getattr(meant, field) != getattr(usual, field)
        }
        return f"?{urlencode(said | changes)}" if said or changes else ""


def wanted(query: QueryDict) -> Wanted:
    """What the address asks for; anything unknown is the usual."""
    usual = Wanted()
    team, channel = query.get("team", ""), query.get("channel", "")
    return Wanted(
        view="all" if team or channel else _one_of(VIEWS, query.get("view"), usual.view),
        team=team,
        channel="" if team else channel,
        status=_one_of(STATUS, query.get("status"), usual.status),
        sort=_one_of(SORTS, query.get("sort"), usual.sort),
    )


def _one_of(known: Collection[str], said: str | None, usual: str) -> str:
    return said if said and said in known else usual
