"""What a template may hold: translated words and structure; no script, no style of its own."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.house.architecture import tree

COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", re.DOTALL)
SPOKEN = re.compile(r"\{%\s*blocktrans(late)?\b.*?\{%\s*endblocktrans(late)?\s*%\}", re.DOTALL)
DRAWN = re.compile(r"<(script|style|svg|code|pre)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
NAMING = re.compile(r"\{% block (?:\w*class\w*|width) %\}.*?\{% endblock[^%]*%\}")
CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
TAG = re.compile(r"<[^>]*>", re.DOTALL)
SHOWN = re.compile(r"\b(title|placeholder|aria-label|alt)=\"([^\"]*)\"")
WORD = re.compile(r"[^\W\d_]{2,}")
INLINE = re.compile(r"<[^>{]*\s(style|on[a-z]+)=\"", re.IGNORECASE)
BARE_SCRIPT = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*nonce)(?![^>]*application/)", re.IGNORECASE
)
CHAIN = re.compile(r"\{\{[^}|]*(\|[^}|]+){3,}\}\}")
# Names are the same in every language.
NAMES = {
    "Filo",
    "WhatsApp",
    "Brezza",
    "Markdown",
    "JSON",
    "API",
    "English",
    "Italiano",
    "Esc",
    "Enter",
    "Ctrl",
}


def templates() -> Iterator[Path]:
    for path in tree.tracked():
        if (
            path.suffix in {".html", ".txt"}
            and "templates" in path.parts
            and "emulators" not in path.parts
        ):
            yield path


def faults(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    name = tree.short(path)
    yield from (f"{name}: not translated: {words!r}" for words in untranslated(text))
    yield from (
        f"{name}: {found[0]!r}: style in CSS, behaviour in a module"
        for found in INLINE.finditer(text)
    )
    yield from (f"{name}: a script without nonce" for _ in BARE_SCRIPT.finditer(text))
    yield from (f"{name}: {found[0]}: a chain of filters" for found in CHAIN.finditer(text))


def untranslated(text: str) -> list[str]:
    """The words that a reader meets and no translator did. The template's own language goes first:
    its quotes and its `>` would end an attribute or a tag."""
    bare = CODE.sub(" ", NAMING.sub(" ", SPOKEN.sub(" ", COMMENT.sub(" ", text))))
    attributes = [found[2] for found in SHOWN.finditer(bare)]
    shown = TAG.sub("\n", DRAWN.sub(" ", bare))
    return [line.strip() for line in [*shown.splitlines(), *attributes] if says_something(line)]


def says_something(line: str) -> bool:
    words = set(WORD.findall(re.sub(r"&\w+;", " ", line)))
    return bool(words - NAMES)


def main() -> int:
    found = [fault for path in templates() for fault in faults(path)]
    count = sum(1 for _ in templates())
    sys.stdout.write("\n".join([f"measure: {count} templates", *found]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
