"""Every address, asked as everybody about everybody's things: what its row says happens."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.house.access import asking, doors, page, places
from tests.house.access.scene import Scene
from tests.house.access.table import CALLERS, ROWS, Row

PAGES = [row for row in ROWS if not places.is_raw(row)]
SHARES = 2
# Their views take PUT as POST, behind the same login and the same token against forgery.
LIBRARYS = ("/account/", "/language/")
# Writes that leave no row in the log. These change nothing of which others hear: one's own wishes,
# drafts and uploads, looks and questions to a provider that are asked for by POST, a test that has
# nothing to answer yet.
SILENT = {
    "POST /api/v1/uploads",
    "POST /desk/cases/{case}/draft",
    "POST /desk/cases/{case}/files",
    "POST /desk/cases/{case}/fit",
    "POST /desk/cases/{case}/inserts",
    "POST /desk/settings/channels/{channel}/checks",
    "POST /desk/settings/channels/new/{kind}/draft",
    "POST /desk/settings/channels/{channel}/registration",
    "POST /desk/settings/channels/{channel}/setup",
    "POST /desk/settings/channels/{channel}/test",
    "POST /desk/settings/channels/{channel}/test/answer",
    "POST /desk/wishes",
}
RAW = [row for row in ROWS if places.is_raw(row)]


def declared_operations() -> set[str]:
    """The API's rows, without its description and the addresses that are none."""
    said = [row for row in ROWS if row.path.startswith(places.API) and row.door == "token"]
    return places.declared(said)


def expected(row: Row, caller: str, thing: str) -> str:
    role, _, by = caller.partition(" by ")
    if row.door == "anybody":
        return row.rule.cells["everybody", thing]
    if row.door in {"session", "token"}:
        return row.rule.cells[role, thing] if by == row.door else "s"
    is_holder = caller == {"pass": "visitor"}.get(row.door, row.door)
    if is_holder or thing == "missing":
        return row.rule.cells["everybody", thing]
    return "s"


def cells(rows: list[Row]) -> list[tuple[Row, str, str]]:
    return [
        (row, caller, thing) for row in rows for caller in CALLERS for thing in row.rule.objects
    ]


def odd(found: list[tuple[Row, str, str, str]]) -> str:
    """The cells that are not what their row says, a line each."""
    return "\n".join(
        f"{row.endpoint} | {caller} | {thing}: {outcome}, not {expected(row, caller, thing)}"
        for row, caller, thing, outcome in found
        if outcome != expected(row, caller, thing)
    )


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refusals are wanted here: nobody reads a line about each."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    rows = places.declared()
    paths = {one.partition(" ")[2] for one in rows}

    assert {path for path in paths if not places.is_raw_path(path)} == places.pages()
    assert declared_operations() == places.operations()
    assert {one for one in rows if one.split()[1].startswith("/live")} == places.live()
    assert {path for path in paths if path.startswith("/health/")} == places.probes()
    assert {door for path in paths for door in places.doors() if places.is_of(path, door)} == (
        places.doors()
    )


def test_the_page_about_permissions_is_what_the_table_says() -> None:
    said = "Run `python -m tests.house.access.page`."

    assert page.PAGE.read_text("utf-8") == page.permissions(), said


@pytest.mark.slow
def test_threat_36_what_has_no_row_answers_to_nobody(scene: Scene) -> None:
    """Each page by every method that its rows do not name, as whoever may do the most."""
    rows = places.declared()
    asked = {
        f"{method} {row.path}": asking.other_method(scene, row, method)
        for row in PAGES
        for method in places.METHODS
        if f"{method} {places.shape(row.path)}" not in rows and not row.path.startswith(LIBRARYS)
    }

    assert {told: code for told, code in asked.items() if code not in {401, 404, 405}} == {}


@pytest.mark.slow
def test_threat_36_no_page_takes_a_write_from_another_site(scene: Scene) -> None:
    """Without the token that a form of ours carries, as the person who may do the most."""
    taken = [
        row.endpoint
        for row in PAGES
        if row.method == "POST" and not row.path.startswith((places.API, "/w/"))
        if asking.from_another_site(scene, row) != 403
    ]

    assert taken == []


@pytest.mark.slow
def test_threat_33_every_write_leaves_a_row_in_the_log(scene: Scene) -> None:
    silent = {
        row.endpoint
        for row in PAGES
        if row.method == "POST" and row.door in {"session", "token"}
        if not row.path.startswith(LIBRARYS) and not asking.leaves_a_row(scene, row)
    }

    assert silent == SILENT, "\n".join(sorted(silent ^ SILENT))


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_threat_1_every_page_gives_everybody_what_its_row_says(scene: Scene, share: int) -> None:
    asked = [
        (row, caller, thing, asking.cell(scene, row, caller, thing))
        for row, caller, thing in cells(PAGES[share::SHARES])
    ]

    assert not odd(asked)


@pytest.mark.slow
@pytest.mark.anyio
async def test_threat_21_every_raw_door_gives_everybody_what_its_row_says(scene: Scene) -> None:
    async with doors.opened() as house:
        asked = [
            (row, caller, thing, await doors.cell(house, scene, row, caller, thing))
            for row, caller, thing in cells(RAW)
        ]

    assert not odd(asked)
