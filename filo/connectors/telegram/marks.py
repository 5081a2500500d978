"""Marked text as Telegram wants it: plain words, and entities that say what is bold.

Entities need no escaping, so no word of a customer or an agent can break them. Their offsets are
in UTF-16 code units.
"""

from __future__ import annotations

from typing import Any

from filo.channels.contract import Text
from filo.channels.kit import runs

NAMES = {"bold": "bold", "italic": "italic", "struck": "strikethrough", "code": "code"}


def marked(text: Text) -> tuple[str, list[dict[str, Any]]]:
    """The words without their marks, and where which mark stands."""
    if not text.marked:
        return text.text, []
    words, entities = "", []
    for run in runs(text.text):
        place = {"offset": units(words), "length": units(run.text)}
        entities += [{"type": NAMES[mark], **place} for mark in sorted(run.marks) if mark in NAMES]
        words += run.text
    return words, entities


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
