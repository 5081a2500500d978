"""What somebody may choose or type is written down."""

from __future__ import annotations

import re
from collections.abc import Iterator

import typer.main

from filo.project.cli import app
from tests.house.architecture import tree

REFERENCE = tree.ROOT / "docs" / "reference"
NAME = re.compile(r"\"((?:FILO_[A-Z_]+)|DATABASE_URL|PORT)\"")
NOT_CHOSEN = {"FILO_TEST_GROUND"}


def test_every_setting_of_the_environment_has_its_line() -> None:
    page = (REFERENCE / "environment.md").read_text("utf-8")
    read = {name for path in tree.python() for name in NAME.findall(path.read_text("utf-8"))}

    assert not {name for name in read - NOT_CHOSEN if f"`{name}`" not in page}


def test_no_line_is_about_a_setting_that_nobody_reads() -> None:
    page = (REFERENCE / "environment.md").read_text("utf-8")
    read = {name for path in tree.python() for name in NAME.findall(path.read_text("utf-8"))}

    assert set(re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE)) <= read


def test_every_command_has_its_line() -> None:
    page = (REFERENCE / "commands.md").read_text("utf-8")

    assert not [
        name for name in commands(typer.main.get_command(app)) if f"`filo {name}" not in page
    ]


def test_every_command_says_what_it_is_for() -> None:
    first = getattr(typer.main.get_command(app), "commands", {})

    assert first
    assert not [name for name, one in first.items() if not (one.help or "").strip()]


def commands(command: object, before: str = "") -> Iterator[str]:
    for name, one in getattr(command, "commands", {}).items():
        if getattr(one, "commands", None):
            yield from commands(one, f"{before}{name} ")
        else:
            yield f"{before}{name}"
