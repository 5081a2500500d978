"""The table of ASVS 5.0: each requirement of level 2 in one of three states, by what is there."""

from __future__ import annotations

import re
from collections import Counter

from tests.house.architecture import tree

TABLE = tree.ROOT / "docs" / "reference" / "asvs.md"
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
# Requirements of levels 1 and 2 in each chapter of 5.0.
CHAPTERS = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
    17: 7,
}
STATES = ("met", "not applicable", "open")


def rows() -> list[tuple[str, str, str, str]]:
    return ROW.findall(TABLE.read_text("utf-8"))


def test_every_requirement_of_level_two_has_its_row() -> None:
    ids = [id_ for id_, *_ in rows()]

    assert len(ids) == len(set(ids)) == sum(CHAPTERS.values()) == 253
    assert Counter(int(id_.split(".")[0]) for id_ in ids) == Counter(CHAPTERS)


def test_the_states_are_three_and_counted_in_the_head() -> None:
    counted = Counter(state for _, _, state, _ in rows())

    assert set(counted) == set(STATES)
    told = ", ".join(f"{counted[state]} {state}" for state in STATES)
    assert f"**{told}.**" in TABLE.read_text("utf-8")


def test_what_is_met_names_a_test_or_a_page_that_is_there() -> None:
    written = tree.written_tests()
    missing = [
        f"{id_}: {name}"
        for id_, _, _, by in rows()
        for name in re.findall(r"`([a-zA-Z0-9_./-]+)`", by)
        if name not in written and ("/" in name or name.startswith("test_") or name.endswith(".md"))
        if not (tree.ROOT / name.lstrip("/")).exists() and not name.startswith("/")
    ]
    bare = [id_ for id_, _, state, by in rows() if state == "met" and "`" not in by]

    assert not missing, "\n".join(missing)
    assert bare == []
