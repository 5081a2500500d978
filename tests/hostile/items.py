"""What one hostile thing is, and the words by which it is found again."""

from __future__ import annotations

from dataclasses import dataclass

MARK = "vedi"


@dataclass(frozen=True)
class Item:
    """One mail or message of a stranger. `shows` is what its writer let a reader see."""

    number: int
    family: str
    kind: str  # of the connector by which it comes
    body: bytes
    shows: tuple[str, ...] = ()
    markup: str = ""  # its HTML, for the page that does not clean
    group: str = ""  # who sends it; alone when empty

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.family}-{self.number}"


def mark(number: int, place: str = "a") -> str:
    """A word that stands in this item alone."""
    return f"{MARK}{number:04d}{place}"
