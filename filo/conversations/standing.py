"""How public messages stand: their posts, what was done with them, what they said before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec

from filo.channels.contract import Part
from filo.conversations.scoping import limits
from filo.conversations.types import ModerationView, PostView, PublicView, Version
from filo.core.db import Cursor
from filo.core.ids import public
from filo.core.sql import statements
from filo.staff.types import Scope

sql = statements("filo.conversations")
MOST = 200
_parts = msgspec.json.Decoder(tuple[Part, ...])


def standing(cur: Cursor, ids: Sequence[int], changed: Sequence[int]) -> dict[int, PublicView]:
    """Of public messages; `changed` are those whose author edited or deleted them."""
    if not ids:
        return {}
    rows = cur.execute(sql("exposures"), {"ids": list(ids)}).fetchall()
    versions = _versions(cur, changed)
    moderations = _moderations(cur, ids)
    return {row[0]: _view(row[1:], versions[row[0]], moderations[row[0]]) for row in rows}


def below(cur: Cursor, scope: Scope, posts: Sequence[int]) -> list[int]:
    """Numbers of all that the reader may read below these posts."""
    if not posts:
        return []
    columns = limits(scope, posts=list(posts), many=MOST)
    return [row[0] for row in cur.execute(sql("below_posts"), columns).fetchall()]


def _versions(cur: Cursor, ids: Sequence[int]) -> dict[int, list[Version]]:
    found: dict[int, list[Version]] = defaultdict(list)
    if ids:
        for message, parts, at in cur.execute(sql("versions"), {"ids": list(ids)}).fetchall():
            found[message].append(Version(_parts.decode(parts), at))
    return found


def _moderations(cur: Cursor, ids: Sequence[int]) -> dict[int, list[ModerationView]]:
    found: dict[int, list[ModerationView]] = defaultdict(list)
    for message, *rest in cur.execute(sql("moderations"), {"ids": list(ids)}).fetchall():
        found[message].append(ModerationView(*rest))
    return found


def _view(
    row: Sequence[Any], versions: Sequence[Version], moderations: Sequence[ModerationView]
) -> PublicView:
    by, post, url, text, author, ours, reach, above, *standing = row
    how_far, rating, link, hidden, liked, deleted, continued_by, points_to = standing
    return PublicView(
        by=by,
        post=PostView(public("pst", post), url, text, author, ours, reach) if post else None,
        above=_message(above),
        reach=how_far,
        rating=rating,
        url=link,
        hidden=hidden,
        liked=liked,
        deleted=deleted,
        continued_by=_message(continued_by),
        points_to=_message(points_to),
        versions=tuple(versions),
        moderations=tuple(moderations),
    )


def _message(number: int | None) -> str:
    return public("msg", number) if number else ""
