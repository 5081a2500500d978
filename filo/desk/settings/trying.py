"""“Send me a test”: a word goes round the real loop, and each hop is shown as it is passed.

Somebody writes to the channel as a customer would; we watch the call come in, be understood, stand
in the thread, be answered, and the answer be delivered, with the provider's own words if it fails.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from filo.channels import queries as channels
from filo.channels.contract import Text
from filo.channels.types import ChannelConfig, ChannelHealth
from filo.conversations import operations, queries
from filo.conversations.types import CaseFilter, CaseView, DeliveryView, MessageView
from filo.core import clock
from filo.core.ids import number
from filo.desk.access import Asked
from filo.desk.settings.channels import find
from filo.desk.settings.frame import for_administrators, show

EVERY = ("open", "waiting", "snoozed", "solved")
LOOKS = 5


class Hop(msgspec.Struct, frozen=True):
    """`state`: waits, here, passed, failed."""

    words: str
    state: str
    detail: str = ""
    href: str = ""


class Start(msgspec.Struct, frozen=True):
    """How the channel stood when the test began; it travels in the page's own address."""

    since: datetime
    forged: int
    unknown: int

    @property
    def query(self) -> str:
        since = str(self.since.timestamp())
        return urlencode([("since", since), ("forged", self.forged), ("unknown", self.unknown)])


@require_http_methods(["GET", "POST"])
@for_administrators
def test(request: Asked, id: str) -> HttpResponse:
    found = find(request, id)
    if request.method == "POST":
        health = channels.health(request.cur, found.id)
        start = Start(clock.now(), health.forged, health.unknown)
        where = reverse("desk:settings_test", args=[id])
        return HttpResponseRedirect(f"{where}?{start.query}")
    return show(request, "channels", "test", _context(request, found))


@require_GET
@for_administrators
def hops(request: Asked, id: str) -> HttpResponse:
    """The list alone, asked for every two seconds."""
    return render(request, "desk/settings/_hops.html", _context(request, find(request, id)))


@require_POST
@for_administrators
def answer(request: Asked, id: str) -> HttpResponse:
    """Answer the test's case as anybody would: the same operation, the same sender."""
    found, start = find(request, id), _start(request)
    case = _case(request, found, start) if start else None
    where = reverse("desk:settings_test", args=[id])
    if start is None or case is None:
        return HttpResponseRedirect(where)
    words = _("This is a test from Filo: your message arrived, and this is our answer.")
    operations.reply(
        request.cur,
        request.scope,
        number("cas", case.id),
        [Text(words)],
        client_id=f"test-{start.since.timestamp()}",
    )
    return HttpResponseRedirect(f"{where}?{start.query}")


def _context(request: Asked, found: ChannelConfig) -> dict[str, Any]:
    start = _start(request)
    if start is None:
        return {"channel": found, "hops": [], "start": None}
    health = channels.health(request.cur, found.id)
    case = _case(request, found, start)
    said = _answer(request, case, start) if case else None
    steps = _hops(health, start, case, said)
    return {
        "channel": found,
        "start": start,
        "hops": steps,
        "case": case,
        "who": (case and case.customer_name) or _("this customer"),
        "may_answer": case is not None and said is None,
        "over": all(hop.state == "passed" for hop in steps),
    }


def _start(request: Asked) -> Start | None:
    told = request.GET
    try:
        since = datetime.fromtimestamp(float(told["since"]), UTC)
        return Start(since, int(told["forged"]), int(told["unknown"]))
    except (KeyError, ValueError, OverflowError, OSError):
        return None


def _case(request: Asked, found: ChannelConfig, start: Start) -> CaseView | None:
    """The case in which somebody has spoken over this channel since the test began.

    It may have begun on another channel, so the few newest threads are looked into.
    """
    newest = CaseFilter(status=EVERY, sort="newest")
    for case in queries.cases(request.cur, request.scope, newest, limit=LOOKS).items:
        if case.last_at and case.last_at >= start.since and _heard(request, case, found, start):
            return case
    return None


def _heard(request: Asked, case: CaseView, found: ChannelConfig, start: Start) -> bool:
    page = queries.thread(request.cur, request.scope, number("cus", case.customer), limit=20)
    return any(
        line.direction == "in" and line.channel == found.public and line.at >= start.since
        for line in page.items
        if line.case == case.id
    )


def _answer(request: Asked, case: CaseView, start: Start) -> MessageView | None:
    mark = f"test-{start.since.timestamp()}"
    page = queries.thread(request.cur, request.scope, number("cus", case.customer), limit=20)
    return next((line for line in page.items if line.client_id == mark), None)


def _hops(
    health: ChannelHealth, start: Start, case: CaseView | None, said: MessageView | None
) -> list[Hop]:
    arrived = bool(health.last_in_at and health.last_in_at >= start.since) or case is not None
    return [
        _arrival(health, start, arrived=arrived),
        _understanding(health, start, case, arrived=arrived),
        _answering(case, said),
        _delivering(said),
    ]


def _arrival(health: ChannelHealth, start: Start, *, arrived: bool) -> Hop:
    if arrived:
        return Hop(_("The provider called us, and the call is genuine"), "passed")
    if health.forged > start.forged:
        detail = _("A call came with a wrong signature. Compare the secret with the provider's.")
        return Hop(_("The call was refused"), "failed", detail)
    words = _("Write a message to this channel, as a customer would")
    return Hop(words, "here", _("From your phone, your mail or the page with the widget."))


def _understanding(
    health: ChannelHealth, start: Start, case: CaseView | None, *, arrived: bool
) -> Hop:
    if case is not None:
        href = reverse("desk:case", args=[case.id])
        said = case.last_text if case.last_direction == "in" else ""
        detail = f"{case.customer_name}: {said}" if said else case.customer_name
        return Hop(_("Understood, and in the thread"), "passed", detail, href)
    if health.unknown > start.unknown:
        href = reverse("desk:settings_trouble")
        return Hop(_("The call was not understood"), "failed", _("It is kept: see why."), href)
    return Hop(_("It is understood, and stands in the thread"), "here" if arrived else "waits")


def _answering(case: CaseView | None, said: MessageView | None) -> Hop:
    if said is not None:
        return Hop(_("Our answer is written"), "passed")
    return Hop(_("We answer"), "here" if case else "waits")


def _delivering(said: MessageView | None) -> Hop:
    words = {
        "sent": _("The provider took our answer"),
        "delivered": _("Our answer was delivered"),
        "read": _("Our answer was read"),
    }
    if said is None or not said.deliveries:
        return Hop(_("The provider takes our answer"), "waits")
    delivery = said.deliveries[0]
    if delivery.state in words:
        return Hop(words[delivery.state], "passed")
    return _undelivered(delivery)


def _undelivered(delivery: DeliveryView) -> Hop:
    own_words = " ".join(word for word in (delivery.reason, delivery.detail) if word)
    if delivery.state in {"failed", "uncertain"}:
        return Hop(_("The provider did not take our answer"), "failed", own_words)
    return Hop(_("Our answer is on its way"), "here", own_words)
