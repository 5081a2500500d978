"""A class of the desk has one home: two files that style the same name spoil each other's pages."""

from __future__ import annotations

import re
from collections import defaultdict

from tests.house.architecture import tree

STYLES = tree.ROOT / "filo/desk/static/desk"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# What only widens a class on small screens stands beside what it widens.
NARROW = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
ALONE = re.compile(r"\s*\.([\w-]+)(?:\s+[a-z]+\d?)?\s*", re.ASCII)  # `.rows`, `.rows dt`


def homes(styles: dict[str, str]) -> dict[str, set[str]]:
    """Class -> the files that style it wherever it stands."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, text in styles.items():
        for selectors in re.findall(r"([^{}]+)\{", NARROW.sub("", COMMENT.sub("", text))):
            for match in filter(None, map(ALONE.fullmatch, selectors.split(","))):
                found[match[1]].add(name)
    return found


def test_a_class_is_styled_in_one_file() -> None:
    styles = {path.name: path.read_text("utf-8") for path in sorted(STYLES.glob("*.css"))}
    shared = {name: files for name, files in homes(styles).items() if len(files) > 1}

    assert not shared, "name it for its own place, or scope it (`.pass .rows`)"


def test_a_planted_clash_is_found() -> None:
    styles = {"a.css": ".sheet { color: red }", "b.css": ".sheet form, .other p { padding: 0 }"}

    assert homes(styles)["sheet"] == {"a.css", "b.css"}
