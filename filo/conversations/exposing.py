"""What is said where everyone can read it: the post it stands below, and how far it reaches."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from filo.channels.contract import Post
from filo.core.db import Cursor
from filo.core.events import Happening, emit, ring
from filo.core.ids import public
from filo.core.sql import statements

sql = statements("filo.conversations")


class Exposed(msgspec.Struct, frozen=True):
    """One message that stands in public."""

    message: int
    channel: int
    post: Post | None = None
    above: str = ""  # the provider's id of what it answers
    reach: int = 0
    rating: int = 0
    url: str = ""
    points_to: int | None = None  # ours: the private message that it announces


def expose(cur: Cursor, said: Sequence[Exposed]) -> None:
    """Two statements whatever the count; none where nothing is public."""
    if not said:
        return
    _keep_posts(cur, said)
    cur.execute(
        sql("expose"),
        {
            "messages": [one.message for one in said],
            "channels": [one.channel for one in said],
            "posts": [one.post.id if one.post else None for one in said],
            "aboves": [one.above for one in said],
            "reaches": [one.reach for one in said],
            "ratings": [one.rating for one in said],
            "urls": [one.url for one in said],
            "points_to": [one.points_to for one in said],
        },
    )


def go_on(cur: Cursor, about: int, *, by: int) -> None:
    """These public words are taken up by this private message; a channel allows it once."""
    rows = cur.execute(
        "UPDATE conversations_exposure AS e SET continued_by = %s FROM conversations_message AS m"
        " WHERE m.id = e.message_id AND e.message_id = %s RETURNING m.id, m.customer_id, m.case_id",
        [by, about],
    ).fetchall()
    _tell(cur, rows)


def go_on_no_more(cur: Cursor, by: int) -> None:
    """This private message was taken back: what it took up may be taken up again."""
    rows = cur.execute(
        "UPDATE conversations_exposure AS e SET continued_by = NULL FROM conversations_message AS m"
        " WHERE m.id = e.message_id AND e.continued_by = %s"
        " RETURNING m.id, m.customer_id, m.case_id",
        [by],
    ).fetchall()
    _tell(cur, rows)


def _tell(cur: Cursor, rows: Sequence[tuple[int, int, int]]) -> None:
    """Their bubbles say where they go on."""
    if not rows:
        return
    happenings = [
        Happening("message_edited", customer, case, {"message": public("msg", message)})
        for message, customer, case in rows
    ]
    emit(cur, happenings)
    ring(cur)


def _keep_posts(cur: Cursor, said: Sequence[Exposed]) -> None:
    posts: dict[tuple[int, str], Post] = {}
    for one in said:
        if one.post:
            place = (one.channel, one.post.id)
            posts[place] = _fuller(posts.get(place), one.post)
    if not posts:
        return
    found = list(posts.values())
    cur.execute(
        sql("keep_posts"),
        {
            "channels": [channel for channel, _ in posts],
            "provider_ids": [post.id for post in found],
            "urls": [post.url for post in found],
            "texts": [post.text for post in found],
            "bys": [post.by for post in found],
            "ours": [post.ours for post in found],
            "reaches": [post.reach for post in found],
        },
    )


def _fuller(known: Post | None, news: Post) -> Post:
    """What the later fact says counts, where it says something."""
    if known is None:
        return news
    return Post(
        news.id,
        news.url or known.url,
        news.text or known.text,
        news.by or known.by,
        ours=news.ours or known.ours,
        reach=max(news.reach, known.reach),
    )
