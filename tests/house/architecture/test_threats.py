"""The table of threats names tests that exist."""

from __future__ import annotations

import re

from tests.house.architecture import tree

TABLE = tree.ROOT / "docs" / "reference" / "threats.md"


def test_every_test_in_the_table_of_threats_is_there() -> None:
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", TABLE.read_text("utf-8")))
    missing = named - tree.written_tests()

    assert named
    assert not missing, "\n".join(sorted(missing))
