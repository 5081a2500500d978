"""What people wrote, made safe to show: escaped, addresses clickable, colleagues' names marked."""

from __future__ import annotations

import re

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from filo.channels.kit import runs

# It ends before a mark that would show its letters in another order.
ADDRESS = re.compile(r"https?://[^\s<>\"'\u200b-\u200f\u202a-\u202e\u2066-\u2069]+", re.IGNORECASE)
# Whole tags are matched too, and left alone: an address may hold an @.
CALLED = re.compile(r"(<[^>]*>)|(?<![\w@])@\w[\w.\-]*")
TRAILING = ".,;:!?)]»”"
MOST_EMOJI = 3


def linked(text: str) -> SafeString:
    """Escaped text with its addresses as links and its line breaks kept."""
    html, at = [], 0
    for found in ADDRESS.finditer(text):
        address = found.group().rstrip(TRAILING)
        html += [escape(text[at : found.start()]), _link(address)]
        at = found.start() + len(address)
    html.append(escape(text[at:]))
    return mark_safe("".join(html).replace("\n", "<br>"))  # noqa: S308 -- every piece is escaped


SIGNS = {"bold": "b", "italic": "i", "struck": "s", "code": "code"}


def marked(text: str) -> SafeString:
    """As `linked`, with what is marked shown as it is meant."""
    html = []
    for run in runs(text):
        words = linked(run.text)
        for mark in sorted(run.marks):
            words = format_html(f"<{SIGNS[mark]}>{{}}</{SIGNS[mark]}>", words)
        html.append(words)
    return mark_safe("".join(html))  # noqa: S308 -- every piece is escaped


def called(text: str) -> SafeString:
    """A note: as `linked`, and the colleagues it calls stand out."""
    marked = CALLED.sub(
        lambda found: found[1] or f'<span class="at-me">{found[0]}</span>', linked(text)
    )
    return mark_safe(marked)  # noqa: S308 -- only a fixed tag was put around escaped words


def is_emoji(text: str) -> bool:
    """Nothing but one, two or three emoji: those are shown large."""
    signs = [sign for sign in text.strip() if sign not in "\ufe0f\u200d"]
    return 0 < len(signs) <= MOST_EMOJI and all(_is_sign(sign) for sign in signs)


def _is_sign(sign: str) -> bool:
    return 0x1F300 <= ord(sign) <= 0x1FAFF or 0x2600 <= ord(sign) <= 0x27BF


def _link(address: str) -> SafeString:
    return format_html(
        '<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>', address, address
    )
