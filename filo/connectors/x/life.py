"""Life at X: does it hold, where does X call, which key comes next, what was missed?"""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Raw, field

from filo.channels.contract import (
    Call,
    Config,
    Failed,
    Fed,
    Hop,
    Reason,
    Reply,
    Request,
    Scope,
)
from filo.connectors.x import rest, wire
from filo.connectors.x.errors import problem_of, raise_for_x
from filo.core import clock
from filo.core.text import UNREADABLE

EVENTS = (
    "post.mention.create", "post.reply.create", "post.quote.create", "post.create", "post.delete",
    "dm.received", "dm.sent", "dm.read", "dm.indicate_typing", "chat.received", "oauth.revoke",
)  # fmt: skip
# What a person wants to do, and the events without which it cannot be done.
FEATURES = (
    ("Mentions, replies and quotes come", EVENTS[:3]),
    ("Direct messages come", ("dm.received", "dm.sent")),
    ("Readings and typing come", ("dm.read", "dm.indicate_typing")),
    ("Encrypted messages are noticed", ("chat.received",)),
    (
        "Own posts, deletions and the end of the key come",
        ("post.create", "post.delete", "oauth.revoke"),
    ),
)
SELF_SERVED = (
    "Not in this tier: likes, answers below posts that neither mention nor quote you, brand"
    " discussions. There, open X by hand."
)
ANEW = "Compare user ID, keys and token with the app's page Keys and tokens at console.x.com."
REGISTER = "Press the button that tells the provider: X is told our address and what we want."
REACHED = "X must reach our address by https without a port; the API key secret must be the app's."
TIER = "Press the button once more; what is still missing then is beyond the app's tier."
EARLY = timedelta(minutes=10)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
FIELDS = {
    "tweet.fields": "author_id,conversation_id,created_at,in_reply_to_user_id,referenced_tweets,"
    "edit_history_tweet_ids,public_metrics,attachments",
    "expansions": "author_id,referenced_tweets.id,attachments.media_keys",
    "media.fields": "type,url",
    "user.fields": "name,username,public_metrics",
    "max_results": "100",
}
DIRECT_FIELDS = {
    "dm_event.fields": "id,text,sender_id,created_at,dm_conversation_id,event_type,attachments",
    "event_types": "MessageCreate",
    "expansions": "sender_id,attachments.media_keys",
    "media.fields": "type,url",
    "user.fields": "name,username",
    "max_results": "100",
}
FEW = {"max_results": "5"}  # only to see where we stand: each one read is paid
MOST_PAGES = 8

T = TypeVar("T", bound=msgspec.Struct)


class _Hook(msgspec.Struct):
    id: str = ""
    url: str = ""
    valid: bool = False


class _Hooks(msgspec.Struct):
    data: list[_Hook] = []


class _Wish(msgspec.Struct):
    event_type: str = ""
    filter: dict[str, str] = {}


class _Wishes(msgspec.Struct):
    data: list[_Wish] = []


class _NewHook(msgspec.Struct):
    data: _Hook = field(default_factory=_Hook)


class _Token(msgspec.Struct):
    access_token: str = ""
    refresh_token: str = ""
    expires_in: int = 0


class Person(msgspec.Struct):
    name: str = ""
    username: str = ""
    profile_image_url: str = ""


class _Persons(msgspec.Struct):
    data: Person = field(default_factory=Person)


class _Meta(msgspec.Struct):
    next_token: str = ""


class _Page(msgspec.Struct):
    data: list[Raw] = []
    includes: Raw = Raw(b"{}")
    meta: _Meta = field(default_factory=_Meta)


class _Id(msgspec.Struct):
    id: str = ""


class _Keys(msgspec.Struct):
    media_keys: list[str] = []


class _Direct(msgspec.Struct):
    id: str = ""
    text: str = ""
    sender_id: str = ""
    created_at: str = ""
    dm_conversation_id: str = ""
    attachments: _Keys = field(default_factory=_Keys)


class _Beside(msgspec.Struct):
    media: list[wire.Medium] = []
    users: list[Raw] = []


# --- does it hold? --------------------------------------------------------


def check(config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
    reply = yield rest.call(config, "users/me", method="GET")
    ours = rest.made(reply).id
    right = reply.status == 200 and ours == config.get("user_id")
    account = Hop("account", right, "" if right else _why(reply, ours), ANEW)
    tier = Hop(
        "Access tier", ok=True, detail="" if config.get("tier") == "enterprise" else SELF_SERVED
    )
    if not config.get("bearer_token"):
        return account, tier
    reply = yield rest.app_call(config, "webhooks", method="GET")
    found = [one for one in _read(reply, _Hooks).data if one.url == hook]
    known = Hop("address", bool(found), "" if found else "X does not know this address.", REGISTER)
    if not found:
        return account, tier, known
    proved = Hop("handshake", found[0].valid, "" if found[0].valid else "X gave up.", REACHED)
    return account, tier, known, proved, *(yield from _features(config))


def _features(config: Config) -> Generator[Call, Reply, tuple[Hop, ...]]:
    """Which events X tells us: one that is missing was refused, mostly by the tier."""
    reply = yield rest.app_call(config, "activity/subscriptions", method="GET")
    if reply.status != 200:
        why = f"X says {reply.status} {problem_of(reply).words}".strip()
        return (Hop("subscription", False, why, REGISTER),)
    own = config.get("user_id", "")
    wished = _read(reply, _Wishes).data
    told = {one.event_type for one in wished if one.filter.get("user_id", own) == own}
    lacks = [(name, [one for one in events if one not in told]) for name, events in FEATURES]
    return tuple(Hop(name, not lack, ", ".join(lack), TIER) for name, lack in lacks)


def _why(reply: Reply, ours: str) -> str:
    if reply.status != 200:
        return f"X says {reply.status} {problem_of(reply).words}".strip()
    return f"The token is that of another account, {ours}."


def register(config: Config, *, hook: str) -> Generator[Call, Reply, dict[str, str]]:
    """Name our address, which X tries at once, and ask for each kind of event."""
    reply = yield rest.app_call(config, "webhooks", method="GET")
    raise_for_x(reply, at=clock.now())
    found = next((one for one in _read(reply, _Hooks).data if one.url == hook), None)
    if found is None:
        reply = yield rest.app_call(config, "webhooks", json={"url": hook})
        raise_for_x(reply, at=clock.now())
        found = _read(reply, _NewHook).data
    elif not found.valid:
        path = f"webhooks/{quote(found.id, safe='')}"
        raise_for_x((yield rest.app_call(config, path, method="PUT")), at=clock.now())
    refused = []
    for event in EVENTS:
        who = {"user_id": config["user_id"]}
        wish = {"event_type": event, "filter": who, "webhook_id": found.id, "tag": "filo"}
        reply = yield rest.call(config, "activity/subscriptions", json=wish)
        # One kind may be asked for already, or be beyond the tier: the others still help.
        if reply.status in (401, 429) or reply.status >= 500:
            raise_for_x(reply, at=clock.now())
        refused += [event] if reply.status >= 300 else []
    if len(refused) == len(EVENTS):
        raise Failed(Reason.REFUSED, "X subscribed us to nothing", scope=Scope.CHANNEL)
    return {}


def person_of(reply: Reply) -> Person:
    return _read(reply, _Persons).data


# --- keys -----------------------------------------------------------------


def due(config: Config) -> datetime | None:
    """OAuth 1.0a keys do not end; a person's token lives two hours."""
    if config.get("access_secret") or not config.get("refresh_token"):
        return None
    try:
        until = datetime.fromisoformat(config.get("access_token_until", ""))
    except ValueError:
        return LONG_AGO
    return until - EARLY if until.tzinfo else LONG_AGO


def renew(config: Config, *, at: datetime) -> Generator[Call, Reply, dict[str, str]]:
    """A refresh token is good for one use: both new ones are kept together."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": config.get("refresh_token", ""),
        "client_id": config.get("client_id", ""),
    }
    headers = {}
    if config.get("client_secret"):
        headers = rest.basic(config["client_id"], config["client_secret"])
    url = f"{rest.base(config)}/2/oauth2/token"
    reply = yield Call(url, form=form, headers=headers)
    if reply.status == 400:
        raise Failed(Reason.REFUSED, "a person must log in again", scope=Scope.CHANNEL)
    raise_for_x(reply, at=at)
    token = _read(reply, _Token)
    if not token.access_token:
        raise Failed(Reason.REFUSED, "the answer held no token", scope=Scope.CHANNEL)
    return {
        "access_token": token.access_token,
        "refresh_token": token.refresh_token or config.get("refresh_token", ""),
        "access_token_until": (at + timedelta(seconds=token.expires_in)).isoformat(),
    }


# --- what did we miss? ----------------------------------------------------


def feed(config: Config, cursor: str, *, at: datetime) -> Generator[Call, Reply, Fed]:
    """Mentions and direct messages since; the cursor holds the newest id of each."""
    post, _, direct = cursor.partition(" ")
    mentions, newest_post = yield from _mentions(config, post, at)
    messages, newest_direct = yield from _messages(config, direct, at)
    # The very first time nothing is taken over: it only marks where we begin.
    found = (*mentions, *messages) if cursor else ()
    return Fed(found, f"{newest_post or post or '1'} {newest_direct or direct or '1'}")


def _mentions(
    config: Config, since: str, at: datetime
) -> Generator[Call, Reply, tuple[list[Request], str]]:
    query = FIELDS | ({"since_id": since} if since else FEW)
    path = f"users/{quote(config['user_id'], safe='')}/mentions"
    requests: list[Request] = []
    newest = since
    for _ in range(MOST_PAGES if since else 1):
        reply = yield rest.call(config, f"{path}?{urlencode(query)}", method="GET")
        raise_for_x(reply, at=at)
        page = _read(reply, _Page)
        for raw in page.data:
            newest = max(newest, _id(raw), key=_number)
            requests.append(_event("post.mention.create", raw, page.includes, at))
        if not page.meta.next_token:
            break
        query["pagination_token"] = page.meta.next_token
    return requests[::-1], newest


def _messages(
    config: Config, since: str, at: datetime
) -> Generator[Call, Reply, tuple[list[Request], str]]:
    """X gives them newest first, of the last thirty days, and knows no `since`."""
    query = DIRECT_FIELDS | ({} if since else FEW)
    requests: list[Request] = []
    newest = since
    for _ in range(MOST_PAGES if since else 1):
        reply = yield rest.call(config, f"dm_events?{urlencode(query)}", method="GET")
        raise_for_x(reply, at=at)
        page = _read(reply, _Page)
        fresh = [raw for raw in page.data if _number(_id(raw)) > _number(since)]
        for raw in fresh:
            newest = max(newest, _id(raw), key=_number)
            requests.append(_direct_event(raw, _beside(page.includes), config, at))
        if len(fresh) < len(page.data) or not page.meta.next_token:
            break
        query["pagination_token"] = page.meta.next_token
    return requests[::-1], newest


def _event(kind: str, payload: object, includes: bytes, at: datetime) -> Request:
    around = Raw(includes)
    told = {"data": {"event_type": kind, "payload": payload, "includes": around}}
    return Request(body=msgspec.json.encode(told), at=at)


def _beside(raw: Raw) -> _Beside:
    try:
        return msgspec.json.decode(raw, type=_Beside, strict=False)
    except UNREADABLE:
        return _Beside()


def _direct_event(raw: Raw, beside: _Beside, config: Config, at: datetime) -> Request:
    """As the activity event would have told it."""
    try:
        told = msgspec.json.decode(raw, type=_Direct, strict=False)
    except UNREADABLE:
        told = _Direct()
    said: dict[str, Any] = {"text": told.text} | _attached(told, beside)
    made: dict[str, Any] = {
        "type": "message_create",
        "id": told.id,
        "created_timestamp": told.created_at,
        "message_create": {
            "target": {"recipient_id": _other(told, config["user_id"])},
            "sender_id": told.sender_id,
            "message_data": said,
        },
    }
    payload = {"direct_message_events": [made]}
    return _event("dm.received", payload, msgspec.json.encode({"users": beside.users}), at)


def _other(told: _Direct, own: str) -> str:
    """Whom it went to. A conversation of two is named by both; our own words went to the other."""
    if told.sender_id != own:
        return own
    return next((one for one in told.dm_conversation_id.split("-") if one and one != own), "")


def _attached(told: _Direct, beside: _Beside) -> dict[str, Any]:
    """One file for each message. Its key is `<kind>_<id>`, its address ends in what fetches it."""
    known = {one.media_key: one for one in beside.media}
    key = next(iter(told.attachments.media_keys), "")
    if not key:
        return {}
    file = known.get(key, wire.Medium(key, "photo"))
    media = {"id_str": key.rpartition("_")[2], "type": file.type, "media_url_https": file.url}
    return {"attachment": {"type": "media", "media": media}}


def _id(raw: Raw) -> str:
    try:
        return msgspec.json.decode(raw, type=_Id, strict=False).id
    except UNREADABLE:
        return ""


def _number(id_: str) -> int:
    return int(id_[:25]) if id_.isascii() and id_.isdigit() else 0


def _read(reply: Reply, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(reply.body, type=kind, strict=False)
    except UNREADABLE:
        return kind()
