"""There is one cleaner, one carrier, one fetcher, one clock: nobody goes round them."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.house.architecture import leaks, tree
from tests.house.architecture.roads import SCRIPT, UNESCAPED, Rule, lines_of, scripts
from tests.house.architecture.second_paths import RULES, SCRIPTS

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


@each_rule
def test_nobody_takes_the_second_path(rule: Rule) -> None:
    broken = rule.broken()

    assert not broken, f"{rule.name}: {rule.instead}:\n" + "\n".join(broken)


@each_rule
def test_a_planted_second_path_is_found(rule: Rule) -> None:
    blind = [line for line in rule.planted if not list(rule.ask(ast.parse(line)))]

    assert blind == []


@each_rule
def test_nobody_is_allowed_what_they_do_not_do(rule: Rule) -> None:
    assert rule.idle() == []


def test_our_scripts_take_html_in_few_places_only() -> None:
    found = {
        f"{tree.short(path)}:{line}"
        for path in scripts()
        if tree.short(path) not in SCRIPTS
        for line in lines_of(SCRIPT, path.read_text("utf-8"))
    }

    assert not found, "use textContent, or a patch of our own template:\n" + "\n".join(found)


def test_no_template_shows_words_unescaped() -> None:
    found = {
        f"{tree.short(path)}:{line}"
        for path in scripts()
        if path.suffix == ".html"
        for line in lines_of(UNESCAPED, path.read_text("utf-8"))
    }

    assert not found, "escape it, or let the cleaner make it:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "planted", ["box.innerHTML = words", "eval(words)", "new Function(words)", "a.outerHTML=b"]
)
def test_a_planted_script_is_found(planted: str) -> None:
    assert list(lines_of(SCRIPT, planted)) == [1]


@pytest.mark.parametrize(
    "planted", ["{{ words|safe }}", "{% autoescape off %}", "{{ w | safeseq }}"]
)
def test_a_planted_template_is_found(planted: str) -> None:
    assert list(lines_of(UNESCAPED, planted)) == [1]


def test_a_planted_secret_is_found(tmp_path: Path) -> None:
    words = "api_key = '" + "9f3b1c7d" * 4 + "'\n"
    (tmp_path / "settings.py").write_text(words, "utf-8")

    finds = leaks.found(tmp_path, ["settings.py"])

    assert finds
    assert "settings.py:1: looks like a secret" in leaks.complaints(
        Counter(name for name, _ in finds), finds
    )
