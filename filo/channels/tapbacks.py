"""Reactions that come as words: an iPhone that knows no better writes `Liked "quoted text"`.

So do they over SMS, and to a business over Apple's own road. Pure: which message is meant the
thread knows (`tapback` and `quoted` in `Said.context`); where none is found the words stay words.
"""

from __future__ import annotations

import re

# The Italian ones as iOS writes them to phones that know no tapbacks; not seen on this road yet.
WORDS = {
    "liked": "👍",
    "loved": "❤️",
    "disliked": "👎",
    "laughed at": "😂",
    "emphasized": "‼️",
    "questioned": "❓",
    "ha messo mi piace a": "👍",
    "ha adorato": "❤️",
    "ha messo non mi piace a": "👎",
    "non ha gradito": "👎",
    "ha riso di": "😂",
    "ha riso per": "😂",
    "ha enfatizzato": "‼️",
    "ha sottolineato": "‼️",
    "ha messo in dubbio": "❓",
    # taken back again: no reaction is left
    "removed a like from": "",
    "removed a heart from": "",
    "removed a dislike from": "",
    "removed a laugh from": "",
    "removed an exclamation from": "",
    "removed a question mark from": "",
    "removed a reaction from": "",
    "ha rimosso un mi piace da": "",
    "ha rimosso un cuore da": "",
    "ha rimosso un non mi piace da": "",
    "ha rimosso una risata da": "",
    "ha rimosso un punto esclamativo da": "",
    "ha rimosso un punto interrogativo da": "",
    "ha rimosso una reazione da": "",
}
_INNER = re.compile(r"[“\"«]((?:Mi|Non mi) piace)[”\"»](?= a )")  # the verb's own marks
_ANY = re.compile(
    r"(?:(?:Reacted|Ha reagito con) (?P<emoji>\S{1,16}) (?:to|a)|(?P<words>[^\n]{5,40}?))"
    r" (?:[“\"«](?P<quoted>.*)[”\"»]"
    r"|(?P<thing>an image|a movie|an attachment|\d+ Business Messages?))\Z",
    re.DOTALL,
)


def tapback(text: str) -> dict[str, str]:
    """The context of words that are a reaction: `tapback` is the emoji (empty: taken back) and
    `quoted` the words or the thing it was put on. Nothing for an ordinary text."""
    found = _ANY.match(_INNER.sub(r"\1", text, count=1))
    if not found:
        return {}
    emoji = found["emoji"] or WORDS.get((found["words"] or "").casefold())
    if emoji is None:
        return {}
    return {"tapback": emoji, "quoted": found["quoted"] or found["thing"] or ""}
