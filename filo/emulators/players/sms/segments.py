"""How many SMS one text is: GSM 03.38 in sevens, everything else in UCS-2."""

from __future__ import annotations

from math import ceil

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
DOUBLE = frozenset("^{}\\[~]|€\f")


def segments(text: str) -> int:
    if all(letter in BASIC or letter in DOUBLE for letter in text):
        return _pieces(sum(2 if letter in DOUBLE else 1 for letter in text), 160, 153)
    return _pieces(len(text.encode("utf-16-le")) // 2, 70, 67)


def _pieces(length: int, alone: int, each: int) -> int:
    return 1 if length <= alone else ceil(length / each)
