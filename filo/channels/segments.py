"""How many SMS a text is, and why: carriers count, and bill, in segments. Pure.

GSM 03.38 has 128 letters of 7 bits and ten more that cost two; one letter beyond them makes the
whole text UCS-2, with less than half of the room. (3GPP TS 23.038; Twilio, "SMS character limits")
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
SHOWN = 5  # how many of the letters that made it dear are named


class Alphabet(StrEnum):
    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


ROOM = {Alphabet.GSM_7: (160, 153), Alphabet.UCS_2: (70, 67)}  # alone, and in each of several


class Segments(msgspec.Struct, frozen=True):
    """`count` segments in one `alphabet`; `units` are used, `left` are free in the last one.

    `dear` are the letters that forced UCS-2: without them the text would cost less.
    """

    count: int
    alphabet: Alphabet
    units: int
    left: int
    dear: str = ""


def segments(text: str) -> Segments:
    """What sending this text takes; an empty text takes nothing."""
    dear = "".join(dict.fromkeys(one for one in text if one not in _BASIC | _EXTENDED))
    alphabet = Alphabet.UCS_2 if dear else Alphabet.GSM_7
    costs = [_cost(one, alphabet) for one in text]
    alone, each = ROOM[alphabet]
    units = sum(costs)
    if units <= alone:
        return Segments(
            1 if text else 0, alphabet, units, alone - units if text else 0, dear[:SHOWN]
        )
    count, free = _filled(costs, each)
    return Segments(count, alphabet, units, free, dear[:SHOWN])


def _cost(letter: str, alphabet: Alphabet) -> int:
    if alphabet is Alphabet.UCS_2:
        return 2 if ord(letter) > 0xFFFF else 1
    return 2 if letter in _EXTENDED else 1


def _filled(costs: list[int], room: int) -> tuple[int, int]:
    """How many segments, and what is free in the last: a letter of two units is never cut."""
    count, free = 1, room
    for cost in costs:
        if cost > free:
            count, free = count + 1, room
        free -= cost
    return count, free
