"""When the window is closed: what is offered, in which order, and what consent forbids."""

from __future__ import annotations

import pytest

from filo.channels.types import TemplateView
from filo.conversations.types import Road
from filo.outbound.ladder import ladder
from filo.outbound.queries import zone_of
from filo.outbound.types import Rung


def road(kind: str, why_not: str = "", family: str = "messaging") -> Road:
    return Road(
        f"idn_{kind}", f"chn_{kind}", kind, kind.title(), "Ada", why_not=why_not, family=family
    )


def template(name: str, **more: object) -> TemplateView:
    return TemplateView(channel=1, name=name, language="it", state="approved", **more)  # type: ignore[arg-type]


CLOSED = road("chat", "window_closed")
TEXT, MAIL = road("text"), road("mail", family="mail")
READY = template("ready", neutral=True)
OFFER = template("offer", category="marketing")


def rungs(*roads: Road, known: tuple[TemplateView, ...] = (), no: str | None = None) -> list[Rung]:
    refused = frozenset() if no is None else frozenset({no})
    return [step.rung for step in ladder(roads, known, refused)]


def test_the_rungs_come_in_order() -> None:
    assert rungs(CLOSED, MAIL, TEXT, known=(OFFER, READY)) == [
        Rung.HELD,
        Rung.TEMPLATE,
        Rung.ROAD,
        Rung.MAIL,
    ]


def test_a_road_that_is_closed_too_is_no_rung() -> None:
    assert rungs(CLOSED, road("other", "window_closed"), MAIL) == [Rung.MAIL]


def test_marketing_is_not_offered_to_who_refused_it() -> None:
    assert rungs(CLOSED, known=(OFFER,)) == [Rung.TEMPLATE]
    assert rungs(CLOSED, known=(OFFER,), no="marketing") == []
    assert rungs(CLOSED, known=(READY,), no="marketing") == [Rung.HELD, Rung.TEMPLATE]


def test_who_refused_everything_gets_no_template_at_all() -> None:
    assert rungs(CLOSED, MAIL, known=(OFFER, READY), no="") == [Rung.MAIL]


def test_a_template_that_is_paused_or_wants_values_tells_no_held_answer() -> None:
    paused = TemplateView(channel=1, name="ready", language="it", state="paused", neutral=True)
    named = template("hello", neutral=True, variables=("body.1",))

    assert rungs(CLOSED, known=(paused,)) == []
    assert rungs(CLOSED, known=(named,)) == [Rung.TEMPLATE]


def test_the_customers_language_comes_first() -> None:
    english = TemplateView(channel=1, name="ready", language="en_GB", state="approved")

    [step] = ladder([CLOSED], [OFFER, english], frozenset(), language="en")

    assert [one.language for one in step.templates] == ["en_GB", "it"]


@pytest.mark.parametrize(
    ("value", "zone"),
    [
        ("+351912345678", "Europe/Lisbon"),
        ("+393331234567", "Europe/Rome"),
        ("+15550001111", "Europe/Vienna"),
    ],
)
def test_the_country_of_a_number_tells_the_zone(value: str, zone: str) -> None:
    assert zone_of([("web:1", "x"), ("phone", value)], house="Europe/Vienna") == zone
