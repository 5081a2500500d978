"""Marked text as Telegram wants it: plain words, and entities that say what is bold.

Entities need no escaping, so no word of a customer or an agent can break them. Their offsets are
in UTF-16 code units.
"""

from __future__ import annotations

import re
from typing import Any

from filo.channels.contract import Text

_MARKED = re.compile(
    r"\*\*(?=\S)(?P<bold>.+?)(?<=\S)\*\*"
    r"|~~(?=\S)(?P<strikethrough>.+?)(?<=\S)~~"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<![\w_])_(?=\S)(?P<italic>.+?)(?<=\S)_(?![\w_])",
    re.DOTALL,
)


def marked(text: Text) -> tuple[str, list[dict[str, Any]]]:
    """The words without their marks, and where which mark stands."""
    if not text.marked:
        return text.text, []
    return _told(text.text)


def _told(text: str) -> tuple[str, list[dict[str, Any]]]:
    words, entities, done = "", [], 0
    for found in _MARKED.finditer(text):
        words += text[done : found.start()]
        kind = str(found.lastgroup)
        inner, within = (found[kind], []) if kind == "code" else _told(found[kind])
        offset = units(words)
        entities.append({"type": kind, "offset": offset, "length": units(inner)})
        entities += [one | {"offset": one["offset"] + offset} for one in within]
        words, done = words + inner, found.end()
    return words + text[done:], entities


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
