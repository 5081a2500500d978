"""What is new in a reply, and what it only repeats."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from mailparser_reply.parser import EmailMessage as ReplyMail

LANGUAGES = ["it", "en", "de", "fr", "es", "nl", "pl", "sv", "da", "cs", "ja", "ko", "zh"]
READ_LIMIT = 20_000  # an answer is at the top: past this length nothing is told apart
LINE_LIMIT = 300  # the library's patterns take quadratic time on one long line

# "Da: Roma / A: Parigi" is a journey, not the head of an older mail: ask for more than that.
SURE = re.compile(
    r"[::]\s*$|^-{5}|@|(?:Inviato|Sent|Gesendet|Envoy|Enviad|Verzonden)", re.MULTILINE
)
_HEADER = ReplyMail(text="", languages=list(LANGUAGES)).HEADER_REGEX


def folded(text: str) -> tuple[str, str]:
    """`(new, quoted)`; when in doubt all of it is new, for no word may be hidden."""
    lines = text.replace("\r\n", "\n").strip().split("\n")
    cut = min(_attribution(lines), _closing_marks(lines))
    new, quoted = _joined(lines[:cut]), _joined(lines[cut:])
    below = _below_the_marks(lines[cut:])
    if new and not below:
        return new, quoted
    if below and not new and _is_one_block(lines[cut:]):
        return below, _joined(line for line in lines if line.startswith(">"))
    return _joined(lines), ""


def _attribution(lines: list[str]) -> int:
    flat = "\n".join(line.strip()[:LINE_LIMIT] for line in lines)[:READ_LIMIT]
    for found in _HEADER.finditer(flat):
        if SURE.search(found[0]):
            begin = found.start() + len(found[0]) - len(found[0].lstrip("\n"))
            return flat.count("\n", 0, begin)
    return len(lines)


def _closing_marks(lines: list[str]) -> int:
    """Where the last run of `>` lines begins, when nothing follows it."""
    cut = len(lines)
    while cut and (not lines[cut - 1].strip() or lines[cut - 1].startswith(">")):
        cut -= 1
    if not any(line.startswith(">") for line in lines[cut:]):
        return len(lines)
    attributed = cut > 1 and lines[cut - 1].rstrip().endswith(":")  # "… wrote:", in any language
    return cut - 1 if attributed else cut


def _below_the_marks(quoted: list[str]) -> str:
    """Words that stand under `>` lines: somebody answered below, or in between."""
    first = next((i for i, line in enumerate(quoted) if line.startswith(">")), len(quoted))
    return _joined(line for line in quoted[first:] if not line.startswith(">"))


def _is_one_block(quoted: list[str]) -> bool:
    marked = [line.startswith(">") for line in quoted if line.strip()]
    return sum(before and not after for before, after in pairwise(marked)) == 1


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines).strip()
