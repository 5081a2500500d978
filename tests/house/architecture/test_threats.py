"""The table of threats names tests that exist."""

from __future__ import annotations

import re

from tests.house.architecture import tree

TABLE = tree.ROOT / "docs" / "reference" / "threats.md"


def test_every_test_in_the_table_of_threats_is_there() -> None:
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", TABLE.read_text("utf-8")))
    written = {
        name
        for path in tree.tracked()
        if path.name.startswith("test_") and path.suffix == ".py"
        for name in re.findall(r"def (test_[a-z0-9_]+)", path.read_text("utf-8"))
    }

    assert named
    assert not named - written, "\n".join(sorted(named - written))
