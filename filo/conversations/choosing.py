"""A number or a label typed back is the answer that was offered: `2` is the second choice.

Only where nobody tapped, and only against the newest words that we sent to that very address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from filo.channels.contract import Html, Part, Said, Text
from filo.channels.fitting import answers
from filo.core.db import Cursor
from filo.core.sql import statements
from filo.core.text import fold

sql = statements("filo.conversations")
LONGEST = 80  # characters: no ready answer is longer, and a story is no choice
_NUMBER = re.compile(r"[\s(#*]*(\d{1,3})[\s.)°*\ufe0f\u20e3]*(?:/\s*\d{1,3}\s*)?", re.ASCII)
_AHEAD = re.compile(r"\d{1,3}\s*[.)]\s*", re.ASCII)  # `2. Window`
_parts = msgspec.json.Decoder(tuple[Part, ...])


class Choosing(msgspec.Struct, frozen=True):
    """Words that may be a choice. `asked`: ours were the last before them in their case."""

    identity: int
    said: Said
    asked: bool


def may_choose(one: Choosing) -> bool:
    """Worth a look at what we asked? A number always is, a label only after our own words."""
    words = _typed(one.said)
    numbered = _NUMBER.fullmatch(words) or _AHEAD.match(words)
    return bool(words) and (one.asked or bool(numbered))


def chosen(cur: Cursor, batch: Sequence[Choosing]) -> list[Said]:
    """The same words, those that chose with `context["choice"]`; at most one statement."""
    unsure = {one.identity for one in batch if may_choose(one)}
    if not unsure:
        return [one.said for one in batch]
    rows = cur.execute(sql("asked"), {"identities": sorted(unsure)}).fetchall()
    asked = {identity: (_parts.decode(parts), language) for identity, parts, language in rows}
    return [
        _understood(one.said, *asked[one.identity])
        if one.identity in asked and may_choose(one)
        else one.said
        for one in batch
    ]


def _typed(said: Said) -> str:
    if said.public or said.automatic or "choice" in said.context or len(said.parts) != 1:
        return ""
    [part] = said.parts
    words = part.text.strip() if isinstance(part, Text | Html) else ""
    return words if len(words) <= LONGEST else ""


def _understood(said: Said, asked: Iterable[Part], language: str) -> Said:
    ready = answers(asked, language)
    words = _typed(said)
    number = _NUMBER.fullmatch(words)
    label = fold(_AHEAD.sub("", words, count=1))
    by_label = [one for one in ready if label in {fold(one.label), fold(one.id)}]
    by_number = [one for one in ready if number and one.number == int(number[1])]
    met = by_label if len(by_label) == 1 else by_number
    if len(met) != 1:
        return said
    context = said.context | {"choice": met[0].id, "chosen": met[0].label}
    return msgspec.structs.replace(said, context=context)
