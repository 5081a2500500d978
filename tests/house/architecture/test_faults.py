"""The table of faults has every number, and names tests that exist."""

from __future__ import annotations

import re

from tests.house.architecture import tree

TABLE = tree.ROOT / "docs" / "reference" / "faults.md"
LAST = 28


def test_every_fault_has_its_row() -> None:
    numbers = [int(n) for n in re.findall(r"^\| (\d+) \|", TABLE.read_text("utf-8"), re.MULTILINE)]

    assert numbers == list(range(1, LAST + 1))


def test_every_test_in_the_table_of_faults_is_there() -> None:
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", TABLE.read_text("utf-8")))
    missing = named - tree.written_tests()

    assert named
    assert not missing, "\n".join(sorted(missing))
