"""Tapbacks come as words: `Liked "quoted text"`, in the language of the phone."""

from __future__ import annotations

import re

# The Italian ones as iOS writes them to phones that know no tapbacks; not seen on this road yet.
WORDS = {
    "Liked": "👍",
    "Loved": "❤️",
    "Disliked": "👎",
    "Laughed at": "😂",
    "Emphasized": "‼️",
    "Questioned": "❓",
    "Ha messo “Mi piace” a": "👍",
    "Ha messo mi piace a": "👍",
    "Ha adorato": "❤️",
    "Ha messo “Non mi piace” a": "👎",
    "Ha messo non mi piace a": "👎",
    "Ha riso di": "😂",
    "Ha enfatizzato": "‼️",
    "Ha messo in dubbio": "❓",
}
_ANY = re.compile(
    r"(?:(?P<words>Liked|Loved|Disliked|Laughed at|Emphasized|Questioned"
    r"|Ha messo “Mi piace” a|Ha messo mi piace a|Ha adorato|Ha messo “Non mi piace” a"
    r"|Ha messo non mi piace a|Ha riso di|Ha enfatizzato|Ha messo in dubbio)"
    r"|(?:Reacted|Ha reagito con) (?P<emoji>\S{1,16}) (?:to|a))"
    r" (?:[“\"«](?P<quoted>.*)[”\"»]"
    r"|(?P<thing>an image|a movie|an attachment|\d+ Business Messages?))\Z",
    re.DOTALL,
)


def tapback(text: str) -> tuple[str, str] | None:
    """The emoji, and the words or the thing it was put on; None for an ordinary text."""
    found = _ANY.match(text)
    if not found:
        return None
    emoji = found["emoji"] or WORDS[found["words"]]
    return emoji, found["quoted"] or found["thing"] or ""
