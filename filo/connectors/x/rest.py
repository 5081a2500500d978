"""Calls of X's API v2: where it lives, who asks, how a file goes up in pieces."""

from __future__ import annotations

import base64
from collections.abc import Generator
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from filo.channels.contract import (
    Call,
    Config,
    DeliveryClass,
    Doubtful,
    Envelope,
    Failed,
    Media,
    Reason,
    Reply,
)
from filo.channels.kit import base_of
from filo.connectors.x import oauth
from filo.connectors.x.errors import raise_for_x
from filo.core.text import UNREADABLE

API = "https://api.x.com"
MIB = 1024 * 1024
PIECE = 4 * MIB
MOST_WAITS = 5
CATEGORIES = {"image/gif": "gif", "video/mp4": "video"}


class Progress(msgspec.Struct):
    state: str = ""
    check_after_secs: int = 1


class Made(msgspec.Struct):
    """What was made: a post, a message, a file."""

    id: str = ""
    dm_event_id: str = ""
    processing_info: Progress | None = None


class Answer(msgspec.Struct):
    data: Made = msgspec.field(default_factory=Made)


_answer = msgspec.json.Decoder(Answer, strict=False)


def made(reply: Reply) -> Made:
    try:
        return _answer.decode(reply.body).data
    except UNREADABLE:
        return Made()


def id_of(reply: Reply) -> str:
    found = made(reply)
    if not (found.id or found.dm_event_id):
        raise Doubtful("taken, but no id came back")
    return found.dm_event_id or found.id


def call(
    config: Config, path: str, *, method: str = "POST", at: datetime | None = None, **fields: Any
) -> Call:
    """A call of the account's own person."""
    url = f"{base(config)}/2/{path}"
    headers = oauth.headers(config, method, url, at=at)
    return Call(url, method=method, headers=headers, **fields)


def app_call(config: Config, path: str, **fields: Any) -> Call:
    return Call(f"{base(config)}/2/{path}", headers=oauth.app_headers(config), **fields)


def base(config: Config) -> str:
    return base_of(config.get("api_base") or API)


# --- files ----------------------------------------------------------------


def upload(media: Media, config: Config, envelope: Envelope) -> Generator[Call, Reply, str]:
    """Announce it, send it in pieces, and wait until X has looked at it."""
    blob = envelope.files[media.attachment]
    mime = (media.mime or blob.mime).partition(";")[0]
    where = "tweet" if envelope.public else "dm"
    wish = {
        "media_type": mime,
        "total_bytes": len(blob.body),
        "media_category": f"{where}_{CATEGORIES.get(mime, 'image')}",
    }
    path = "media/upload/initialize"
    begun = yield call(config, path, at=envelope.at, json=wish, repeatable=True)
    raise_for_x(begun, at=envelope.at, delivery=DeliveryClass.KEYED)
    id_ = made(begun).id
    if not id_:
        raise Failed(Reason.OTHER, "the upload was answered without an id")
    place = f"media/upload/{quote(id_, safe='')}"
    for n, start in enumerate(range(0, len(blob.body), PIECE)):
        piece = {"media": (media.name or "file", blob.body[start : start + PIECE], mime)}
        form = {"segment_index": str(n)}
        path = f"{place}/append"
        sent = yield call(config, path, at=envelope.at, form=form, files=piece, repeatable=True)
        raise_for_x(sent, at=envelope.at, delivery=DeliveryClass.KEYED)
    ended = yield call(config, f"{place}/finalize", at=envelope.at, repeatable=True)
    yield from _looked_at(ended, id_, config, envelope)
    return id_


def _looked_at(
    reply: Reply, id_: str, config: Config, envelope: Envelope
) -> Generator[Call, Reply, None]:
    for _ in range(MOST_WAITS):
        # Nothing was said yet: whatever became of the upload, it may be tried again.
        raise_for_x(reply, at=envelope.at, delivery=DeliveryClass.KEYED)
        progress = made(reply).processing_info
        if progress is None or progress.state not in ("pending", "in_progress"):
            break
        path = f"media/upload?command=STATUS&media_id={quote(id_, safe='')}"
        pause = float(min(max(progress.check_after_secs, 1), 5))
        reply = yield call(config, path, method="GET", at=envelope.at, after=pause)
    progress = made(reply).processing_info
    if progress and progress.state == "failed":
        raise Failed(Reason.OTHER, "X cannot show this file")


def basic(name: str, secret: str) -> dict[str, str]:
    """A client that can keep a secret shows it when it asks for a token."""
    return {"authorization": f"Basic {base64.b64encode(f'{name}:{secret}'.encode()).decode()}"}
