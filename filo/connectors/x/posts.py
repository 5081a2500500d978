"""Public posts as facts, in the shape of API v2 and in the older one."""

from __future__ import annotations

from html import unescape

from filo.channels.contract import (
    Edited,
    Fact,
    Handle,
    Media,
    Native,
    Part,
    Post,
    Said,
    Text,
    Unknown,
    Withdrew,
)
from filo.connectors.x import wire
from filo.connectors.x.people import People

MIMES = {"photo": "image/jpeg", "animated_gif": "image/gif", "video": "video/mp4"}


def said(tweet: wire.Tweet, includes: wire.Includes, people: People) -> Fact | None:
    """Somebody's post; nothing for one of ours that answers nobody."""
    if not tweet.id or not tweet.author_id:
        return Unknown("a post without an author", tweet.id)
    ours = tweet.author_id == people.own
    if ours and tweet.in_reply_to_user_id in ("", people.own):
        return None
    parts = tuple(_parts(tweet, includes))
    first = (tweet.edit_history_tweet_ids or [tweet.id])[0]
    at = people.time(tweet.created_at)
    by = people.handle(tweet.in_reply_to_user_id if ours else tweet.author_id)
    if first != tweet.id:
        return Edited(tweet.id, first, parts, at, by)
    above = _above(tweet)
    quoted = next((one.id for one in tweet.referenced_tweets if one.type == "quoted"), "")
    return Said(
        id=tweet.id,
        at=at,
        by=by,
        parts=parts,
        public=True,
        ours=ours,
        answers=above if above != tweet.conversation_id else "",
        post=_post(tweet, includes, people),
        reach=0 if ours else people.reach(tweet.author_id),
        url=_address(tweet.id, people.username(tweet.author_id)),
        context={"quotes": quoted} if quoted else {},
    )


def deleted(raw: bytes, people: People) -> Fact:
    tweet = wire.tweet.decode(raw)
    if not tweet.id or not tweet.author_id:
        return Unknown("a deletion of nothing", tweet.id)
    by = people.handle(tweet.author_id)
    return Withdrew(f"deleted:{tweet.id}", tweet.id, people.at, by)


def _parts(tweet: wire.Tweet, includes: wire.Includes) -> list[Part]:
    found: list[Part] = [Text(unescape(tweet.text))] if tweet.text else []
    wanted = set(tweet.attachments.media_keys)
    files = (one for one in includes.media if one.media_key in wanted and one.url)
    found += [Media(MIMES.get(one.type, "image/jpeg"), ref=one.url) for one in files]
    return found or [_unseen(tweet.id)]


def _unseen(id_: str) -> Part:
    """Somebody said something, but this call does not tell what."""
    return Native("post", _address(id_))


def _above(tweet: wire.Tweet) -> str:
    replied = (one.id for one in tweet.referenced_tweets if one.type == "replied_to")
    return tweet.in_reply_to_tweet_id or next(replied, "")


def _post(tweet: wire.Tweet, includes: wire.Includes, people: People) -> Post:
    """The head of the conversation, as far as this call tells of it."""
    id_ = tweet.conversation_id or tweet.id
    head = tweet if id_ == tweet.id else next((t for t in includes.tweets if t.id == id_), None)
    if head is None:
        return Post(id_, _address(id_))
    username = people.username(head.author_id)
    return Post(
        id=id_,
        url=_address(id_, username),
        text=unescape(head.text),
        by=people.user(head.author_id).name or username,
        ours=head.author_id == people.own,
        reach=max(head.public_metrics.impression_count, 0),
    )


def _address(id_: str, username: str = "") -> str:
    return f"https://x.com/{username or 'i'}/status/{id_}"


# --- the older shape --------------------------------------------------------


def old(raw: bytes, people: People) -> Fact:
    tweet = wire.old_tweet.decode(raw)
    author = tweet.user.id_str or str(tweet.user.id)
    if not tweet.id_str or not author:
        return Unknown("a post without an author", tweet.id_str)
    ours = author == people.own
    username = tweet.user.screen_name
    by = Handle("x", author, tweet.user.name or username)
    if ours:
        by = people.handle(tweet.in_reply_to_user_id_str or people.own)
    above = tweet.in_reply_to_status_id_str or ""
    # They do not tell which conversation it is: the post above is all that we know.
    head = Post(above or tweet.id_str, _address(above or tweet.id_str, "" if above else username))
    text = (tweet.extended_tweet or wire.Full()).full_text or tweet.text
    return Said(
        id=tweet.id_str,
        at=people.time(tweet.timestamp_ms),
        by=by,
        parts=(Text(unescape(text)) if text else _unseen(tweet.id_str),),
        public=True,
        ours=ours,
        post=head,
        reach=0 if ours else max(tweet.user.followers_count, 0),
        url=_address(tweet.id_str, username),
    )


def old_deleted(raw: bytes, people: People) -> Fact:
    told = wire.deletion.decode(raw)
    if not told.status.id or not told.status.user_id:
        return Unknown("a deletion of nothing", told.status.id)
    by = people.handle(told.status.user_id)
    return Withdrew(f"deleted:{told.status.id}", told.status.id, people.time(told.timestamp_ms), by)
