"""Calls of Meta's Graph API: where they go, how they show the token, what their answers hold."""

from __future__ import annotations

import hmac
from collections.abc import Generator, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

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
    Receipt,
    Reply,
)
from filo.channels.kit import base_of
from filo.connectors._meta.errors import raise_for_graph
from filo.connectors._meta.wire import Id
from filo.core.text import UNREADABLE

GRAPH = "https://graph.facebook.com"
VERSION = "v25.0"
T = TypeVar("T")


class Taken(msgspec.Struct):
    """The answer to anything that makes something."""

    id: Id = ""
    message_id: str = ""
    recipient_id: Id = ""
    attachment_id: Id = ""


class Account(msgspec.Struct):
    """Who a token belongs to, and what a page is."""

    id: Id = ""
    user_id: Id = ""
    name: str = ""
    username: str = ""


def call(
    config: Config,
    path: str,
    *,
    host: str = GRAPH,
    query: Mapping[str, str] | None = None,
    **fields: Any,
) -> Call:
    """A call with the token in its head, and the proof that we hold the app's secret too."""
    token = config["access_token"]
    asked = dict(query or {})
    if host == GRAPH and config.get("app_secret"):
        asked["appsecret_proof"] = proof(token, config["app_secret"])
    where = f"{base_of(config.get('api_base') or host)}/{VERSION}/{path}"
    return Call(
        url=f"{where}?{urlencode(asked)}" if asked else where,
        headers={"authorization": f"Bearer {token}"},
        **fields,
    )


def proof(token: str, secret: str) -> str:
    """`appsecret_proof`: wanted where the app's setting says so, harmless elsewhere."""
    return hmac.digest(secret.encode(), token.encode(), "sha256").hex()


def ask(config: Config, path: str, *, kind: type[T], **more: Any) -> Generator[Call, Reply, T]:
    """A question (GET), and its answer as a type."""
    reply = yield call(config, path, method="GET", **more)
    raise_for_graph(reply, delivery=DeliveryClass.KEYED)
    return read(reply, kind)


def read(reply: Reply, kind: type[T]) -> T:
    """An answer as a type; an empty one where it cannot be read."""
    try:
        return msgspec.json.decode(reply.body, type=kind, strict=False)
    except UNREADABLE:
        return kind()


def receipt(reply: Reply, *, attempt: int, space: str = "") -> Receipt:
    """What was taken; `Doubtful` when they say yes without saying to what.

    Whoever wrote a comment is told to us by the answer to a private message: in `space`.
    """
    raise_for_graph(reply, attempt=attempt, alone=bool(space))
    taken = read(reply, Taken)
    id_ = taken.message_id or str(taken.id)
    if not id_:
        raise Doubtful("taken, but no message id came back")
    person = str(taken.recipient_id)
    return Receipt(id_, also=((space, person),) if space and person else ())


def upload(
    config: Config, path: str, media: Media, envelope: Envelope, *, kind: str, **more: Any
) -> Generator[Call, Reply, str]:
    """Our own file, handed over before the message that shows it."""
    blob = envelope.files[media.attachment]
    mime = media.mime or blob.mime
    attachment = {"type": kind, "payload": {"is_reusable": False}}
    form = {"message": msgspec.json.encode({"attachment": attachment}).decode(), **more}
    file = (media.name or blob.name or "file", blob.body, mime)
    reply = yield call(config, path, form=form, files={"filedata": file}, repeatable=True)
    # Nothing was said yet: whatever became of the upload, it may be tried again.
    raise_for_graph(reply, attempt=envelope.attempt, delivery=DeliveryClass.KEYED)
    taken = read(reply, Taken)
    if not taken.attachment_id:
        raise Failed(Reason.OTHER, "the upload was answered without an id")
    return str(taken.attachment_id)
