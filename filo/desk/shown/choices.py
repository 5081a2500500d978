"""What can be chosen around the list: views, statuses, orders."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from django.urls import reverse
from django.utils.translation import gettext as _

from filo.channels.types import ChannelConfig
from filo.conversations.types import Counts
from filo.desk.wanted import Wanted
from filo.staff.types import TeamView

MANY = 1000


class View(msgspec.Struct, frozen=True):
    key: str
    words: str
    href: str
    here: bool
    icon: str = ""
    kind: str = ""
    count: int | None = None
    hot: bool = False

    @property
    def shown_count(self) -> str:
        return f"{MANY - 1}+" if self.count is not None and self.count >= MANY else str(self.count)


class Group(msgspec.Struct, frozen=True):
    title: str
    views: tuple[View, ...]


class Choice(msgspec.Struct, frozen=True):
    words: str
    href: str
    here: bool
    icon: str = ""


class Empty(msgspec.Struct, frozen=True):
    """What an empty list says, and the one thing to do next."""

    title: str
    words: str
    href: str = ""
    button: str = ""


def groups(
    wanted: Wanted, counts: Counts, teams: Iterable[TeamView], channels: Iterable[ChannelConfig]
) -> list[Group]:
    of_teams = tuple(
        _view(wanted, Wanted("all", team=team.id), team.name, "users-round", _of(counts, team.id))
        for team in teams
    )
    of_channels = tuple(
        _view(wanted, Wanted("all", channel=each.public), each.name, kind=each.kind)
        for each in channels
    )
    named = ((_("Teams"), of_teams), (_("Channels"), of_channels))
    return [_main(wanted, counts), *(Group(title, views) for title, views in named if views)]


def heading(found: Iterable[Group]) -> View | None:
    """The view that is open."""
    return next((view for group in found for view in group.views if view.here), None)


def chips(wanted: Wanted) -> list[Choice]:
    """The statuses; the views that are a status themselves need none."""
    if wanted.view in ("mentions", "snoozed", "solved"):
        return []
    words = {
        "active": _("To do"),
        "open": _("Open"),
        "waiting": _("Waiting"),
        "snoozed": _("Snoozed"),
        "solved": _("Solved"),
    }
    return [
        Choice(each, reverse("desk:queue") + wanted.address(status=status), status == wanted.status)
        for status, each in words.items()
    ]


def sorts(wanted: Wanted) -> list[Choice]:
    words = {
        "due": (_("Due first"), "timer"),
        "newest": (_("Newest first"), "arrow-down-wide-narrow"),
        "oldest": (_("Waiting longest"), "hourglass"),
    }
    return [
        Choice(each, reverse("desk:queue") + wanted.address(sort=sort), sort == wanted.sort, icon)
        for sort, (each, icon) in words.items()
    ]


def empty(wanted: Wanted) -> Empty:
    take = reverse("desk:queue") + Wanted("take").address()
    match wanted.view:
        case "mine":
            words = _("Take one from those that nobody has yet.")
            return Empty(_("You have answered everybody"), words, take, _("To take"))
        case "take":
            return Empty(_("Nobody is waiting to be taken"), _("New messages appear here at once."))
        case "mentions":
            words = _("When a colleague writes your name in a note, it is here.")
            return Empty(_("Nobody has called you"), words)
        case _:
            words = _("Choose another status or view.")
            everything = reverse("desk:queue") + Wanted("all").address()
            return Empty(_("Nothing here"), words, everything, _("All conversations"))


def _main(wanted: Wanted, counts: Counts) -> Group:
    take = _view(wanted, Wanted("take"), _("To take"), "hand", counts.to_take)
    return Group(
        "",
        (
            _view(wanted, Wanted("mine"), _("My queue"), "inbox", counts.mine),
            msgspec.structs.replace(take, hot=True),
            _view(wanted, Wanted("all"), _("All"), "layers", counts.all),
            _view(wanted, Wanted("mentions"), _("Mentions"), "at-sign", counts.mentions),
            _view(wanted, Wanted("snoozed"), _("Snoozed"), "alarm-clock", counts.snoozed),
            _view(wanted, Wanted("solved"), _("Solved"), "circle-check"),
        ),
    )


def _view(
    here: Wanted,
    meant: Wanted,
    words: str,
    icon: str = "",
    count: int | None = None,
    *,
    kind: str = "",
) -> View:
    href = reverse("desk:queue") + meant.address(sort=here.sort)
    return View(meant.key, words, href, here.key == meant.key, icon, kind, count)


def _of(counts: Counts, team: str) -> int:
    return counts.by_team.get(team, 0)
