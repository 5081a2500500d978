"""What was said while we were away: Meta replays no call, but its conversations can be read.

What is found is told as Meta's webhook would have told it, so that it is read by the same road.
(Conversations API, November 2026)
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct, field

from filo.channels.contract import Call, Config, Fed, Reply, Request
from filo.connectors._meta import graph
from filo.connectors._meta.wire import Id, Person

MOST_PAGES = 20
OVERLAP = timedelta(minutes=2)
FIELDS = "id,updated_time,messages.limit(50){id,created_time,from,to,message,attachments}"
MIMES = ("image", "video", "audio")


class _Where(Struct):
    url: str = ""


class _File(Struct):
    mime_type: str = ""
    name: str = ""
    file_url: str = ""
    image_data: _Where | None = None
    video_data: _Where | None = None


class _Files(Struct):
    data: list[_File] = []


class _People(Struct):
    data: list[Person] = []


class _Message(Struct):
    id: str = ""
    created_time: str = ""
    sender: Person = field(name="from", default_factory=Person)
    to: _People = field(default_factory=_People)
    message: str = ""
    attachments: _Files = field(default_factory=_Files)


class _Messages(Struct):
    data: list[_Message] = []


class _Conversation(Struct):
    id: Id = ""
    updated_time: str = ""
    messages: _Messages = field(default_factory=_Messages)


class Cursors(Struct):
    after: str = ""


class Paging(Struct):
    next: str = ""
    cursors: Cursors = field(default_factory=Cursors)


class _Page(Struct):
    data: list[_Conversation] = []
    paging: Paging = field(default_factory=Paging)


def feed(
    config: Config,
    cursor: str,
    account: str,
    platform: str,
    *,
    at: datetime,
    also: tuple[str, ...] = (),
    **more: Any,
) -> Generator[Call, Reply, Fed]:
    """All words since `cursor`, newest conversation first; an empty cursor means: from now on.

    `also` are other ids of the account: Instagram writes now one, now the other.
    """
    since = moment(cursor)
    if since is None:
        return Fed((), at.isoformat())
    found: list[dict[str, Any]] = []
    own = {account, *also} - {""}
    after = ""
    for _ in range(MOST_PAGES):
        query = {"platform": platform, "fields": FIELDS} | ({"after": after} if after else {})
        asked = graph.ask(config, f"{account}/conversations", kind=_Page, query=query, **more)
        page = yield from asked
        fresh = [one for one in page.data if _is_since(one.updated_time, since)]
        found += [
            _event(message, account, own)
            for conversation in fresh
            for message in conversation.messages.data
            if message.id and _is_since(message.created_time, since)
        ]
        after = page.paging.cursors.after if page.paging.next else ""
        if not after or len(fresh) < len(page.data):
            break
    return Fed(told(found, account, at=at), at.isoformat())


def told(events: list[dict[str, Any]], account: str, *, at: datetime) -> tuple[Request, ...]:
    """Oldest first, in one call."""
    if not events:
        return ()
    events.sort(key=lambda event: event["timestamp"])
    entry = {"id": account, "time": int(at.timestamp() * 1000), "messaging": events}
    return (request({"object": "page", "entry": [entry]}, at=at),)


def request(body: dict[str, Any], *, at: datetime) -> Request:
    return Request(msgspec.json.encode(body), at, {"content-type": "application/json"})


def moment(cursor: str) -> datetime | None:
    """When we were last here, and a little before: what comes twice is known by its key."""
    try:
        return datetime.fromisoformat(cursor).astimezone(UTC) - OVERLAP if cursor else None
    except ValueError:
        return None


def _is_since(stamp: str, since: datetime) -> bool:
    try:
        return datetime.fromisoformat(stamp) >= since
    except (ValueError, TypeError):
        return False


def _event(message: _Message, account: str, own: set[str]) -> dict[str, Any]:
    ours = str(message.sender.id) in own
    to = str(message.to.data[0].id) if message.to.data else account
    words: dict[str, Any] = {"mid": message.id, "text": message.message}
    if ours:
        words["is_echo"] = True
    if message.attachments.data:
        words["attachments"] = [_attachment(one) for one in message.attachments.data]
    name = message.sender.name or message.sender.username
    return {
        "sender": {"id": str(message.sender.id), "name": name},
        "recipient": {"id": to},
        "timestamp": message.created_time,
        "message": words,
    }


def _attachment(file: _File) -> dict[str, Any]:
    kind = file.mime_type.partition("/")[0]
    where = file.image_data or file.video_data or _Where(file.file_url)
    payload = {"url": where.url or file.file_url, "title": file.name}
    return {"type": kind if kind in MIMES else "file", "payload": payload}
