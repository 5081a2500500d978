"""Public ids: opaque, sortable text over the numbers of the rows."""

from __future__ import annotations

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_LENGTH = 13


class BadId(ValueError):
    """The text is not an id of the kind that was asked for."""


def public(kind: str, number: int) -> str:
    """`public("msg", 12)` -> `"msg_000000000000C"`; sorts as the numbers do."""
    digits = []
    for _ in range(_LENGTH):
        number, rest = divmod(number, 32)
        digits.append(_DIGITS[rest])
    return f"{kind}_{''.join(reversed(digits))}"


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
