"""How long a text is as the provider counts, and where it may be cut.

Pure. `fits` asks about a stretch of the text, so that signs around marked words count too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

from filo.channels.weighing import weight

_JOINED = "\u200d\ufe0e\ufe0f\u20e3"  # what makes one sign of several


def size(text: str, unit: str) -> int:
    """The length in characters, in UTF-16 units, in bytes, or as letters weigh."""
    if unit == "bytes":
        return len(text.encode("utf-8", "surrogatepass"))
    if unit == "utf16":
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    return weight(text) if unit == "weighted" else len(text)


def split(text: str, limit: int, unit: str = "characters") -> list[str]:
    """The text in pieces that fit; blanks at the cuts are left out, nothing else is."""

    def fits(start: int, end: int) -> bool:
        return size(text[start:end], unit) <= limit

    return [text[start:end] for start, end in spans(text, limit, fits)]


def spans(text: str, limit: int, fits: Callable[[int, int], bool]) -> Iterator[tuple[int, int]]:
    """Cut at the last line end or space before the limit; inside a word only when there is none."""
    start = 0
    while start < len(text) and not fits(start, len(text)):
        cut = _last_break(text, start, _farthest(text, start, limit, fits))
        end = start + len(text[start:cut].rstrip())
        if end > start:
            yield start, end
        start = cut + len(text[cut:]) - len(text[cut:].lstrip())
    if start < len(text):
        yield start, len(text)


def shortened(text: str, limit: int, unit: str = "characters") -> str:
    """The beginning with `…`, for a place that takes no more; the whole must stand elsewhere."""
    if size(text, unit) <= limit:
        return text
    room = limit - size("…", unit)
    pieces = split(text, room, unit) if room > 0 else []
    return pieces[0] + "…" if pieces else ""


def _farthest(text: str, start: int, limit: int, fits: Callable[[int, int], bool]) -> int:
    low, high = start + 1, min(len(text), start + max(1, limit))  # a character counts one or more
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(start, middle) else (low, middle - 1)
    return low


def _last_break(text: str, start: int, end: int) -> int:
    half = start + (end - start) // 2
    for mark in ("\n\n", "\n", " "):
        cut = text.rfind(mark, half if mark != " " else start + 1, end + 1)
        if cut > start and text[start:cut].strip():
            return cut
    return _between_signs(text, start, end)


def _between_signs(text: str, start: int, end: int) -> int:
    for cut in range(end, max(start, end - 20), -1):
        inside = cut < len(text) and (unicodedata.combining(text[cut]) or text[cut] in _JOINED)
        if not inside and text[cut - 1] != "\u200d":
            return cut
    return end
