"""Guided set-up: the steps of a connector's guide, ticked one by one, by hand or by what happens.

Until the channel exists the steps are a draft that keeps what was pasted; any administrator goes
on with it. A secret that Filo made is shown at its step until that step is ticked, never after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filo.channels import operations, queries, registry
from filo.channels.contract import Card
from filo.channels.types import BadSettings, ChannelConfig, SetupView
from filo.desk.access import Asked
from filo.desk.settings import fields, hops
from filo.desk.settings.channels import find, minutes, promise, team
from filo.desk.settings.frame import for_administrators, show
from filo.desk.settings.guide import Guide, Step, chosen, guide, placed
from filo.staff import queries as staff

REGISTERED = "registered"


class Copy(msgspec.Struct, frozen=True):
    """A value of ours that the provider wants; `hidden`: it was shown as long as it had to be."""

    id: str
    label: str
    value: str = ""
    hidden: bool = False


class Shown(msgspec.Struct, frozen=True):
    """A step as the page draws it. `state`: done, here, later, locked."""

    step: Step
    body: SafeString
    state: str
    fields: Sequence[fields.Field] = ()
    copies: Sequence[Copy] = ()
    hops: Sequence[hops.Shown] = ()
    connects: bool = False
    by_hand: bool = False


@require_http_methods(["GET", "POST"])
@for_administrators
def new(request: Asked, kind: str) -> HttpResponse:
    """The steps up to the channel; a POST connects it."""
    card = _card(kind)
    known = queries.draft(request.cur, kind)
    if request.method == "GET":
        return _form(request, card, known)
    given = known.settings | fields.given(card, request.POST)
    name = request.POST.get("name", "")[:80]
    try:
        made = operations.connect(
            request.cur,
            kind,
            name,
            team(request),
            given,
            promise(request.POST),
            by=request.scope.staff,
        )
    except BadSettings as refused:
        return _form(request, card, known, given, refused.problems, status=409)
    ticked = _filled(chosen(kind, given), card, given)
    operations.finish_draft(request.cur, kind, made, done=ticked)
    channel = queries.one(request.cur, made)
    return page(request, channel, told=fields.made(card, given, channel.settings), status=201)


@require_POST
@for_administrators
def draft(request: Asked, kind: str) -> HttpResponse:
    """Keep what is typed and the step that was ticked; or forget it all."""
    card = _card(kind)
    where = reverse("desk:settings_new_channel", args=[kind])
    if "forget" in request.POST:
        operations.drop_draft(request.cur, kind)
        return HttpResponseRedirect(reverse("desk:settings_channels"))
    step = request.POST.get("done", "")[:3]
    known = {one.number for one in guide(kind).steps}
    operations.keep_draft(
        request.cur,
        kind,
        given=fields.given(card, request.POST),
        done=[step] if step in known else [],
    )
    return HttpResponseRedirect(f"{where}#step-{_after(step)}")


@require_http_methods(["GET", "POST"])
@for_administrators
def setup(request: Asked, id: str) -> HttpResponse:
    """The steps of a connected channel; a POST ticks one, or takes its tick back."""
    found = find(request, id)
    if request.method == "GET":
        return page(request, found)
    step, back = request.POST.get("done", "")[:3], request.POST.get("undone", "")[:3]
    if (step or back) in {one.number for one in guide(found.kind).steps}:
        operations.tick(request.cur, found.kind, found.id, step or back, done=bool(step))
    where = reverse("desk:settings_setup", args=[id])
    return HttpResponseRedirect(f"{where}#step-{_after(step) if step else back}")


def page(
    request: Asked,
    found: ChannelConfig,
    *,
    told: Sequence[fields.Told] = (),
    refused: hops.Shown | None = None,
    status: int = 200,
) -> HttpResponse:
    known = queries.setup(request.cur, found.id) or SetupView(found.kind, found.id)
    ours = hops.ours(request, found)
    steps = _shown(request, found, known, ours)
    context = {
        "channel": found,
        "card": _card(found.kind),
        "guide": chosen(found.kind, found.settings, request.scope.language),
        "steps": steps,
        "count": sum(one.state == "done" for one in steps),
        "over": all(one.state == "done" for one in steps),
        "told": told,
        "refused": refused,
        "tried_at": known.tried_at,
        "is_new": status == 201,
    }
    return show(request, "channels", "setup", context, status=status)


# --- before the channel is there ------------------------------------------------


def _form(
    request: Asked,
    card: Card,
    known: SetupView,
    given: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    values = dict(known.settings if given is None else given)
    told = chosen(card.kind, values, request.scope.language)
    drawn = {
        one.name.removeprefix(fields.PREFIX): one
        for one in fields.fields(card, values, problems, kept=values)
    }
    steps = _unconnected(told, known, drawn, bool(problems))
    named = {name for step in told.steps for name in step.paste}
    context: dict[str, Any] = {
        "card": card,
        "guide": told,
        "steps": steps,
        "count": sum(one.state == "done" for one in steps),
        "others": [field for name, field in drawn.items() if name not in named],
        "teams": staff.all_teams(request.cur),
        "name": request.POST.get("name", _(card.name)),
        "promise": minutes(operations.PROMISES[card.family]),
        "begun": bool(known.settings or known.done),
        "problem": problems and _("Something is missing: look at the fields marked in red."),
    }
    return show(request, "channels", "new_channel", context, status=status)


def _unconnected(
    told: Guide, known: SetupView, drawn: Mapping[str, fields.Field], has_problems: bool
) -> list[Shown]:
    """All up to the last field; what comes after waits for the channel."""
    last = max((place for place, one in enumerate(told.steps) if one.paste), default=0)
    done = set(known.done)
    first = next((one.number for one in told.steps if one.number not in done), "")
    shown = []
    for place, step in enumerate(told.steps):
        own = [drawn[name] for name in step.paste if name in drawn]
        here = step.number == first or place == last
        state = "done" if step.number in done else "here" if here else "later"
        if has_problems and any(field.error for field in own):
            state = "here"
        shown.append(
            Shown(
                step,
                step.body,
                "locked" if place > last else state,
                fields=own,
                connects=place == last,
                by_hand=place < last,
            )
        )
    return shown


def _filled(told: Guide, card: Card, given: Mapping[str, str]) -> list[str]:
    """The steps up to the last field are behind us once the channel stands."""
    last = max((place for place, one in enumerate(told.steps) if one.paste), default=0)
    return [one.number for one in told.steps[: last + 1] if not (one.copy or one.press)]


# --- with the channel ----------------------------------------------------------


def _shown(
    request: Asked, found: ChannelConfig, known: SetupView, ours: Sequence[hops.Shown]
) -> list[Shown]:
    told = chosen(found.kind, found.settings, request.scope.language)
    by_itself = _by_itself(found, known, ours)
    done = {one for one in known.done if one.isdigit()} | by_itself
    first = next((one.number for one in told.steps if one.number not in done), "")
    tried = [hops.shown(hop) for hop in known.hops]
    return [
        Shown(
            step,
            placed(step.body, channel=found.public, origin=settings.ORIGIN),
            "done" if step.number in done else "here" if step.number == first else "later",
            copies=_copies(
                found, step, was_done=step.number in done or known.was_done(step.number)
            ),
            hops={"check": tried, "message": ours}.get(step.tries, ()),
            by_hand=step.number not in by_itself,
        )
        for step in told.steps
    ]


def _by_itself(found: ChannelConfig, known: SetupView, ours: Sequence[hops.Shown]) -> set[str]:
    """Steps that what happened has ticked."""
    passed = {
        "check": bool(known.hops) and all(hop.ok for hop in known.hops),
        "message": all(hop.state == "passed" for hop in ours),
    }
    pressed = REGISTERED in known.done or passed["check"]
    return {
        step.number
        for step in chosen(found.kind, found.settings).steps
        if passed.get(step.tries, False) or (step.press and pressed)
    }


def _copies(found: ChannelConfig, step: Step, *, was_done: bool) -> list[Copy]:
    card = _card(found.kind)
    labels = {one.name: one for one in card.settings}
    copies = []
    for name in step.copy:
        if name in labels and not card.asks(labels[name], found.settings):
            continue
        if name == "hook":
            value = f"{settings.ORIGIN}{found.hook}"
            copies.append(Copy(f"copy-{step.number}-hook", _("Address for the provider"), value))
        else:
            hidden = was_done and labels[name].secret
            value = "" if hidden else found.settings.get(name, "")
            label = _(labels[name].label)
            copies.append(Copy(f"copy-{step.number}-{name}", label, value, hidden))
    return copies


def _after(step: str) -> str:
    return str(int(step) + 1) if step.isdigit() else "1"


def _card(kind: str) -> Card:
    try:
        return registry.connector(kind).card
    except registry.NoSuchKind:
        raise Http404 from None
