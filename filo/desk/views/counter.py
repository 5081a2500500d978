"""The counter of a shop, on the tablet of whoever serves: who is this, and what was agreed."""

from __future__ import annotations

from secrets import randbelow, token_urlsafe

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from filo.channels import queries as channels
from filo.channels import registry
from filo.channels.contract import Welcomes
from filo.channels.types import ChannelConfig
from filo.conversations import operations, queries
from filo.conversations.types import CaseFilter, NotFound
from filo.core import admission, clock, home, qr
from filo.core.admission import Admission, Purpose
from filo.core.ids import number
from filo.core.passes import Spoiled
from filo.customers import queries as customers
from filo.customers.operations import looked_up
from filo.customers.types import CustomerView
from filo.desk import showing
from filo.desk.access import Asked, for_staff
from filo.desk.rendering import bubble
from filo.desk.shown import rows
from filo.staff.types import NotAllowed

UNSOLVED = ("open", "waiting", "snoozed")
LAST_WORDS = 4


@require_GET
@for_staff
def counter(request: Asked) -> HttpResponse:
    """Look somebody up by card, phone, mail or the code on their phone: exactly, never a list."""
    words, shops = request.GET.get("q", "").strip()[:200], _shops(request)
    here = _chosen(request, shops)
    found = _who(request, shops, words) if words and here else []
    if words and here:
        shown = [one.id for one in found]
        by_code = _is_code(words)
        looked_up(request.cur, request.scope, here.public, shown, by_code=by_code)
    if len(found) == 1:
        return HttpResponseRedirect(_page_of(request, found[0]))
    context = {"shops": shops, "shop": here, "words": words, "found": found, "here": "counter"}
    if here:
        address = home.origin() + reverse("portal:place", args=[here.public])
        context |= _square(address) | {"address": address}
    return render(request, "desk/counter.html", showing.frame(request) | context)


@require_GET
@for_staff
def visitor(request: Asked, id: str) -> HttpResponse:
    """Who stands here: their open cases, what is promised, and a code for their phone."""
    found = customers.customer(request.cur, request.scope, number("cus", id))
    shop = _chosen(request, _shops(request))
    context = {"customer": found, "shop": shop, **_code(shop, found)}
    if request.headers.get("HX-Target") == "code":
        return render(request, "desk/_code.html", context)
    unsolved = CaseFilter(status=UNSOLVED, customer=number("cus", id), sort="due")
    cases = queries.cases(request.cur, request.scope, unsolved, limit=20).items
    page = queries.thread(request.cur, request.scope, number("cus", id), limit=LAST_WORDS)
    more = {
        "rows": rows.rows(cases, at=clock.now()),
        "said": [bubble(one, request.scope.language) for one in page.items],
        "client_id": token_urlsafe(12),
        "written": request.GET.get("written", ""),
        "here": "counter",
    }
    return render(request, "desk/visitor.html", showing.frame(request) | context | more)


@require_POST
@for_staff
def agreement(request: Asked, id: str) -> HttpResponse:
    customer = number("cus", id)
    customers.customer(request.cur, request.scope, customer)
    shop = _own(request, request.POST.get("shop", ""))
    speaker = registry.connector(shop.kind)
    assert isinstance(speaker, Welcomes)
    operations.agree(
        request.cur,
        request.scope,
        customer,
        channel=shop,
        visited=lambda who, mark, at: speaker.visited(who, shop.settings, id=mark, at=at),
        text=request.POST.get("text", ""),
        client_id=request.POST.get("client_id", "") or token_urlsafe(12),
    )
    place = reverse("desk:visitor", args=[id])
    return HttpResponseRedirect(f"{place}?shop={shop.public}&written=1", status=303)


# --- which shop, and who ----------------------------------------------------


def _shops(request: Asked) -> list[ChannelConfig]:
    """The counters of one's own teams."""
    return [
        one
        for one in channels.load(request.cur)
        if one.active and request.scope.may_work(one.team) and _welcomes(one)
    ]


def _welcomes(channel: ChannelConfig) -> bool:
    return isinstance(registry.connector(channel.kind), Welcomes)


def _chosen(request: Asked, shops: list[ChannelConfig]) -> ChannelConfig | None:
    wanted = request.GET.get("shop", "")
    return next((one for one in shops if one.public == wanted), shops[0] if shops else None)


def _own(request: Asked, wanted: str) -> ChannelConfig:
    found = channels.one(request.cur, number("chn", wanted))
    if not _welcomes(found) or not found.active:
        raise NotFound(_("There is no such shop."))
    if not request.scope.may_work(found.team):
        raise NotAllowed(_("This shop belongs to another team."))
    return found


def _who(request: Asked, shops: list[ChannelConfig], words: str) -> list[CustomerView]:
    if _is_code(words):
        return _by_code(request, shops, _code_in(words))
    return customers.find(request.cur, request.scope, words)


def _code_in(words: str) -> str:
    return words.rpartition(":")[2].rpartition("/")[2]


def _is_code(words: str) -> bool:
    return len(_code_in(words)) == admission.LENGTH


def _by_code(request: Asked, shops: list[ChannelConfig], code: str) -> list[CustomerView]:
    """The code on a customer's phone, of any of these shops."""
    for shop in shops:
        key = shop.settings["visitor_secret"]
        try:
            given = admission.read(code, key=key, channel=shop.public, at=clock.now())
        except Spoiled:
            continue
        known = customers.holder(request.cur, given.identity)
        if known and given.purpose is Purpose.I_AM:
            return customers.customers(request.cur, request.scope, [known[2]])
    return []


def _page_of(request: Asked, found: CustomerView) -> str:
    shop = request.GET.get("shop", "")
    return reverse("desk:visitor", args=[found.id]) + (f"?shop={shop}" if shop else "")


def _square(says: str) -> dict[str, str]:
    return {"square": qr.picture(says), "says": says}


def _code(shop: ChannelConfig | None, customer: CustomerView) -> dict[str, str]:
    """What lets this customer's own phone in: for two minutes, once."""
    if shop is None or not customer.identities:
        return {}
    identity = number("idn", customer.identities[0].id)
    until = admission.until(Purpose.COME_IN, at=clock.now())
    given = Admission(Purpose.COME_IN, identity, until, randbelow(65536))
    word = admission.write(given, key=shop.settings["visitor_secret"], channel=shop.public)
    return _square(home.origin() + reverse("portal:admit", args=[shop.public, word]))
