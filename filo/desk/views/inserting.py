"""What an agent adds to an answer: the list, its small form, how it will arrive, its chip."""

from __future__ import annotations

from secrets import token_urlsafe

from django.http import HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from filo.channels import queries as channels
from filo.channels import registry
from filo.channels.contract import Capabilities, Part
from filo.channels.fitting import capabilities
from filo.conversations import queries
from filo.conversations.types import CannotSend, NotFound, Road
from filo.core.ids import number
from filo.customers import queries as customers
from filo.desk.access import Asked, for_staff
from filo.desk.answers import Patch, patched
from filo.desk.inserting import Unready, part_of
from filo.desk.showing import Context
from filo.desk.shown import asks, inserts

STRAY = {"csrfmiddlewaretoken", "step", "road", ""}


@require_http_methods(["GET", "POST"])
@for_staff
def inserting(request: Asked, id: str) -> HttpResponse:
    """GET: what can be added on this road. POST: a form, a look at what it makes, or its chip."""
    road = _road(request, id)
    can = _can(request, road)
    if request.method == "GET":
        shown = {"kinds": inserts.kinds(can), "road": road}
        return _drawn(request, "#inserts", "inner", "desk/inserts/_kinds.html", shown)
    said = {name: str(value) for name, value in request.POST.items() if name not in STRAY}
    if said.get("kind") not in asks.FORMS:
        raise NotFound
    if request.POST.get("step") == "open":
        return _form(request, id, said, road)
    return _looked(request, id, said, can, adding=request.POST.get("step") == "add")


def added(request: Asked) -> list[Part]:
    """The parts that stand as chips in the composer."""
    zone = timezone.get_current_timezone()
    try:
        return [part_of(QueryDict(one).dict(), zone=zone) for one in request.POST.getlist("insert")]
    except Unready as problem:
        raise CannotSend("bad_part", str(problem)) from problem


def _form(request: Asked, id: str, said: dict[str, str], road: Road) -> HttpResponse:
    noun = said["kind"]
    shown = {
        "case_id": id,
        "noun": noun,
        "title": inserts.name_of(noun),
        "groups": asks.groups(noun, said),
        "ref": said.get("ref") or token_urlsafe(6),
        "again": "ref" in said,
        "road": road,
        "chosen": request.POST.get("road", ""),
        "zone": timezone.get_current_timezone_name(),
    }
    return _drawn(request, "#inserts", "inner", "desk/inserts/_form.html", shown)


def _looked(
    request: Asked, id: str, said: dict[str, str], can: Capabilities, *, adding: bool
) -> HttpResponse:
    try:
        part = part_of(said, zone=timezone.get_current_timezone())
    except Unready as problem:
        missing = {"problem": str(problem), "loud": adding}
        return _drawn(
            request, "#arrives", "inner", "desk/inserts/_arrives.html", missing, 422 * adding or 200
        )
    if adding:
        words = QueryDict(mutable=True)
        words.update(said)
        shown: Context = {"chip": inserts.chip(said, part, words.urlencode())}
        return _drawn(request, "#files", "upsert", "desk/inserts/_chip.html", shown)
    case = queries.case(request.cur, request.scope, number("cas", id))
    customer = customers.customer(request.cur, request.scope, number("cus", case.customer))
    shown = {"arrival": inserts.arrival(part, can, language=customer.language)}
    return _drawn(request, "#arrives", "inner", "desk/inserts/_arrives.html", shown)


def _drawn(
    request: Asked, to: str, how: str, template: str, shown: Context, status: int = 200
) -> HttpResponse:
    return patched(Patch(to, how, render_to_string(template, shown, request)), status=status)


def _road(request: Asked, id: str) -> Road:
    """The road that is chosen in the composer, else the first that is open."""
    roads = queries.roads(request.cur, request.scope, number("cas", id))
    wanted = (request.POST.get("road") or request.GET.get("road") or ":").split(":")[1]
    chosen = next((road for road in roads if road.channel == wanted), None)
    usual = chosen or next((road for road in roads if not road.why_not), next(iter(roads), None))
    if usual is None:
        raise CannotSend("no_road", _("No address of this person is known."))
    return usual


def _can(request: Asked, road: Road) -> Capabilities:
    config = channels.one(request.cur, number("chn", road.channel))
    about = "public" if road.public else road.about or ""
    return capabilities(registry.card_of(config.kind, config.settings), about)
