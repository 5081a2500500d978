"""Templates: filled in with a clear word for what is missing, kept as the provider tells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from filo.channels import operations, queries
from filo.channels.contract import Announced, Approved, Media, Template
from filo.channels.fitting import filled
from filo.channels.types import BadTemplate, TemplateView
from tests.world import World

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CHANGE = TemplateView(
    channel=1,
    name="flight_change",
    language="it",
    state="approved",
    header="Il tuo volo",
    body="Ciao {{1}}, parte alle {{2}}.",
    footer="Brezza",
    variables=("body.1", "body.2"),
)
ASKED = Approved(
    name="answer_ready", language="it", state="approved", category="utility", body="È pronta."
)


def test_a_filled_template_reads_as_the_customer_will_read_it() -> None:
    assert filled(CHANGE, {"body.1": "Ada", "body.2": "9:40"}) == Template(
        name="flight_change",
        language="it",
        text="Il tuo volo\nCiao Ada, parte alle 9:40.\nBrezza",
        values={"body.1": "Ada", "body.2": "9:40"},
    )


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"body.1": "Ada"}, {"body.2"}),
        ({"body.1": " ", "body.2": "9:40"}, {"body.1"}),
        ({"body.1": "Ada", "body.2": "9:40", "body.3": "x"}, {"body.3"}),
    ],
)
def test_what_is_missing_or_too_much_is_named(values: dict[str, str], wrong: set[str]) -> None:
    with pytest.raises(BadTemplate) as problem:
        filled(CHANGE, values)

    assert set(problem.value.problems) == wrong
    assert all(name in str(problem.value) for name in wrong)


def test_a_paused_template_is_not_sent() -> None:
    paused = TemplateView(channel=1, name="x", language="it", state="paused", body="Ciao")

    with pytest.raises(BadTemplate, match="paused"):
        filled(paused, {})


def test_a_template_with_a_picture_wants_one() -> None:
    pictured = TemplateView(
        channel=1, name="x", language="it", state="approved", header="image", body="Ciao"
    )

    with pytest.raises(BadTemplate, match="attach one"):
        filled(pictured, {})
    assert filled(pictured, {}, header=Media("image/png", url="https://a.example/p.png")).header


def test_what_the_provider_has_is_what_we_have(world: World) -> None:
    other = Approved(name="old", language="it", state="approved", body="Via")
    world.act(operations.keep_templates, world.channel, [ASKED, other], at=NOON)
    world.act(operations.choose_neutral, world.channel, "answer_ready", neutral=True)

    later = NOON + timedelta(hours=1)
    world.act(operations.keep_templates, world.channel, [ASKED], at=later)

    [kept] = world.ask(queries.templates, world.channel)
    assert (kept.name, kept.category, kept.neutral) == ("answer_ready", "utility", True)
    assert world.ask(queries.shelf, world.channel).read_at == later
    gone = world.ask(queries.template, world.channel, "old", "it")
    assert gone and not gone.usable


def test_news_of_a_template_change_its_state_in_its_language(world: World) -> None:
    english = Approved(name="answer_ready", language="en", state="approved", body="It is ready.")
    world.act(operations.keep_templates, world.channel, [ASKED, english], at=NOON)
    news = Announced("1", "template", NOON, "answer_ready", "paused", "low quality", language="it")

    world.act(operations.announced, [(world.channel, news)])

    states = {one.language: one.state for one in world.ask(queries.templates, world.channel)}
    assert states == {"it": "paused", "en": "approved"}


def test_a_library_is_asked_for_again_when_somebody_wants_it(world: World) -> None:
    world.act(operations.keep_templates, world.channel, [], at=NOON)
    assert world.channel not in world.ask(queries.due_libraries, at=NOON)

    world.act(operations.want_templates, world.channel)
    assert world.channel in world.ask(queries.due_libraries, at=datetime.now(UTC))

    world.act(operations.not_listed, world.channel, "190 expired", at=datetime.now(UTC))
    assert world.channel not in world.ask(queries.due_libraries, at=datetime.now(UTC))
    assert world.ask(queries.shelf, world.channel).problem == "190 expired"
