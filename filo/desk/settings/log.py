"""What was done with people, teams and channels, and who did it: for administrators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from filo.channels import queries as channels
from filo.desk.access import Asked
from filo.desk.settings.frame import for_administrators, show
from filo.desk.shown.faces import Face, face
from filo.desk.shown.roles import roles
from filo.live import queries as live
from filo.live.types import Happened
from filo.staff import queries as staff

ICONS = {
    "staff_changed": "user-pen",
    "team_changed": "network",
    "journal_replayed": "rotate-ccw",
    "customer_looked_up": "search",
}


class Line(msgspec.Struct, frozen=True):
    """One change. `by` is empty where the command line or the house itself did it."""

    id: str
    at: datetime
    icon: str
    subject: str
    words: str
    by: str
    face: Face | None


@require_GET
@for_administrators
def log(request: Asked) -> HttpResponse:
    page = live.matters(request.cur, request.scope, request.GET.get("before", ""))
    names = _names(request)
    context = {"lines": [_line(one, names) for one in page.items], "before": page.before}
    return show(request, "log", "log", context)


def _names(request: Asked) -> dict[str, str]:
    """What people, teams and channels are called now, by their ids."""
    people = {one.id: one.shown for one in staff.everybody(request.cur)}
    teams = {one.id: one.name for one in staff.all_teams(request.cur)}
    connected = {one.public: one.name for one in channels.load(request.cur)}
    return people | teams | connected


def _line(one: Happened, names: Mapping[str, str]) -> Line:
    body = one.data
    subject = next((str(body[key]) for key in ("person", "team", "channel") if key in body), "")
    author = names.get(body.get("by", ""), "")
    return Line(
        one.id,
        one.at,
        ICONS.get(one.type, "radio-tower"),
        names.get(subject, subject),
        _words(one.type, body, names),
        author,
        face(author, body["by"]) if author else None,
    )


def _words(type: str, body: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What happened, in the reader's language. What we have no words for is named as it is."""
    what = str(body.get("what", ""))
    teller = TELLERS.get(type)
    return teller(what, body, names) if teller else type


def _of_person(what: str, body: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if what == "public_answers":
        return _speaks(body)
    teams = ", ".join(names.get(one, one) for one in body["to"]) if what == "teams" else ""
    return _people(what) % {"role": roles().get(str(body.get("to")), ""), "teams": teams or "-"}


def _of_team(what: str, body: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if what == "public_answers":
        return _speaks(body)
    return _("Founded") if what == "made" else _("Renamed")


def _of_channel(what: str, body: Mapping[str, Any], names: Mapping[str, str]) -> str:
    return _channel(what)


def _of_provider(what: str, body: Mapping[str, Any], names: Mapping[str, str]) -> str:
    more = (_announced(what), body["name"], body["state"], body["detail"])
    return " · ".join(filter(None, more))


def _of_gap(what: str, body: Mapping[str, Any], names: Mapping[str, str]) -> str:
    why: str = body["why"]
    return why or _("A gap was filled: %(n)s read.") % {"n": body["messages"]}


def _of_journal(what: str, body: Mapping[str, Any], names: Mapping[str, str]) -> str:
    return _("Read again: %(calls)s") % {"calls": ", ".join(body["calls"])}


def _of_counter(what: str, body: Mapping[str, Any], names: Mapping[str, str]) -> str:
    way = _("Somebody was looked up by code") if what == "code" else _("Somebody was looked up")
    return " · ".join([way, ", ".join(body["found"]) or _("nobody was found")])


TELLERS: dict[str, Callable[[str, Mapping[str, Any], Mapping[str, str]], str]] = {
    "staff_changed": _of_person,
    "team_changed": _of_team,
    "channel_changed": _of_channel,
    "channel_announced": _of_provider,
    "channel_gap": _of_gap,
    "journal_replayed": _of_journal,
    "customer_looked_up": _of_counter,
}


def _speaks(body: Mapping[str, Any]) -> str:
    return _("May answer in public") if body["to"] else _("May not answer in public any more")


def _people(what: str) -> str:
    return {
        "came": _("Invited as %(role)s"),
        "name": _("Renamed"),
        "role": _("Role: %(role)s"),
        "teams": _("Teams: %(teams)s"),
        "off": _("Switched off"),
        "on": _("Switched on again"),
        "password": _("Chose a password"),
        "second_factors_gone": _("Second factors taken away"),
        "link_made": _("A link to come in was made"),
        "token_made": _("A token of the API was made"),
        "token_gone": _("A token of the API was withdrawn"),
    }.get(what, what)


def _channel(what: str) -> str:
    return {
        "connected": _("Connected"),
        "settings": _("Settings changed"),
        "name": _("Renamed"),
        "on": _("Switched on again"),
        "off": _("Switched off"),
        "ok": _("Works again"),
        "needs_you": _("Needs somebody"),
        "neutral_template": _("Another neutral template"),
        "templates_asked": _("Templates asked for again"),
    }.get(what, _("Changed"))


def _announced(what: str) -> str:
    return {
        "template": _("Template"),
        "quality": _("Quality"),
        "limit": _("Limit"),
        "revoked": _("The key was withdrawn"),
        "restricted": _("Restricted by the provider"),
        "restored": _("Works again"),
        "key": _("The key could not be exchanged"),
    }.get(what, what)
