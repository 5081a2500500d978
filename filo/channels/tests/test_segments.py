"""What an SMS costs is known before it is sent."""

from __future__ import annotations

import pytest

from filo.channels.changes import Change, Note
from filo.channels.contract import Capabilities, Text
from filo.channels.fitting import fit
from filo.channels.segments import Alphabet, segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("à" * 160, 1),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("“" * 70, 1),
        ("“" * 71, 2),
        ("a" * 69 + "😀", 2),
        ("a" * 68 + "😀", 1),
        ("ç" * 134, 2),
        ("ç" * 135, 3),
    ],
)
def test_a_text_takes_so_many_segments(text: str, count: int) -> None:
    assert segments(text).count == count


def test_one_letter_makes_the_whole_text_dear_and_is_named() -> None:
    counted = segments("Arriva domani… “forse”")
    assert counted.alphabet is Alphabet.UCS_2
    assert counted.dear == "…“”"


def test_what_is_left_in_the_last_segment_is_told() -> None:
    assert (segments("ciao").left, segments("a" * 161).left) == (156, 145)


def test_the_agent_is_told_what_a_long_text_costs_and_why() -> None:
    can = Capabilities(text=1600, segments=True)
    assert fit([Text("ciao")], can).notes == ()
    assert fit([Text("a" * 161)], can).notes == (Note(Change.SEGMENTS, {"count": 2}),)
    told = Note(Change.DEAR, {"count": 2, "letters": "“ ”"})
    assert fit([Text("“" + "a" * 80 + "”")], can).notes == (told,)
    assert fit([Text("a" * 161)], Capabilities(text=1600)).notes == ()


def test_a_letter_of_two_units_is_never_cut_between_two_segments() -> None:
    # 152 letters leave one unit: the euro sign, which needs two, begins the next segment.
    assert segments("a" * 152 + "€" + "a" * 151).count == 2
    assert segments("a" * 152 + "€" + "a" * 152).count == 3
