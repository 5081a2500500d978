"""What must be in the repository, and what must not."""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.architecture import tree

CONNECTORS = tree.ROOT / "filo" / "connectors"
FRAGMENT = re.compile(r"(New|Better|Fixed|Before you upgrade): \S")
TEXT = {".py", ".txt", ".in", ".toml", ".md", ".html", ".css", ".js", ".sql", ".po", ".yml", ""}
# Spelled in pieces, so that this page does not hold what it forbids.
PLACES = ("/" + "work/", "/opt/" + "pypi", "/ro" + "ot/")
INDEX = re.compile(r"--(extra-)?index" + r"-url|--find" + r"-links|--trusted" + r"-host")
PINS = re.compile(r"\w+" + r"://")


def connectors() -> list[Path]:
    return sorted(folder for folder in CONNECTORS.iterdir() if (folder / "connector.py").exists())


def test_every_connector_brings_its_guide_and_its_samples() -> None:
    bare = [
        f"{folder.name}: no {wanted}"
        for folder in connectors()
        for wanted in ("GUIDE.md", "samples")
        if not (folder / wanted).exists()
    ]

    assert not bare, "\n".join(bare)


def test_every_sample_has_the_facts_that_it_says() -> None:
    alone = [
        tree.short(sample)
        for folder in connectors()
        for sample in sorted((folder / "samples").glob("*.http"))
        if not sample.with_suffix(".facts").exists()
    ]

    assert not alone, "write them with `bin/test --accept`, then read them:\n" + "\n".join(alone)


def test_a_changelog_fragment_speaks_to_whoever_upgrades() -> None:
    fragments = sorted((tree.ROOT / "changelog.d").glob("*.md"))
    odd = [
        f"{tree.short(path)}: {line[:60]}"
        for path in fragments
        for line in sentences(path.read_text("utf-8"))
        if not FRAGMENT.match(line)
    ]

    assert fragments
    assert not odd, "begin with New:, Better:, Fixed: or Before you upgrade:\n" + "\n".join(odd)


def sentences(text: str) -> list[str]:
    """Each entry: a line that is not the indented or wrapped rest of the one before."""
    entries = re.split(
        r"\n\s*\n|\n(?=[-*] )|\n(?=(?:New|Better|Fixed|Before you upgrade):)", text.strip()
    )
    return [entry.lstrip("-* ").strip() for entry in entries if entry.strip()]


def test_decisions_are_numbered_and_listed() -> None:
    pages = sorted((tree.ROOT / "docs" / "decisions").glob("*.md"))
    listed = (tree.ROOT / "docs" / "decisions" / "README.md").read_text("utf-8")
    decisions = [page for page in pages if page.name != "README.md"]
    numbers = [page.name[:4] for page in decisions]

    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    assert not [page.name for page in decisions if f"({page.name})" not in listed]


def test_no_file_knows_the_place_it_was_made_in() -> None:
    told = [
        f"{tree.short(path)}: {place}"
        for path in tree.tracked()
        if path.suffix in TEXT
        for place in PLACES
        if place in path.read_text("utf-8", errors="replace")
    ]

    assert not told, "\n".join(told)


def test_pins_name_packages_and_hashes_only() -> None:
    pins = sorted((tree.ROOT / "requirements").glob("*.txt"))
    texts = {path.name: path.read_text("utf-8") for path in pins}
    places = [name for name, text in texts.items() if INDEX.search(text) or PINS.search(text)]
    bare = [
        f"{name}: {line}"
        for name, text in texts.items()
        for line in text.splitlines()
        if re.match(r"[\w.\[\]-]+==", line) and not line.endswith("\\")
    ]

    assert set(texts) == {"base.txt", "test.txt"}
    assert not places, "no registry is named: whoever installs chooses it"
    assert not bare, "every pin has its hashes:\n" + "\n".join(bare)


def test_what_runs_is_pinned_alike_in_tests() -> None:
    base, test = (pinned(tree.ROOT / "requirements" / name) for name in ("base.txt", "test.txt"))

    assert {name: test.get(name) for name in base} == base


def pinned(path: Path) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==(\S+)", path.read_text("utf-8"), re.MULTILINE)
    return dict(found)


def test_threat_38_every_package_is_pinned_with_its_hashes() -> None:
    for name in ("base.txt", "test.txt"):
        text = (tree.ROOT / "requirements" / name).read_text("utf-8").replace("\\\n", " ")
        pins = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]

        assert pins
        assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []
