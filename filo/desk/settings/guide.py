"""A connector's GUIDE.md as HTML: headings, lists, paragraphs, code, bold, links. Nothing more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.resources import files

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from filo.channels import registry

ITEM = re.compile(r"(?:[-*]|(\d+)\.) +(.*)")
BLANK = re.compile(r"\n\s*\n")
MARKS = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"<b>\1</b>"),
    (re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])"), r"<em>\1</em>"),
    (re.compile(r"\[([^\]]+)\]\((https://[^)\s]+)\)"), r'<a class="plain-link" href="\2">\1</a>'),
)


@cache
def guide(kind: str) -> SafeString:
    """The guide of a kind, or nothing: a file of the installation, escaped all the same."""
    package = registry.package(kind)
    page = files(import_module(package)) / "GUIDE.md"
    text = page.read_text("utf-8") if page.is_file() else ""
    return mark_safe("\n".join(_blocks(text)))  # noqa: S308 -- escaped in _words


def _blocks(text: str) -> Iterator[str]:
    fenced = text.split("```")
    for position, piece in enumerate(fenced):
        if position % 2:
            yield f"<pre><code>{escape(piece.partition(chr(10))[2].strip())}</code></pre>"
            continue
        for block in BLANK.split(piece):
            if block.strip():
                yield _block(block.strip())


def _block(block: str) -> str:
    if block.startswith("#"):
        level = min(len(block) - len(block.lstrip("#")) + 1, 4)
        return f"<h{level}>{_words(block.lstrip('# '))}</h{level}>"
    if found := ITEM.match(block):
        tag = "ol" if found[1] else "ul"
        items = "".join(f"<li>{_words(item)}</li>" for item in _items(block))
        return f"<{tag}>{items}</{tag}>"
    return f"<p>{_words(block)}</p>"


def _items(block: str) -> Iterator[str]:
    """Lines that begin with no mark go on with the item before."""
    item = ""
    for line in block.splitlines():
        if found := ITEM.match(line.strip()):
            if item:
                yield item
            item = found[2]
        else:
            item = f"{item} {line.strip()}"
    yield item


def _words(text: str) -> str:
    safe = str(escape(" ".join(text.split())))
    for mark, tag in MARKS:
        safe = mark.sub(tag, safe)
    return safe
