"""Marked words: `**bold**`, `_italic_`, `~~struck~~` and `` `code` ``, read and written anew.

A channel whose marks are pairs of signs names them in its card (`Capabilities.marks`) and is
handed its own writing. One that marks by ranges or by HTML names `CANONICAL`, is handed what we
write, and reads it with `runs`: so nothing that a person typed is ever taken for a tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

CANONICAL = {"bold": "**{}**", "italic": "_{}_", "struck": "~~{}~~", "code": "`{}`"}

# Each scan ends at the next sign of its kind, so that no text takes more than its length.
_MARKED = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|\*\*(?=\S)(?P<bold>(?:(?!\*\*)[^\n])+)(?<=\S)\*\*"
    r"|~~(?=\S)(?P<struck>(?:(?!~~)[^\n])+)(?<=\S)~~"
    r"|(?<!\w)_(?=\S)(?P<italic>[^_\n]+)(?<=\S)_(?!\w)"
)


class Run(msgspec.Struct, frozen=True, omit_defaults=True):
    """Words with the same marks."""

    text: str
    marks: frozenset[str] = frozenset()


def runs(text: str, within: frozenset[str] = frozenset()) -> Iterator[Run]:
    """The words of a marked text, each with its marks; the signs themselves are gone."""
    end = 0
    for found in _MARKED.finditer(text):
        mark = found.lastgroup or ""
        if text[end : found.start()]:
            yield Run(text[end : found.start()], within)
        if mark == "code":
            yield Run(found[mark], within | {mark})
        else:
            yield from runs(found[mark], within | {mark})
        end = found.end()
    if text[end:]:
        yield Run(text[end:], within)


def plain(text: str) -> str:
    """A marked text without its signs."""
    return "".join(run.text for run in runs(text))


def sliced(whole: Sequence[Run], start: int, end: int) -> tuple[Run, ...]:
    """The runs of the words between two places of the plain text."""
    found, at = [], 0
    for run in whole:
        words = run.text[max(0, start - at) : max(0, end - at)]
        if words:
            found.append(Run(words, run.marks))
        at += len(run.text)
    return tuple(found)


def written(whole: Sequence[Run], forms: Mapping[str, str]) -> str:
    """The runs in a channel's own writing; a mark that it has no form for is left out."""
    shown = "".join(run.text for run in whole)
    return _written(whole, forms, frozenset()) if any(run.marks for run in whole) else shown


def _written(whole: Sequence[Run], forms: Mapping[str, str], open_: frozenset[str]) -> str:
    told, at = "", 0
    while at < len(whole):
        marks = sorted((whole[at].marks & forms.keys()) - open_)
        if not marks:
            told += whole[at].text
            at += 1
            continue
        outer = max(marks, key=lambda mark: _reach(whole, at, mark))
        end = _reach(whole, at, outer)
        told += _signed(_written(whole[at:end], forms, open_ | {outer}), forms[outer])
        at = end
    return told


def _reach(whole: Sequence[Run], start: int, mark: str) -> int:
    """Where the mark ends that is on at `start`."""
    off = (at for at in range(start, len(whole)) if mark not in whole[at].marks)
    return next(off, len(whole))


def _signed(words: str, form: str) -> str:
    """Signs stand at the words: most providers read `* so *` as it is written."""
    bare = words.strip()
    before, _, after = words.partition(bare) if bare else (words, "", "")
    return f"{before}{form.replace('{}', bare)}{after}" if bare else words
