"""The shop's door on the customer's phone: what the code on the till opens, and their own code."""

from __future__ import annotations

from secrets import randbelow

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from filo.channels import registry
from filo.channels.contract import Handle, Welcomes
from filo.conversations.queries import name_at
from filo.core import admission, clock, qr, rates
from filo.core.admission import Admission, Purpose
from filo.core.db import raw_cursor
from filo.core.passes import Pass, Spoiled
from filo.customers import operations as customers
from filo.customers import queries
from filo.portal import visits
from filo.portal.visits import LASTS, Visit, visit

ONCE = 1 / 600  # a used code is known for ten minutes, far longer than it lasts
PREFIX = "filo:1:"


@require_GET
def place(request: HttpRequest, channel: str) -> HttpResponse:
    """What the printed code opens: write to us, or show who you are."""
    here = _here(request, channel)
    return _shown(render(request, "portal/counter.html", {"here": here, **_mine(here)}))


@require_http_methods(["GET", "POST"])
def admit(request: HttpRequest, channel: str, code: str) -> HttpResponse:
    """A code shown to this customer alone. To look at it does nothing; to press it lets them in."""
    here = _here(request, channel)
    try:
        given = admission.read(code, key=here.key, channel=here.channel.public, at=clock.now())
    except Spoiled:
        given = None
    if given is None or given.purpose is not Purpose.COME_IN:
        return _over(request, here)
    if request.method == "GET":
        return _shown(render(request, "portal/admission.html", {"here": here}))
    if not rates.may(raw_cursor(), f"admission:{code}", rate=ONCE, size=1):
        return _over(request, here)
    return _let_in(request, here, given)


def _here(request: HttpRequest, channel: str) -> Visit:
    here = visit(request, channel)
    if not isinstance(registry.connector(here.channel.kind), Welcomes):
        raise Http404
    return here


def _mine(here: Visit) -> dict[str, str]:
    """Their own code, for our scanner: only of somebody who has a thread already."""
    value = here.found.value if here.found else ""
    identity = queries.identity(raw_cursor(), here.space, value) if value else None
    if identity is None:
        return {}
    until = admission.until(Purpose.I_AM, at=clock.now())
    given = Admission(Purpose.I_AM, identity, until, randbelow(65536))
    says = PREFIX + admission.write(given, key=here.key, channel=here.channel.public)
    return {"mine": qr.picture(says), "says": says}


def _let_in(request: HttpRequest, here: Visit, given: Admission) -> HttpResponse:
    """This browser is theirs from now on; what it wrote as a stranger comes along."""
    cur = raw_cursor()
    found = queries.holder(cur, given.identity)
    if found is None:
        return _over(request, here)
    space, value, customer = found
    name = name_at(here.channel, customer)
    mine = _as_a_stranger(here)
    also = tuple(pair for pair in ((space, value), *mine) if pair != (name.space, name.value))
    customers.recognise(
        cur, [Handle(name.space, name.value, also=also)], source="counter", verified=True
    )
    until = int((clock.now() + LASTS).timestamp())
    response = HttpResponseRedirect(reverse("portal:panel", args=[here.channel.public]), status=303)
    known = Pass(here.channel.public, name.value, until, also=mine)
    visits.hand_over(response, here, known, secure=request.is_secure())
    return _shown(response)


def _as_a_stranger(here: Visit) -> tuple[tuple[str, str], ...]:
    before = here.found
    if before is None or before.signed_in or not before.value.startswith("v_"):
        return ()
    written = queries.identity(raw_cursor(), here.space, before.value)
    return ((here.space, before.value),) if written else ()


def _over(request: HttpRequest, here: Visit) -> HttpResponse:
    return _shown(
        render(request, "portal/admission.html", {"here": here, "over": True}, status=410)
    )


def _shown(response: HttpResponse) -> HttpResponse:
    response["cache-control"] = "no-store"
    response["referrer-policy"] = "same-origin"  # with none the form would have no origin
    return response
