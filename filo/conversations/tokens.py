"""The signed case token that a mail's reply address carries: proof that we wrote it."""

from __future__ import annotations

from filo.core import vault

PURPOSE = "case-token"


def token_for(case: int) -> str:
    """Small letters and digits, fit for the part after `+` in a mail address."""
    return f"c{case:x}-{vault.stamp(PURPOSE, str(case))}"


def case_of(token: str) -> int | None:
    """The case that we signed this token for, or None for any other text."""
    number, _, mark = token.lower().removeprefix("c").partition("-")
    try:
        case = int(number, 16)
    except ValueError:
        return None
    return case if vault.proves(PURPOSE, str(case), mark) else None
