"""WCAG 2.2 contrast, computed from the tokens themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLE = Path(__file__).parents[1] / "static" / "desk"
TOKEN = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
FACE = re.compile(
    r"background: light-dark\((#\w{6}), (#\w{6})\); color: light-dark\((#\w{6}), (#\w{6})\)"
)
WORDS = """
ink surface|ink surface-2|ink canvas|ink-2 surface|ink-2 surface-2|ink-2 canvas|ink-2 sunken
ink-3 surface|ink-3 surface-2|ink-3 canvas|ink-3 sunken|ink-3 hover|accent-ink accent
accent-ink accent-hover|accent-text surface|accent-text surface-2|accent-text accent-soft
accent-text said|accent-text answered|ink said|ink answered|ink accent-soft|note-ink note
danger danger-soft|danger surface|danger surface-2|danger canvas|warn warn-soft|warn surface
warn surface-2|ok ok-soft|ok surface-2|info info-soft|vip vip-soft|rail-ink rail|ink-2 pill
surface ink
"""
SHAPES = "accent surface|accent surface-2|focus surface|focus canvas|field-line surface"


def tokens(side: int) -> dict[str, str]:
    found = TOKEN.findall((STYLE / "tokens.css").read_text("utf-8"))
    return {name: (light, dark)[side] for name, light, dark in found}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def pairs(text: str) -> list[list[str]]:
    return [pair.split() for pair in re.split(r"[|\n]", text) if pair.strip()]


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
def test_all_words_can_be_read_and_all_shapes_be_seen(side: int) -> None:
    known = tokens(side)
    weak = [
        f"{one} on {other}: {ratio:.2f}"
        for text, least in ((WORDS, 4.5), (SHAPES, 3.0))
        for one, other in pairs(text)
        if (ratio := contrast(known[one], known[other])) < least
    ]

    assert weak == []


def test_all_faces_can_be_read() -> None:
    faces = FACE.findall((STYLE / "parts.css").read_text("utf-8"))

    assert len(faces) >= 6
    for light, dark, ink, dark_ink in faces:
        assert contrast(light, ink) >= 4.5
        assert contrast(dark, dark_ink) >= 4.5
