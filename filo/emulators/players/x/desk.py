"""The account of the business at X, and its customers: ids, names, posts, users as objects."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from filo.emulators.world import moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account, Bubble
    from filo.emulators.world import World

KIND = "x"
EPOCH = 1288834974657


def snowflake(account: Account) -> str:
    """Ids grow with time, and stay text: they are longer than a JavaScript number."""
    last = int(account.state.get("last_id", 0))
    fresh = max((int(moment() * 1000) - EPOCH) << 22, last + 1)
    account.state["last_id"] = fresh
    return str(fresh)


def our_id(account: Account) -> str:
    return account.settings.get("user_id") or "1" + "0" * 9


def our_name(account: Account) -> str:
    return (account.settings.get("username") or account.name).removeprefix("@")


def id_of(account: Account, person: str) -> str:
    """A customer's id is the same for every app."""
    made = str(int(hashlib.sha256(person.encode()).hexdigest()[:15], 16))
    users: dict[str, str] = account.state.setdefault("users", {})
    users[made] = person
    return made


def person_of(account: Account, id_: str) -> str | None:
    users: dict[str, str] = account.state.setdefault("users", {})
    return users.get(id_)


def name_of(world: World, person: str) -> str:
    known = world.people.get(person)
    return known.name if known and known.name else person


def user(world: World, account: Account, id_: str) -> dict[str, Any]:
    if id_ == our_id(account):
        name, username, followers = our_name(account), our_name(account), 5200
    else:
        person = person_of(account, id_) or id_
        name = name_of(world, person)
        known = world.people.get(person)
        username = (known.username if known else "") or f"user_{id_[-6:]}"
        followers = int(account.options.get("followers", 120))
    metrics = {"followers_count": followers, "following_count": 80, "tweet_count": 9}
    return {
        "id": id_,
        "name": name,
        "username": username,
        "verified": False,
        "protected": False,
        "profile_image_url": "",
        "public_metrics": metrics | {"listed_count": 0},
    }


def posts(account: Account) -> dict[str, dict[str, Any]]:
    """Every post of this small X, ours and theirs, by id."""
    found: dict[str, dict[str, Any]] = account.state.setdefault("posts", {})
    return found


def post(
    account: Account, *, author: str, text: str, answers: str = "", quotes: str = ""
) -> dict[str, Any]:
    """A new post as X's API writes it, numbers also as text."""
    id_ = snowflake(account)
    above = posts(account).get(answers)
    made: dict[str, Any] = {
        "id": id_,
        "text": text,
        "author_id": author,
        "conversation_id": above["conversation_id"] if above else id_,
        "created_at": iso(moment()),
        "lang": "it",
        "edit_history_tweet_ids": [id_],
        "public_metrics": {
            "retweet_count": 0,
            "reply_count": 0,
            "like_count": 0,
            "like_count_str": "0",
            "impression_count": int(account.options.get("impressions", 10)),
        },
        "reply_settings": "everyone",
        "something_new": {"nobody": "knows"},
    }
    referenced = []
    if above:
        made["in_reply_to_tweet_id"] = answers
        made["in_reply_to_user_id"] = above["author_id"]
        referenced.append({"type": "replied_to", "id": answers})
    if quotes:
        referenced.append({"type": "quoted", "id": quotes})
    if referenced:
        made["referenced_tweets"] = referenced
    posts(account)[id_] = made
    return made


def iso(at: float) -> str:
    told = datetime.fromtimestamp(at, UTC)
    return told.strftime("%Y-%m-%dT%H:%M:%S.") + f"{told.microsecond // 1000:03d}Z"


def conversation(one: str, other: str) -> str:
    """`<smaller>-<larger>`."""
    return "-".join(sorted((one, other), key=int))


def said(account: Account, bubble: Bubble, *, sender: str, with_: str) -> None:
    """Remember a direct message for `GET /2/dm_events`."""
    kept: list[dict[str, Any]] = account.state.setdefault("messages", [])
    kept.append(
        {
            "id": bubble.id,
            "event_type": "MessageCreate",
            "text": str(bubble.content.get("text") or bubble.content.get("caption", "")),
            "sender_id": sender,
            "dm_conversation_id": conversation(our_id(account), with_),
            "created_at": iso(bubble.at),
        }
    )
