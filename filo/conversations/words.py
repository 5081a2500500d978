"""What a message says, in plain words: for the queue's preview and for search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from filo.channels.contract import Choice, Contact, Html, Location, Media, Native, Part, Text
from filo.channels.fitting import in_words

PREVIEW = 160


def preview(parts: Sequence[Part]) -> str:
    """One line for the queue."""
    line = " ".join(" ".join(words(part) for part in parts).split())
    return line if len(line) <= PREVIEW else line[: PREVIEW - 1] + "…"


def searchable(parts: Iterable[Part]) -> str:
    """All words that a search should find; PostgreSQL takes at most 1 MB of them."""
    return "\n".join(words(part) for part in parts)[:200_000]


def words(part: Part) -> str:  # noqa: PLR0911 -- one line for each type of part
    match part:
        case Text(text=text):
            return text
        case Media():
            return part.caption or part.name or f"[{part.mime.partition('/')[0]}]"
        case Choice(text=text, options=options):
            return "\n".join([text, *(option.label for option in options)])
        case Location():
            return part.name or part.address or f"{part.latitude}, {part.longitude}"
        case Contact():
            return " ".join([part.name, *part.phones, *part.emails])
        case Html():
            return part.text
        case Native():
            return part.text or f"[{part.kind}]"
        case _:
            return in_words(part)
