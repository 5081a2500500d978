"""Lucide's icons as they stand inside a page."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zipfile import ZipFile

from django.utils.html import format_html
from django.utils.safestring import SafeString

SIDE = 16
HEAD = (
    f'<svg width="{SIDE}" height="{SIDE}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
    ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
    ' class="{}" aria-hidden="true">'
)


@cache
def icon(name: str, size: str = "") -> SafeString:
    """One icon; `size` is `s`, `l` or nothing."""
    _, _, lines = _archive().read(f"{name}.svg").decode().partition(">")
    return format_html(HEAD + "{}", f"i {size}".strip(), SafeString(lines.strip()))


@cache
def _archive() -> ZipFile:
    """Kept open: lucide's own reader reads the list of all 1,668 for each icon, 10 ms a time."""
    return ZipFile(str(files("lucide") / "lucide.zip"))
