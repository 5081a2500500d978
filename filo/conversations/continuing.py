"""A public conversation goes on in private: each of the two says where the other is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from filo.channels.contract import Part, Text
from filo.conversations.exposing import go_on
from filo.conversations.held import hold_to_work
from filo.conversations.replying import NOW, already, nothing_newer, say
from filo.conversations.roads import ways
from filo.conversations.threads import views
from filo.conversations.types import CannotSend, NotFound, Written
from filo.conversations.words import preview
from filo.core import clock
from filo.core.db import Cursor
from filo.staff.types import Scope

_parts = msgspec.json.Decoder(tuple[Part, ...])
LONGEST = 80
# How ours begins, in the customer's language: they must know which words of theirs are meant.
ORIGINS = {
    "de": "Zu Ihrem öffentlichen Kommentar",
    "en": "About your public comment",
    "es": "Sobre su comentario público",
    "fr": "Au sujet de votre commentaire public",
    "it": "A proposito del suo commento pubblico",
}


def take_up(
    cur: Cursor,
    actor: Scope,
    case: int,
    parts: Sequence[Part],
    *,
    client_id: str,
    about: int,
    last_seen: int | None = None,
    hold: timedelta = NOW,
) -> Written:
    """Answer a public message in private, as channels allow it once; ours says what it is about."""
    held = hold_to_work(cur, actor, case)
    if written := already(cur, case, client_id):
        return written
    if held.status == "solved":
        raise CannotSend("solved", "This case is solved. Re-open it first.")
    nothing_newer(cur, held, last_seen)
    found = ways(cur, case=case, customer=held.customer)
    way = next((one for one in found if one.about == about and not one.public), None)
    if way is None:
        raise CannotSend("not_in_private", "These public words cannot be taken up in private.")
    begun = _with_origin(cur, about, parts, language=actor.language)
    at = clock.now()
    message = say(cur, actor, held, way, begun, client_id=client_id, at=at, hold=hold)
    go_on(cur, about, by=message)
    return Written(views(cur, [message])[0], new=True)


def _with_origin(
    cur: Cursor, about: int, parts: Sequence[Part], *, language: str
) -> tuple[Part, ...]:
    """The parts, which begin by saying what they take up; one text stays one text."""
    row = cur.execute(
        "SELECT m.parts::text, coalesce(nullif(e.url, ''), p.url, ''), cu.language"
        " FROM conversations_message AS m"
        " JOIN conversations_exposure AS e ON e.message_id = m.id"
        " JOIN customers_customer AS cu ON cu.id = m.customer_id"
        " LEFT JOIN conversations_post AS p ON p.id = e.post_id WHERE m.id = %s",
        [about],
    ).fetchone()
    if row is None:
        raise NotFound("There is no such public message.")
    said, url, theirs = row
    begins = _origin(preview(_parts.decode(said)), url, language=theirs or language)
    if parts and isinstance(parts[0], Text):
        return (Text(f"{begins}\n\n{parts[0].text}"), *parts[1:])
    return (Text(begins), *parts)


def _origin(words: str, url: str, *, language: str) -> str:
    short = words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
    named = f" “{short}”" if short else ""
    known = ORIGINS.get(language.partition("-")[0], ORIGINS["en"])
    return f"{known}{named}: {url}" if url else f"{known}{named}:"
