"""From a call of X to facts: public posts, direct messages, and what happens to the account."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

import msgspec

from filo.channels.contract import (
    Announced,
    Fact,
    Native,
    Request,
    Said,
    Typed,
    Unknown,
)
from filo.connectors.x import messages, posts, wire
from filo.connectors.x.people import People
from filo.core.text import UNREADABLE

# Signals of listening, and news about people that change nothing here.
SILENT = (
    "post.repost.", "like.", "follow.", "mute.", "block.", "profile.update.",
    "chat.sent", "chat.conversation", "chat.update.",
)  # fmt: skip


def facts(request: Request) -> Sequence[Fact]:
    """Everything one call tells, in its order."""
    try:
        call = wire.call.decode(request.body)
    except UNREADABLE as why:
        return [Unknown(f"a call that cannot be read: {why}", digest(request.body))]
    at, ours = request.at, request.settings.get("user_id", "")
    own = (call.data.filter.user_id if call.data else call.for_user_id) or ours
    to = own if own != ours else ""
    told = _of_event(call.data, own, at) if call.data else _of_activity(call, own, request)
    return [_addressed(fact, to) for fact in told if fact]


def _addressed(fact: Fact, to: str) -> Fact:
    """Several accounts of one app share an address: it is the other channel's."""
    return msgspec.structs.replace(fact, to=to) if to else fact


def _of_activity(call: wire.Call, own: str, request: Request) -> list[Fact]:
    """The deprecated shape, which holds several things at once."""
    at = request.at
    people = People(own, at, {**call.users})
    found = [*messages.facts(call, people)]
    for raw in call.tweet_create_events:
        found += [_read(raw, partial(posts.old, people=people))]
    for raw in call.tweet_delete_events:
        found += [_read(raw, partial(posts.old_deleted, people=people))]
    if call.user_event and call.user_event.revoke:
        found += [_revoked(call.user_event.revoke.date_time or own, at)]
    if not found and call.replay_job_status == wire.EMPTY:
        found = [Unknown("a call of X that tells nothing known", digest(request.body))]
    return found


def _of_event(event: wire.Event, own: str, at: datetime) -> Iterator[Fact]:
    users = {str(one.id or one.id_str): one for one in map(_inner, event.includes.users)}
    people = People(own, at, users)
    read = _reader(event, people)
    if read:
        yield from read()
    elif not event.event_type.startswith(SILENT):
        yield Unknown(f"event {event.event_type or '?'}", event.event_uuid)


def _reader(event: wire.Event, people: People) -> Callable[[], Sequence[Fact]] | None:
    kind = event.event_type
    if kind == "post.delete":
        return lambda: [_read(event.payload, partial(posts.deleted, people=people))]
    if kind in ("post.create", "post.mention.create", "post.reply.create", "post.quote.create"):
        return lambda: _public(event, people)
    if kind.startswith("dm."):
        return lambda: _private(event, people)
    if kind == "chat.received":
        return lambda: [_read(event.payload, partial(_encrypted, people=people))]
    if kind == "oauth.revoke":
        return lambda: [_revoked(event.event_uuid, people.at)]
    return None


def _public(event: wire.Event, people: People) -> Sequence[Fact]:
    try:
        tweet = wire.tweet.decode(event.payload)
    except UNREADABLE as why:
        return [Unknown(f"a post that cannot be read: {why}", digest(event.payload))]
    found = posts.said(tweet, event.includes, people)
    return [found] if found else []


def _private(event: wire.Event, people: People) -> Sequence[Fact]:
    try:
        payload = wire.directs.decode(event.payload)
    except UNREADABLE as why:
        return [Unknown(f"a message that cannot be read: {why}", digest(event.payload))]
    inner = {id_: _inner(one) for id_, one in payload.users.items()}
    return list(messages.facts(payload, People(people.own, people.at, {**people.users, **inner})))


def _encrypted(raw: bytes, people: People) -> Fact:
    """Its words are for keys that we have not: whoever answers does it on X."""
    chat = wire.chat.decode(raw)
    if not chat.id or not chat.sender_id or chat.sender_id == people.own:
        return Unknown("an encrypted message without an author", chat.id)
    where = f"https://x.com/messages/compose?recipient_id={chat.sender_id}"
    return Said(
        id=chat.id,
        at=people.time(chat.created_at_msec),
        by=people.handle(chat.sender_id),
        parts=(Native("encrypted", f"🔒 {where}"),),
        url=where,
    )


def _revoked(id_: str, at: datetime) -> Announced:
    return Announced(f"revoked:{id_}", "revoked", at)


def _read(raw: bytes, meaning: Callable[[bytes], Fact]) -> Fact:
    try:
        return meaning(raw)
    except UNREADABLE as why:
        return Unknown(f"something that cannot be read: {why}", digest(raw))


def _inner(user: wire.User) -> wire.User:
    return user.data or user


def digest(raw: bytes) -> str:
    return hashlib.sha256(bytes(raw)).hexdigest()[:32]


def first_person(request: Request) -> str:
    """Whose turn it is: the author, else whom a private message is between."""
    for fact in facts(request):
        if isinstance(fact, Said | Typed):
            return fact.by.value
    return ""
