"""What the desk's templates are given: each function asks a known number of questions."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from filo.channels import queries as channels
from filo.conversations import operations, queries
from filo.conversations.types import CaseFilter, CasePage, CaseView, MessagePage, Road
from filo.core import clock
from filo.core.ids import number, public
from filo.customers import queries as customers
from filo.desk.access import USUAL_ZONE, Asked
from filo.desk.shown import choices, keys, later, lines, people, rows, rungs, times
from filo.desk.shown.emoji import EMOJI
from filo.desk.shown.faces import Face, face
from filo.desk.shown.flow import flow
from filo.desk.wanted import Wanted
from filo.live import queries as live
from filo.outbound import queries as outbound
from filo.outbound.types import Step
from filo.staff import queries as staff
from filo.staff.types import Colleague, Scope

Context = dict[str, Any]
PAGE = 50
THREAD = 40
EVERY_STATUS = ("open", "waiting", "snoozed", "solved")


class Me(msgspec.Struct, frozen=True):
    id: str
    name: str
    email: str
    role: str
    face: Face


class Steps(msgspec.Struct, frozen=True):
    """What this person may do with this case now."""

    unsolved: bool
    may_take: bool
    may_release: bool
    may_reopen: bool


class Named(msgspec.Struct, frozen=True):
    """As much of the customer as the line above the thread needs."""

    name: str


class Draft(msgspec.Struct, frozen=True):
    text: str = ""
    note: bool = False


def frame(asked: Asked) -> Context:
    """What every page has: who you are, your wishes, the keys."""
    scope = asked.scope
    role = {"admin": _("Administrator"), "supervisor": _("Supervisor"), "agent": _("Agent")}
    return {
        "me": Me(
            public("stf", scope.staff),
            scope.name or scope.email,
            scope.email,
            role[scope.role],
            _my_face(scope),
        ),
        "wishes": asked.wishes,
        "theme": asked.wishes.theme,
        "density": asked.wishes.density,
        "keys": keys.keys(),
        "commands": keys.commands(),
        "rail": keys.rail(scope),
        "query": "",
    }


def around(asked: Asked, wanted: Wanted, *, after: str = "") -> Context:
    """The columns beside a thread, and the place in the log from which they are true."""
    return place(asked) | columns(asked, wanted, after=after)


def place(asked: Asked) -> Context:
    """Ask before reading what the page shows: what happens meanwhile is told after it."""
    return {"cursor": live.head(asked.cur), "login": _print_of(asked)}


def columns(asked: Asked, wanted: Wanted, *, after: str = "") -> Context:
    """Views with their numbers, and the list."""
    return views(asked, wanted) | listed(asked, wanted, after=after)


def views(asked: Asked, wanted: Wanted) -> Context:
    """Three queries."""
    counts = queries.counts(asked.cur, asked.scope)
    groups = choices.groups(wanted, counts, staff.teams(asked.cur, asked.scope), _channels(asked))
    here = choices.heading(groups)
    return {
        "groups": groups,
        "heading": here.words if here else _("Conversations"),
        "heading_count": here.shown_count if here and here.count is not None else None,
        "chips": choices.chips(wanted),
        "sorts": choices.sorts(wanted),
        "sort_words": next(sort.words for sort in choices.sorts(wanted) if sort.here),
        "wanted": wanted,
        "query": wanted.address(),
    }


def listed(asked: Asked, wanted: Wanted, *, after: str = "") -> Context:
    page = _page(asked, wanted, after)
    return {
        "rows": rows.rows(page.items, at=clock.now()),
        "query": wanted.address(),
        "more": reverse("desk:queue") + wanted.address(after=page.next) if page.next else "",
        "empty": choices.empty(wanted),
    }


def opened(asked: Asked, case: CaseView, *, draft: Draft | None = None) -> Context:
    """The thread of the case's customer, its composer and the panel."""
    cur, scope, id_ = asked.cur, asked.scope, number("cas", case.id)
    customer_id = number("cus", case.customer)
    customer = customers.customer(cur, scope, customer_id)
    page = queries.thread(cur, scope, customer_id, limit=THREAD)
    roads = queries.roads(cur, scope, id_)
    addresses = people.addresses(customer, roads)
    return (
        head(asked, case)
        | flowing(asked, case, page)
        | composer(asked, case, roads, last_seen=_newest(page), draft=draft)
        | {
            "customer": customer,
            "face": face(customer.name, customer.id),
            "identities": addresses,
            "identities_title": people.addresses_title(len(addresses)),
            "language": people.language_words(customer.language),
            "past": people.past(_cases_of(asked, customer_id)),
        }
    )


def head(asked: Asked, case: CaseView) -> Context:
    """The line above the thread, with what may be done."""
    at = clock.now()
    everybody = staff.colleagues(asked.cur, asked.scope)
    return {
        "case": case,
        "face": face(case.customer_name, case.customer),
        "status": rows.status_pill(case),
        "due": times.due(case.due_at, case.last_at, at=at) if case.status == "open" else None,
        "steps": _steps(asked.scope, case),
        "snoozes": later.choices(at=timezone.localtime(at)),
        "colleagues": _may_get(asked.scope, case, everybody),
        "teams": staff.all_teams(asked.cur),
        "owner_words": _owner_words(case),
    }


def flowing(
    asked: Asked, case: CaseView, page: MessagePage, *, until: datetime | None = None
) -> Context:
    """Messages and what happened between them, from the first of the page to the next page."""
    customer = number("cus", case.customer)
    since = page.items[0].at if page.before and page.items else None
    happened = queries.lines(asked.cur, asked.scope, customer, since=since)
    happened = [one for one in happened if until is None or one.at < until]
    place = {"before": page.before, "until": since.isoformat() if since else ""}
    older = f"{reverse('desk:older', args=[case.id])}?{urlencode(place)}"
    at = clock.now()
    return {
        "flow": list(
            flow(
                page.items,
                lines.lines(happened),
                unread=case.unread,
                at=at,
                openly=queries.tree(asked.cur, asked.scope, _posts(page)),
            )
        ),
        "older": older if page.before else "",
    }


def _posts(page: MessagePage) -> list[int]:
    posts = {one.public.post.id for one in page.items if one.public and one.public.post}
    return [number("pst", post) for post in sorted(posts)]


def composer(
    asked: Asked,
    case: CaseView,
    roads: Sequence[Road],
    *,
    last_seen: str = "",
    draft: Draft | None = None,
    road: str = "",
) -> Context:
    ways = people.ways(roads, at=clock.now())
    kept = draft or Draft(*operations.draft(asked.cur, asked.scope, number("cas", case.id)))
    chosen = _chosen(ways, road)
    zone = outbound.zone_of(((one.space, one.address) for one in roads), house=USUAL_ZONE)
    there = clock.now().astimezone(ZoneInfo(zone))
    return _noted(asked, case, roads, ways) | {
        "customer": Named(case.customer_name),
        "wishes": asked.wishes,
        "road": chosen,
        "has_templates": any(road.templates for road in roads),
        "their_zone": zone,
        "their_time": formats.date_format(there, "H:i"),
        "laters": later.choices(at=there, before=chosen.until if chosen else None),
        "pointer": _("We have written to you in private."),
        "speaks": asked.scope.may_answer_in_public(number("tem", case.team)),
        "draft": kept,
        "client_id": secrets.token_urlsafe(12),
        "last_seen": last_seen,
        "emoji": EMOJI,
    }


def road_note(asked: Asked, case: CaseView, roads: Sequence[Road]) -> Context:
    """What stands above the words: may one answer, and what is left when the road is closed?"""
    return _noted(asked, case, roads, people.ways(roads, at=clock.now()))


def _noted(
    asked: Asked, case: CaseView, roads: Sequence[Road], ways: Sequence[people.Way]
) -> Context:
    return {
        "case": case,
        "roads": ways,
        "no_road": all(way.closed for way in ways),
        "offers": rungs.offers(_ladder(asked, case, roads)),
        "steps": _steps(asked.scope, case),
    }


def _ladder(asked: Asked, case: CaseView, roads: Sequence[Road]) -> Sequence[Step]:
    """Asked for only where the usual road is closed."""
    if case.status == "solved":
        return ()
    return outbound.steps(asked.cur, roads, language="")


def _chosen(ways: Sequence[people.Way], wanted: str) -> people.Way | None:
    """The road that was chosen, if it is still open, else the first that is."""
    open_now = [way for way in ways if not way.closed]
    return next((way for way in open_now if way.id == wanted), next(iter(open_now), None))


def _print_of(asked: Asked) -> str:
    """Names the login without telling it: tabs that share it share one stream."""
    return hashlib.sha256(str(asked.session.session_key).encode()).hexdigest()[:16]


def _page(asked: Asked, wanted: Wanted, after: str) -> CasePage:
    if wanted.view == "mentions":
        return CasePage(queries.mentions(asked.cur, asked.scope))
    cur, scope = asked.cur, asked.scope
    return queries.cases(cur, scope, wanted.filter, after=after or None, limit=PAGE)


def _cases_of(asked: Asked, customer: int) -> Sequence[CaseView]:
    everything = CaseFilter(status=EVERY_STATUS, customer=customer, sort="newest")
    return queries.cases(asked.cur, asked.scope, everything, limit=8).items


def _channels(asked: Asked) -> list[Any]:
    scope = asked.scope
    return [each for each in channels.load(asked.cur) if scope.may_work(each.team)]


def _newest(page: MessagePage) -> str:
    return page.items[-1].id if page.items else ""


def _steps(scope: Scope, case: CaseView) -> Steps:
    unsolved = case.status != "solved"
    mine = case.owner.id == public("stf", scope.staff)
    others = case.owner.type == "person" and not mine
    works = scope.may_work(number("tem", case.team))
    return Steps(
        unsolved=unsolved,
        may_take=unsolved and works and not mine and (scope.leads or not others),
        may_release=unsolved and case.owner.type == "person" and (mine or scope.leads),
        may_reopen=works and scope.leads,
    )


def _may_get(scope: Scope, case: CaseView, everybody: Sequence[Colleague]) -> list[Any]:
    """Supervisors choose among the team; an agent gives away what is theirs."""
    mine = case.owner.id == public("stf", scope.staff)
    if not scope.leads and not mine:
        return []
    able = [one for one in everybody if case.team in one.teams or one.role == "admin"]
    return [Person(one.id, one.name, face(one.name, one.id)) for one in able]


class Person(msgspec.Struct, frozen=True):
    id: str
    name: str
    face: Face


def _owner_words(case: CaseView) -> str:
    match case.owner.type:
        case "person":
            return case.owner.name
        case "bot":
            return _("A bot")
        case _:
            return _("Nobody yet")


def _my_face(scope: Scope) -> Face:
    return face(scope.name or scope.email, public("stf", scope.staff))
