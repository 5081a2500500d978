"""What is said in public, below posts: there are only words there."""

from __future__ import annotations

from collections.abc import Sequence

from filo.channels.contract import (
    Bundle,
    Choice,
    Contact,
    Html,
    Location,
    Media,
    Native,
    Plain,
    Spoken,
    Text,
)
from filo.channels.kit import in_words


def words(part: Spoken) -> str:
    """A part as a comment can say it; a file by its address."""
    if isinstance(part, Bundle):
        return "\n".join(map(words, part.parts))
    if isinstance(part, Plain):
        return "\n".join(line for line in _lines(part) if line)
    return in_words(part)


def _lines(part: Plain) -> Sequence[str]:
    match part:
        case Media():
            return (part.caption, part.url)
        case Choice():
            return (part.text, *(option.label for option in part.options))
        case Location():
            return (part.name, part.address)
        case Contact():
            return (part.name, *part.phones, *part.emails)
        case Text() | Html() | Native():
            return (part.text,)
