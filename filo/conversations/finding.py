"""Search: addresses first, then people by name, then words in messages."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from filo.channels.contract import Part
from filo.conversations.scoping import limits
from filo.conversations.types import Hit, HitPage
from filo.conversations.words import preview
from filo.core.db import Cursor
from filo.core.ids import public
from filo.core.sql import statements
from filo.core.text import fold, storable
from filo.staff.types import Scope

sql = statements("filo.conversations")
WORD = re.compile(r"\w+")
MOST_TERMS = 12
NEWEST = 2_000  # messages that tell how frequent words are
MOST_HITS = 200  # ranked at most
ENOUGH = 100
FEW = 10_000  # bearers of a word that are all looked at, however old
FARTHER = 10  # times as far back for whoever reads only some teams
_parts = msgspec.json.Decoder(tuple[Part, ...])


def search(
    cur: Cursor, scope: Scope, words: str, *, after: str | None = None, limit: int = 20
) -> HitPage:
    """What the scope may read and the words hit. `after` is the cursor of the page before."""
    words = storable(words).strip()[:500]
    terms = WORD.findall(fold(words))[:MOST_TERMS]
    skip = int(after) if after and after.isdigit() else 0
    people = _people(cur, scope, words, terms, limit) if not skip else []
    rows = _messages(cur, scope, terms, skip, limit + 1) if terms else []
    shown = rows[:limit]
    more = str(skip + limit) if len(rows) > limit else None
    return HitPage((*people, *(_message(row) for row in shown)), more)


def _people(cur: Cursor, scope: Scope, words: str, terms: list[str], limit: int) -> list[Hit]:
    prefix = " & ".join([*terms[:-1], f"{terms[-1]}:*"]) if terms else ""
    columns = limits(scope, exact=_exact(words), prefix=prefix, many=limit)
    rows = cur.execute(sql("search_people"), columns, prepare=False).fetchall()
    unique = {row[0]: Hit("customer", public("cus", row[0]), row[1]) for row in rows}
    return list(unique.values())


def _exact(words: str) -> list[str]:
    """The address that the words may be: as typed, small, or a number without its spaces."""
    digits = re.sub(r"[\s().-]", "", words)
    found = {words, words.lower()}
    if digits.lstrip("+").isdigit():
        found |= {digits, f"+{digits.lstrip('+')}", f"+39{digits}"}
    return sorted(found - {""})


def _messages(
    cur: Cursor, scope: Scope, terms: list[str], skip: int, many: int
) -> list[tuple[Any, ...]]:
    ored = " or ".join(terms)
    hits = _hits(cur, scope, ored)
    if not hits:
        return []
    columns = limits(scope, ored=ored, hits=hits, skip=skip, many=many)
    return cur.execute(sql("search_messages"), columns).fetchall()


def _hits(cur: Cursor, scope: Scope, ored: str) -> list[int]:
    """The newest few hundred readable messages with any of the words, at a cost that hardly grows.

    A look at the newest messages tells how frequent the words are, and so how far back to go.
    Never prepared: one plan for all words would be wrong for the common or for the rare.
    """
    asked = limits(scope, ored=ored, newest=NEWEST, most=MOST_HITS)
    row = cur.execute(sql("search_newest"), asked, prepare=False).fetchone()
    assert row is not None
    last, newest = row
    if scope.everything and len(newest) >= ENOUGH:
        return sorted(newest, reverse=True)[:MOST_HITS]
    hits: list[int] = []
    for back in _far_back(scope, last, len(newest)):
        asked["since"] = max(last - back, 0)
        rows = cur.execute(sql("search_since"), asked, prepare=False).fetchall()
        hits = [id_ for (id_,) in rows]
        if len(hits) >= ENOUGH:
            break
    return hits


def _far_back(scope: Scope, last: int, seen: int) -> list[int]:
    """How many messages to look at, and how many if that was not enough."""
    if last * seen <= FEW * NEWEST:
        return [last]
    back = NEWEST * 2 * ENOUGH // seen
    return [back, last] if scope.everything else [back * FARTHER]


def _message(row: tuple[Any, ...]) -> Hit:
    id_, customer, name, case, parts, at, _ = row
    return Hit(
        kind="message",
        customer=public("cus", customer),
        customer_name=name,
        case=public("cas", case),
        message=public("msg", id_),
        text=preview(_parts.decode(parts)),
        at=at,
    )
