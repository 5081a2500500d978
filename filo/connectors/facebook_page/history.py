"""What was written on the Page while we were away, read from its posts and tagged mentions."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, field

from filo.channels.contract import Call, Config, Failed, Fed, Reply, Scope
from filo.connectors._meta import graph
from filo.connectors._meta.history import Paging, moment, request
from filo.connectors._meta.wire import Id, Person

REACH = timedelta(days=14)  # comments below older posts are not looked for
MOST_PAGES = 10
COMMENT = "id,message,from,created_time,parent{id},permalink_url"
POST = "id,message,from,created_time,permalink_url"


class _Above(Struct):
    id: Id = ""


class _Word(Struct):
    id: str = ""
    message: str = ""
    sender: Person | None = field(name="from", default=None)
    created_time: str = ""
    parent: _Above | None = None
    permalink_url: str = ""


class _Words(Struct):
    data: list[_Word] = []
    paging: Paging = field(default_factory=Paging)


def feed(config: Config, cursor: str, *, at: datetime) -> Generator[Call, Reply, Fed]:
    """Posts, the comments below them and mentions since `cursor`; empty: from now on."""
    since = moment(cursor)
    if since is None:
        return Fed((), at.isoformat())
    page = config["page_id"]
    old = str(int((since - REACH).timestamp()))
    posts = yield from _all(config, f"{page}/feed", {"fields": POST, "since": old})
    changes = [_change("feed", _post(one)) for one in posts if _is_new(one, since)]
    stamp = str(int(since.timestamp()))
    for post in posts:
        asked = {"fields": COMMENT, "filter": "stream", "since": stamp}
        below = yield from _some(config, f"{post.id}/comments", asked)
        changes += [_change("feed", _comment(one, post)) for one in below if _is_new(one, since)]
    tagged = yield from _some(config, f"{page}/tagged", {"fields": POST, "since": stamp})
    changes += [_change("mention", _post(one)) for one in tagged if _is_new(one, since)]
    if not changes:
        return Fed((), at.isoformat())
    changes.sort(key=lambda change: str(change["value"]["created_time"]))
    entry = {"id": page, "time": int(at.timestamp()), "changes": changes}
    return Fed((request({"object": "page", "entry": [entry]}, at=at),), at.isoformat())


def _some(config: Config, path: str, query: dict[str, str]) -> Generator[Call, Reply, list[_Word]]:
    """What Meta shows of it: a post may be gone since, and mentions need a leave of their own."""
    try:
        return (yield from _all(config, path, query))
    except Failed as verdict:
        if verdict.scope is Scope.CHANNEL:
            raise
        return []


def _all(config: Config, path: str, query: dict[str, str]) -> Generator[Call, Reply, list[_Word]]:
    found: list[_Word] = []
    after = ""
    for _ in range(MOST_PAGES):
        more = {"limit": "100"} | ({"after": after} if after else {})
        words = yield from graph.ask(config, path, kind=_Words, query=query | more)
        found += [one for one in words.data if one.id]
        after = words.paging.cursors.after if words.paging.next else ""
        if not after:
            break
    return found


def _is_new(word: _Word, since: datetime) -> bool:
    try:
        return datetime.fromisoformat(word.created_time) >= since
    except (ValueError, TypeError):
        return False


def _change(name: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"field": name, "value": value}


def _common(word: _Word) -> dict[str, Any]:
    stamp = int(datetime.fromisoformat(word.created_time).timestamp())
    told: dict[str, Any] = {"verb": "add", "message": word.message, "created_time": stamp}
    if word.sender:
        told["from"] = {"id": str(word.sender.id), "name": word.sender.name}
    return told


def _post(word: _Word) -> dict[str, Any]:
    where = {"id": word.id, "permalink_url": word.permalink_url}
    return _common(word) | {"item": "post", "post_id": word.id, "post": where}


def _comment(word: _Word, post: _Word) -> dict[str, Any]:
    above = str(word.parent.id) if word.parent and word.parent.id else post.id
    where = {"id": post.id, "permalink_url": post.permalink_url}
    ids = {"comment_id": word.id, "post_id": post.id, "parent_id": above, "post": where}
    return _common(word) | {"item": "comment"} | ids
