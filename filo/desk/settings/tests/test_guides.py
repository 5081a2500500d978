"""Every connector's guide leads step by step from nothing to an answer, in both languages."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

import filo
from filo.channels import registry
from filo.channels.contract import Checks, Registers
from filo.desk.settings.guide import Step, guide, placed

KINDS = registry.kinds()


def steps(kind: str, language: str = "en") -> tuple[Step, ...]:
    return guide(kind, language).steps


@pytest.mark.parametrize("kind", KINDS)
def test_the_steps_are_numbered_and_the_same_in_italian(kind: str) -> None:
    numbers = [str(place + 1) for place in range(len(steps(kind)))]

    assert len(numbers) > 2
    assert [one.number for one in steps(kind)] == numbers
    italian = steps(kind, "it")
    assert [one.number for one in italian] == numbers
    assert {one.title for one in italian}.isdisjoint({one.title for one in steps(kind)})
    assert [one.paste for one in italian] == [one.paste for one in steps(kind)]


@pytest.mark.parametrize("kind", KINDS)
def test_all_that_must_be_typed_has_its_step_and_nothing_twice(kind: str) -> None:
    card = registry.connector(kind).card
    pasted = [name for one in steps(kind) for name in one.paste]
    needed = {one.name for one in card.settings if one.required and not one.made}

    assert pasted
    assert len(pasted) == len(set(pasted))
    assert set(pasted) <= {one.name for one in card.settings}
    assert needed <= set(pasted) | {one.name for one in card.settings if one.default}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_to_be_copied_is_ours(kind: str) -> None:
    """Our address, or a secret that we made: what the provider gave is never shown again."""
    ours = {one.name for one in registry.connector(kind).card.settings if one.made} | {"hook"}

    assert {name for one in steps(kind) for name in one.copy} <= ours


@pytest.mark.parametrize("kind", KINDS)
def test_what_filo_can_do_itself_has_its_step_after_the_typing(kind: str) -> None:
    connector = registry.connector(kind)
    order = [(one.press or one.tries, place) for place, one in enumerate(steps(kind))]
    places = {name: place for name, place in order if name}
    last = max(place for place, one in enumerate(steps(kind)) if one.paste)

    assert ("register" in places) == isinstance(connector, Registers)
    assert ("check" in places) == isinstance(connector, Checks)
    assert "message" in places
    assert all(place > last for place in places.values())
    assert set(places) <= {"register", "check", "message"}


@pytest.mark.parametrize("kind", KINDS)
def test_no_guide_can_bring_a_script_and_none_shows_its_marks(kind: str) -> None:
    for language in ("en", "it"):
        whole = guide(kind, language)
        page = whole.intro + whole.rest + "".join(one.body for one in whole.steps)
        assert "<script" not in page
        assert "Paste:" not in page
        assert "Press:" not in page


def test_the_examples_of_a_step_bear_the_channels_own_id_and_address() -> None:
    snippets = [one.body for one in guide("webchat").steps if "data-channel" in one.body]
    told = placed(snippets[0], channel="chn_7", origin="https://care.brezza.example")

    assert "https://care.brezza.example/w.js" in told
    assert "data-channel=&quot;chn_7&quot;" in told


def constants(value: ast.expr | None, module: object) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(words)):
            yield words
        case ast.Name(id=name):
            yield from filter(None, [getattr(module, name, "")])
        case ast.IfExp(body=one, orelse=other):
            yield from [*constants(one, module), *constants(other, module)]


def words_of_hops() -> Iterator[str]:
    """What a connector's checks call each hop, and what they say to do about it."""
    for path in sorted((Path(filo.__path__[0]) / "connectors").rglob("*.py")):
        text = path.read_text("utf-8")
        if "Hop(" not in text or path.name.startswith("test_"):
            continue
        module = importlib.import_module(f"filo.connectors.{path.parent.name}.{path.stem}")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Hop":
                named = [one.value for one in node.keywords if one.arg == "mend"]
                for value in (node.args[0], *node.args[3:], *named):
                    yield from constants(value, module)


def test_every_hop_and_what_to_do_about_it_is_said_in_italian_too() -> None:
    words = set(words_of_hops())
    kept = Path(str(filo.__path__[0])).glob("*/locale/it/LC_MESSAGES/django.po")
    italian = {one.msgid for page in kept for one in polib.pofile(str(page)) if one.msgstr}

    assert len(words) > 50
    assert words <= italian, words - italian
