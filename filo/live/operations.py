"""What other parts may ask of the live stream."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

from filo.core.db import Cursor

# (cursor, numbers of messages, language) -> the bubble of each as HTML
Renderer = Callable[[Cursor, Sequence[int], str], Mapping[int, str]]
logger = logging.getLogger(__name__)
_renderers: list[Renderer] = []


def render_with(renderer: Renderer | None) -> Renderer | None:
    """Say who draws the bubbles, and hear who did. The desk does; the wiring introduces them."""
    before = _renderers[0] if _renderers else None
    _renderers.clear()
    if renderer:
        _renderers.append(renderer)
    return before


def bubbles(cur: Cursor, messages: Sequence[int], language: str) -> Mapping[int, str]:
    """The bubbles of some messages; none while nobody draws."""
    if not _renderers or not messages:
        return {}
    try:
        return _renderers[0](cur, messages, language)
    except Exception:  # an outer door: one bad bubble must not stop the log
        logger.exception("Bubbles could not be drawn.", extra={"messages": list(messages)})
        return {}
