"""The mark of each channel: drawn by us, kept in the connector's own folder as `mark.svg`."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from filo.channels import registry

INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
PLAIN = '<circle cx="12" cy="12" r="12" fill="#59615f"/><circle cx="12" cy="12" r="4" fill="#fff"/>'


@cache
def sprite() -> SafeString:
    """Every mark once, as symbols that the page refers to."""
    drawings = {"none": PLAIN} | {kind: _drawing(kind) for kind in registry.kinds()}
    symbols = "".join(
        f'<symbol id="mark-{kind}" viewBox="0 0 24 24">{drawing}</symbol>'
        for kind, drawing in drawings.items()
    )
    # The drawings are files of the installation: no customer writes them.
    return mark_safe(f'<svg class="vh" aria-hidden="true" focusable="false">{symbols}</svg>')  # noqa: S308


def mark(kind: str, size: str = "") -> SafeString:
    known = kind if kind in registry.kinds() else "none"
    return format_html(
        '<svg class="mark {}" aria-hidden="true"><use href="#mark-{}"/></svg>', size, known
    )


@cache
def name(kind: str) -> str:
    """What people call this kind of channel."""
    try:
        return registry.connector(kind).card.name
    except registry.NoSuchKind:
        return kind


def _drawing(kind: str) -> str:
    drawn = files(registry.package(kind)) / "mark.svg"
    found = INSIDE.search(drawn.read_text("utf-8")) if drawn.is_file() else None
    return found.group(1).strip() if found else PLAIN
