"""The window is closed: what can still be done, in order and within consent. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from filo.channels.types import TemplateView
from filo.conversations.types import Road
from filo.outbound.types import Rung, Step

MAIL = "mail"
MARKETING = "marketing"


def ladder(
    roads: Sequence[Road],
    templates: Sequence[TemplateView],
    refused: frozenset[str],
    *,
    language: str = "",
) -> tuple[Step, ...]:
    """The first of `roads` is the closed one. `refused` are the purposes it said no to."""
    usual, others = roads[0], roads[1:]
    usable = _in_order([one for one in templates if _wanted(one, refused)], language)
    open_now = [road for road in others if not road.why_not and not road.public]
    return (
        *_by_template(usual, usable),
        *(Step(Rung.ROAD, road) for road in open_now if road.family != MAIL),
        *(Step(Rung.MAIL, road) for road in open_now if road.family == MAIL),
    )


def _by_template(usual: Road, usable: Sequence[TemplateView]) -> Iterator[Step]:
    neutral = tuple(one for one in usable if one.neutral and not one.variables)
    if neutral:
        yield Step(Rung.HELD, usual, neutral[:1])
    if usable:
        yield Step(Rung.TEMPLATE, usual, tuple(usable))


def _wanted(template: TemplateView, refused: frozenset[str]) -> bool:
    if not template.usable or "" in refused:
        return False
    return template.category != MARKETING or MARKETING not in refused


def _in_order(templates: Sequence[TemplateView], language: str) -> list[TemplateView]:
    """The customer's language first."""
    plain = language.partition("-")[0]
    return sorted(templates, key=lambda one: one.language.partition("_")[0] != plain)
