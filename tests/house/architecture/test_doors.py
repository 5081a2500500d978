"""A part of Filo is entered through its doors, never through its windows."""

from __future__ import annotations

from functools import cache

import grimp

DOORS = {
    "operations",
    "queries",
    "events",
    "types",
    "contract",
    "fitting",
    "kit",
    "registry",
    "carrier",
    "windows",
}
OPEN_HOUSES = {"core"}  # everything in it is public
WIRING = {"project"}  # may reach anywhere: it plugs the parts together
BESIDE = {"connectors", "emulators"}  # they stand beside the tower
THEIR_DOORS = {"contract", "fitting", "kit", "windows"}
NOT_IN_A_CONNECTOR = {"django", "psycopg", "httpx", "requests"}


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(
        "filo", exclude_type_checking_imports=True, include_external_packages=True
    )


def imports() -> list[tuple[str, str]]:
    return [
        (importer, imported)
        for importer in sorted(graph().modules)
        if importer.startswith("filo") and not is_a_test(importer)
        for imported in sorted(graph().find_modules_directly_imported_by(importer))
    ]


def is_a_test(module: str) -> bool:
    """A part's tests may look into their own part and build a world out of others."""
    return any(
        step == "tests" or step.startswith(("test_", "conftest")) for step in module.split(".")
    )


def test_parts_are_entered_through_their_doors() -> None:
    trespasses = [
        f"{importer} -> {imported}"
        for importer, imported in imports()
        if is_trespass(importer.split("."), imported.split("."))
    ]

    assert not trespasses, (
        "import a part's operations, queries, events or types instead:\n" + "\n".join(trespasses)
    )


def is_trespass(importer: list[str], imported: list[str]) -> bool:
    if imported[0] != "filo" or len(importer) < 2 or len(imported) < 3:
        return False
    visitor, host, door = importer[1], imported[1], imported[2]
    own = visitor == host or visitor in WIRING or host in OPEN_HOUSES
    return not own and door not in DOORS


def test_connectors_know_the_contract_the_kit_and_the_core_only() -> None:
    strays = [
        f"{importer} -> {imported}"
        for importer, imported in imports()
        if importer.startswith("filo.connectors.") and is_astray(importer, imported)
    ]

    assert not strays, "a connector is bytes and values in, values out:\n" + "\n".join(strays)


def is_astray(importer: str, imported: str) -> bool:
    own = ".".join(importer.split(".")[:3])
    allowed = (own, "filo.core", "filo.connectors", *(f"filo.channels.{d}" for d in THEIR_DOORS))
    if not imported.startswith("filo"):
        return imported.split(".")[0] in NOT_IN_A_CONNECTOR
    within = any(imported == door or imported.startswith(f"{door}.") for door in allowed)
    return not within or imported == "filo.core.fetcher"


def test_a_connector_does_its_input_and_output_in_its_road_only() -> None:
    waiting = {
        "socket",
        "ssl",
        "asyncio",
        "imaplib",
        "smtplib",
        "imap_tools",
        "aiosmtplib",
        "aiosmtpd",
    }
    strays = [
        f"{importer} -> {imported}"
        for importer, imported in imports()
        if importer.startswith("filo.connectors.")
        and importer.rpartition(".")[2] == "connector"
        and imported.split(".")[0] in waiting
    ]

    assert not strays, "connector.py is pure; its road.py speaks:\n" + "\n".join(strays)


def test_the_contract_is_pure() -> None:
    foreign = NOT_IN_A_CONNECTOR | {"asyncio", "socket"}
    pure = {f"filo.channels.{door}" for door in THEIR_DOORS}
    impure = [
        f"{importer} -> {imported}"
        for importer, imported in imports()
        if importer in pure and imported.split(".")[0] in foreign
    ]

    assert not impure, "\n".join(impure)


def test_only_the_carrier_and_the_fetcher_speak_http() -> None:
    allowed = ("filo.channels.carrier", "filo.core.fetcher", "filo.emulators")
    strays = [
        importer
        for importer, imported in imports()
        if imported.split(".")[0] in {"httpx", "requests", "aiohttp"}
        and not any(importer == one or importer.startswith(f"{one}.") for one in allowed)
    ]

    assert not strays, "speak through filo.channels.carrier or filo.core.fetcher:\n" + "\n".join(
        strays
    )


def test_emulators_stand_beside_the_tower() -> None:
    allowed = ("filo.emulators", "filo.core", "filo.channels.contract", "filo.channels.kit", "filo")
    strays = [
        f"{importer} -> {imported}"
        for importer, imported in imports()
        if importer.startswith("filo.emulators")
        and imported.startswith("filo.")
        and not any(imported == one or imported.startswith(f"{one}.") for one in allowed[:-1])
    ]

    assert not strays, "the providers' side knows nothing of ours:\n" + "\n".join(strays)
