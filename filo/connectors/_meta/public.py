"""What is said in public, below posts: there are only words there, and each is said once."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import msgspec

from filo.channels.contract import (
    Bundle,
    Call,
    Choice,
    Config,
    Contact,
    Envelope,
    Html,
    Location,
    Media,
    Native,
    Plain,
    Receipt,
    Reply,
    Spoken,
    Text,
)
from filo.channels.kit import in_words
from filo.connectors._meta import graph
from filo.connectors._meta.wire import Id, Person


def words(part: Spoken) -> str:
    """A part as a comment can say it; a file by its address."""
    if isinstance(part, Bundle):
        return "\n".join(map(words, part.parts))
    if isinstance(part, Plain):
        return "\n".join(line for line in _lines(part) if line)
    return in_words(part)


def single(part: Spoken) -> Spoken:
    """The one message that a comment may be taken up with: a lone part as it is, several in
    words, a file by its address."""
    if not isinstance(part, Bundle):
        return part
    return part.parts[0] if len(part.parts) == 1 else Text(words(part))


def _lines(part: Plain) -> Sequence[str]:
    match part:
        case Media():
            return (part.caption, part.url)
        case Choice():
            return (part.text, *(option.label for option in part.options))
        case Location():
            return (part.name, part.address)
        case Contact():
            return (part.name, *part.phones, *part.emails)
        case Text() | Html() | Native():
            return (part.text,)


# --- is it there already? -------------------------------------------------


class _Word(msgspec.Struct):
    id: Id = ""
    text: str = ""
    message: str = ""
    sender: Person | None = msgspec.field(name="from", default=None)


class _Words(msgspec.Struct):
    data: list[_Word] = []


def standing(
    config: Config, path: str, call: Call, envelope: Envelope, **more: Any
) -> Generator[Call, Reply, Receipt | None]:
    """What an earlier attempt left there all the same. Meta says "try again" (1, 2) of comments
    that it has taken, and knows no key against repeats: so we look before we speak again."""
    said = (call.form or {}).get("message", "")
    if envelope.attempt == 1 or not said:
        return None
    fields = more.pop("fields", "id,message,from")
    query = {"fields": fields, "limit": "50", "order": "reverse_chronological"}
    found = yield from graph.ask(config, path, kind=_Words, query=query, **more)
    ours = {config.get("page_id", ""), config.get("account_id", ""), config.get("user_id", "")}
    for one in found.data:
        by = str(one.sender.id) if one.sender else ""
        if (one.message or one.text) == said and by in ours - {""}:
            return Receipt(str(one.id))
    return None
