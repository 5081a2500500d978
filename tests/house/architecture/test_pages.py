"""The documentation says what is true of the code, and leads where it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from django.apps import apps

from filo.project.cli import app
from tests.house.architecture import happenings, matrix, pages, tree
from tests.house.architecture.test_docs import commands

DOCS = tree.ROOT / "docs"
INDEX = DOCS / "README.md"
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `([a-z_]+)` \|", re.MULTILINE)
RAW_TABLE = re.compile(r"CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?(\w+) \(")
COMMAND = re.compile(r"(?:^|`|\.venv/bin/)filo ([a-z]+(?: [a-z]+)?)", re.MULTILINE)
PLACE = re.compile(r"`((?:filo|docs|tests|torture|bench)/[\w./-]+\w)`")
IMAGINED = {"filo/connectors/piccione"}
TOOL = re.compile(r"\bbin/(?!filo|python|pip|nginx)([a-z]+)\b")


def written() -> list[Path]:
    """The pages a person reads: at the root, in docs, and the connectors' guides."""
    ours = [path for path in tree.tracked() if path.suffix == ".md"]
    return [path for path in ours if "changelog.d" not in path.parts and "sample" not in path.parts]


def rows(page: str) -> set[str]:
    """The names in the first table of a page of the reference."""
    text = (DOCS / "reference" / page).read_text("utf-8")
    return set(ROW.findall(text.partition("\n## ")[0]))


def links(page: Path) -> Iterator[str]:
    for link in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        if "://" not in link and not link.startswith("mailto:"):
            yield link


def is_there(page: Path, link: str) -> bool:
    """The file, and the heading in it."""
    name, _, anchor = link.partition("#")
    there = (page.parent / name) if name else page
    if not there.exists() or not anchor:
        return there.exists()
    return anchor in {slug(heading) for heading in HEADING.findall(there.read_text("utf-8"))}


def slug(heading: str) -> str:
    """A heading's anchor, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", written(), ids=tree.short)
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = [link for link in links(page) if not is_there(page, link)]

    assert not lost, f"{tree.short(page)} links to what is not there: {lost}"


def test_every_page_is_reached_from_the_index() -> None:
    reached, ahead = {INDEX}, [INDEX]
    while ahead:
        page = ahead.pop()
        for link in links(page):
            there = (page.parent / link.partition("#")[0]).resolve()
            if there.suffix == ".md" and there.exists() and there not in reached:
                reached.add(there)
                ahead.append(there)
    alone = {page for page in written() if DOCS in page.parents} - reached

    assert not alone, f"no page links to {sorted(map(tree.short, alone))}: add it to docs/README.md"


def test_every_event_that_is_emitted_has_its_line_and_no_other_has() -> None:
    assert rows("events.md") == happenings.emitted()


def test_the_settings_page_is_what_the_cards_say() -> None:
    said = "Run `python -m tests.house.architecture.pages`."

    assert pages.SETTINGS.read_text("utf-8") == pages.settings(), said


def test_the_page_of_the_parts_is_what_the_cards_say() -> None:
    said = "Run `python -m tests.house.architecture.pages`."

    assert matrix.PAGE.read_text("utf-8") == matrix.page(), said


def test_every_table_has_its_line_and_no_other_has() -> None:
    models = {
        model._meta.db_table for model in apps.get_models() if model.__module__.startswith("filo.")
    }
    raw = {
        name
        for path in tree.tracked()
        if "migrations" in path.parts and path.suffix == ".py"
        for name in RAW_TABLE.findall(path.read_text("utf-8"))
    }

    assert rows("tables.md") == models | raw


def test_every_command_on_a_page_is_one() -> None:
    known = {name.strip() for name in commands(typer.main.get_command(app))}
    groups = {name.partition(" ")[0] for name in known if " " in name}
    wrong = [
        f"{tree.short(page)}: filo {said}"
        for page in written()
        for said in COMMAND.findall(page.read_text("utf-8"))
        if said.partition(" ")[0] not in known - groups and said not in known | groups
    ]

    assert not wrong, "\n".join(wrong)


def test_every_tool_on_a_page_is_there() -> None:
    wrong = [
        f"{tree.short(page)}: bin/{name}"
        for page in written()
        for name in TOOL.findall(page.read_text("utf-8"))
        if not (tree.ROOT / "bin" / name).exists()
    ]

    assert not wrong, "\n".join(wrong)


def test_every_file_that_a_page_names_is_there() -> None:
    wrong = [
        f"{tree.short(page)}: {place}"
        for page in written()
        for place in PLACE.findall(page.read_text("utf-8"))
        if not (tree.ROOT / place).exists() and place not in IMAGINED
    ]

    assert not wrong, "\n".join(wrong)
