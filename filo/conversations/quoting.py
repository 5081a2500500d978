"""Reactions that come as words: `Liked "See you at noon"` is a thumb on the message it quotes.

Only where that message is one of the newest with that very address; else the words stay words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from filo.channels.contract import Media, Part, Reacted, Said
from filo.conversations.types import Heard
from filo.conversations.words import searchable
from filo.core.db import Cursor
from filo.core.sql import statements
from filo.core.text import fold

sql = statements("filo.conversations")
NEWEST = 20  # messages that are looked at
Known = tuple[str, tuple[Part, ...]]  # the provider's id, and what was said
_parts = msgspec.json.Decoder(tuple[Part, ...])


def reacted(cur: Cursor, batch: Sequence[Heard]) -> Sequence[Heard]:
    """The same batch; what was a reaction in words is one now."""
    identities = {one.identity for one in batch if _quotes(one)}
    if not identities:
        return batch
    spoken: dict[int, list[Known]] = defaultdict(list)
    columns = {"identities": sorted(identities), "newest": NEWEST}
    for identity, id_, parts in cur.execute(sql("newest"), columns).fetchall():
        spoken[identity].append((id_, _parts.decode(parts)))
    return [_meant(one, spoken[one.identity]) if _quotes(one) else one for one in batch]


def _quotes(heard: Heard) -> bool:
    return isinstance(heard.fact, Said) and "tapback" in heard.fact.context


def _meant(heard: Heard, spoken: Iterable[Known]) -> Heard:
    said = heard.fact
    assert isinstance(said, Said)
    quoted = said.context.get("quoted", "")
    message = next((id_ for id_, parts in spoken if _is_quoted(parts, quoted)), "")
    if not message:
        return heard
    emoji = said.context["tapback"]
    reaction = Reacted(said.id, message, emoji, said.at, said.by, to=said.to)
    return msgspec.structs.replace(heard, fact=reaction)


def _is_quoted(parts: tuple[Part, ...], quoted: str) -> bool:
    words, wanted = fold(searchable(parts)).strip(), fold(quoted).strip()
    if wanted == "an image":
        return any(isinstance(one, Media) and one.mime.startswith("image/") for one in parts)
    cut = wanted.removesuffix("…").rstrip()
    return bool(cut) and (words == wanted or (cut != wanted and words.startswith(cut)))
