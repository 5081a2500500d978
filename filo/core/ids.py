"""Public ids: opaque, sortable text over the numbers of the rows."""

from __future__ import annotations

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_LENGTH = 13
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]


class BadId(ValueError):
    """The text is not an id of the kind that was asked for."""


def public(kind: str, number: int) -> str:
    """`public("msg", 12)` -> `"msg_000000000000C"`; sorts as the numbers do."""
    pairs = _PAIRS  # an event has three of them: two digits at a time is twice as fast
    return (
        f"{kind}_{_DIGITS[number >> 60]}{pairs[number >> 50 & 1023]}{pairs[number >> 40 & 1023]}"
        f"{pairs[number >> 30 & 1023]}{pairs[number >> 20 & 1023]}{pairs[number >> 10 & 1023]}"
        f"{pairs[number & 1023]}"
    )


def number(kind: str, text: str) -> int:
    """The row's number, or `BadId`."""
    prefix, _, digits = text.partition("_")
    if prefix != kind or len(digits) != _LENGTH or not all(digit in _VALUES for digit in digits):
        raise BadId(f"'{text[:40]}' is not an id of a {kind}.")
    value = 0
    for digit in digits:
        value = value * 32 + _VALUES[digit]
    if value >= 2**63:
        raise BadId(f"'{text[:40]}' is not an id of a {kind}.")
    return value
