"""What X sends, in both of its shapes: activity events, and the deprecated account activity."""

from __future__ import annotations

import msgspec
from msgspec import Raw, field

EMPTY = Raw(b"{}")


class Metrics(msgspec.Struct):
    followers_count: int = 0
    impression_count: int = 0


class User(msgspec.Struct):
    """In v2 by `id` and `username`; in v1.1 by `id_str` and `screen_name`; sometimes in `data`."""

    id: str | int = ""
    id_str: str = ""
    name: str = ""
    username: str = ""
    screen_name: str = ""
    followers_count: int = 0
    public_metrics: Metrics = field(default_factory=Metrics)
    data: User | None = None


class Reference(msgspec.Struct):
    type: str = ""
    id: str = ""


class Medium(msgspec.Struct):
    media_key: str = ""
    type: str = ""
    url: str = ""


class Keys(msgspec.Struct):
    media_keys: list[str] = []


class Tweet(msgspec.Struct):
    """A post, of API v2."""

    id: str = ""
    text: str = ""
    author_id: str = ""
    conversation_id: str = ""
    created_at: str = ""
    in_reply_to_tweet_id: str = ""
    in_reply_to_user_id: str = ""
    referenced_tweets: list[Reference] = []
    edit_history_tweet_ids: list[str] = []
    public_metrics: Metrics = field(default_factory=Metrics)
    attachments: Keys = field(default_factory=Keys)


class Full(msgspec.Struct):
    full_text: str = ""


class OldTweet(msgspec.Struct):
    """A post, of API v1.1: ids as numbers and as text, and long ones cut."""

    id_str: str = ""
    text: str = ""
    timestamp_ms: str = ""
    in_reply_to_status_id_str: str | None = ""
    in_reply_to_user_id_str: str | None = ""
    extended_tweet: Full | None = None
    user: User = field(default_factory=User)


class File(msgspec.Struct):
    id_str: str = ""
    type: str = ""
    media_url_https: str = ""


class Attachment(msgspec.Struct):
    media: File = field(default_factory=File)


class Quick(msgspec.Struct):
    metadata: str = ""


class Words(msgspec.Struct):
    text: str = ""
    attachment: Attachment | None = None
    quick_reply_response: Quick | None = None


class Target(msgspec.Struct):
    recipient_id: str = ""


class Creation(msgspec.Struct):
    target: Target = field(default_factory=Target)
    sender_id: str = ""
    source_app_id: str = ""
    message_data: Words = field(default_factory=Words)


class Direct(msgspec.Struct):
    """A direct message, a sign of typing or a mark of reading: one shape in both worlds."""

    type: str = ""
    id: str = ""
    created_timestamp: str = ""
    message_create: Creation = field(default_factory=Creation)
    sender_id: str = ""
    target: Target = field(default_factory=Target)
    last_read_event_id: str = ""


class Directs(msgspec.Struct):
    direct_message_events: list[Raw] = []
    direct_message_indicate_typing_events: list[Raw] = []
    direct_message_mark_read_events: list[Raw] = []
    users: dict[str, User] = {}


class Chat(msgspec.Struct):
    """An encrypted message: who and when, but not what."""

    id: str = ""
    created_at_msec: str = ""
    sender_id: str = ""
    conversation_id: str = ""


class Includes(msgspec.Struct):
    users: list[User] = []
    tweets: list[Tweet] = []
    media: list[Medium] = []


class Filter(msgspec.Struct):
    user_id: str = ""  # which of our accounts it is told to


class Event(msgspec.Struct):
    event_uuid: str = ""
    filter: Filter = field(default_factory=Filter)
    event_type: str = ""
    payload: Raw = EMPTY
    includes: Includes = field(default_factory=Includes)


class Status(msgspec.Struct):
    id: str = ""
    user_id: str = ""


class Deletion(msgspec.Struct):
    status: Status = field(default_factory=Status)
    timestamp_ms: str = ""


class Source(msgspec.Struct):
    user_id: str = ""


class Revocation(msgspec.Struct):
    date_time: str = ""
    source: Source = field(default_factory=Source)


class UserEvent(msgspec.Struct):
    revoke: Revocation | None = None


class Call(Directs):
    """Everything one call may hold, whichever product made it."""

    data: Event | None = None
    for_user_id: str = ""
    tweet_create_events: list[Raw] = []
    tweet_delete_events: list[Raw] = []
    user_event: UserEvent | None = None
    replay_job_status: Raw = EMPTY


# Not strict: ids come as numbers here and there.
call = msgspec.json.Decoder(Call, strict=False)
tweet = msgspec.json.Decoder(Tweet, strict=False)
old_tweet = msgspec.json.Decoder(OldTweet, strict=False)
directs = msgspec.json.Decoder(Directs, strict=False)
direct = msgspec.json.Decoder(Direct, strict=False)
chat = msgspec.json.Decoder(Chat, strict=False)
deletion = msgspec.json.Decoder(Deletion, strict=False)
