"""What happens on a Page in public: posts, comments, mentions and recommendations, as facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import msgspec
from msgspec import Raw, Struct, field

from filo.channels.contract import (
    Edited,
    Fact,
    Handle,
    Media,
    Moderated,
    Moderation,
    Native,
    Part,
    Post,
    Reacted,
    Said,
    Text,
    Unknown,
    Withdrew,
)
from filo.connectors._meta import wire
from filo.connectors._meta.calling import Place, digest, read_raw

FACEBOOK = "https://www.facebook.com"
FACEBOOK_APP = "Facebook"
UNNAMED = ":word"  # ends the space of somebody known by one word alone
ADDED = {"add"}
CHANGED = {"edit", "edited"}
GONE = {"remove"}
MODERATED = {"hide": Moderation.HIDE, "unhide": Moderation.UNHIDE}
POSTS = {"post", "status", "photo", "video", "album", "share", "event", "link", "note"}
EMOJI = {
    "like": "👍",
    "love": "❤️",
    "care": "🤗",
    "wow": "😮",
    "haha": "😆",
    "sad": "😢",
    "sorry": "😢",
    "angry": "😠",
    "anger": "😠",
}
SCORES = {"POSITIVE": 5, "NEGATIVE": 1}


class Below(Struct):
    """The post below which a comment stands."""

    id: wire.Id = ""
    permalink_url: str = ""


class Value(Struct):
    item: str = ""
    verb: str = ""
    post_id: wire.Id = ""
    comment_id: wire.Id = ""
    parent_id: wire.Id = ""
    group_id: wire.Id = ""
    sender: wire.Person | None = field(name="from", default=None)
    sender_id: wire.Id = ""
    sender_name: str = ""
    message: str = ""
    created_time: wire.Stamp = 0
    edited_time: wire.Stamp = 0
    photo: str = ""
    video: str = ""
    link: str = ""
    photos: list[str] = []
    reaction_type: str = ""
    post: Below | None = None
    open_graph_story_id: wire.Id = ""
    reviewer_id: wire.Id = ""
    reviewer_name: str = ""
    rating: int = 0
    recommendation_type: str = ""
    review_text: str = ""


@dataclass(slots=True, frozen=True)
class Word:
    """One public thing, where it stands and whose it is."""

    value: Value
    place: Place
    at: datetime
    told: datetime  # of a deed: words that are hidden bear the time at which they were written
    by: Handle

    @property
    def id(self) -> str:
        """The comment, else the post, else the recommendation."""
        value = self.value
        return str(value.comment_id or value.post_id or value.open_graph_story_id)

    @property
    def ours(self) -> bool:
        """Written by the Page: then to whom, what it answers tells."""
        return not self.by.value

    def again(self, what: str) -> str:
        """A key for what happens more than once to the same words."""
        return f"{self.id}:{what}:{digest(msgspec.json.encode(self.value))}"


class Grouped(Struct):
    """What tells an event of a group from a private message, whose `message` is an object."""

    item: str = ""
    group_id: wire.Id = ""


_value = msgspec.json.Decoder(Value, strict=False)
_grouped = msgspec.json.Decoder(Grouped, strict=False)


def facts(entry: wire.Entry, place: Place) -> Iterator[Fact]:
    """The changes of one entry; a group of the Page tells the same in the form of messages."""
    for change in entry.changes:
        read = FIELDS.get(change.field)
        if read is None:
            what = change.field or "a change without a field"
            yield Unknown(what, digest(f"{what}{bytes(change.value)!r}"), place.to)
            continue
        meaning = partial(_of_value, place=place, stamp=entry.time, read=read)
        yield from read_raw(change.value, _value, meaning, change.field)
    for raw in entry.messaging:
        told = partial(_of_group, raw=raw, place=place, stamp=entry.time)
        yield from read_raw(raw, _grouped, told, "an event of a group")


def _of_group(event: Grouped, raw: Raw, place: Place, stamp: wire.Stamp) -> Iterator[Fact]:
    if event.group_id and event.item:  # anything else is a private message: the inbox reads it
        yield from _of_value(_value.decode(raw), place, stamp, _feed)


def _of_value(
    value: Value, place: Place, stamp: wire.Stamp, read: Callable[[Word], Iterator[Fact]]
) -> Iterator[Fact]:
    at = place.time(value.edited_time or value.created_time or stamp)
    word = Word(value, place, at, place.time(stamp), _author(value, place))
    if not word.id:
        yield Unknown(
            f"{value.item or 'something'} without an id", digest(msgspec.json.encode(value))
        )
        return
    yield from read(word)


def _author(value: Value, place: Place) -> Handle:
    """Who wrote, as far as Meta tells; somebody unknown is known by this one word alone."""
    sender = value.sender or wire.Person()
    id_ = str(sender.id or value.sender_id or value.reviewer_id)
    name = sender.name or value.sender_name or value.reviewer_name
    space = f"facebook:{place.account}"
    if id_ and id_ == place.account:
        return Handle(space, "")
    if id_:
        return Handle(space, id_, name)
    word = str(value.comment_id or value.post_id or value.open_graph_story_id)
    return Handle(f"{space}{UNNAMED}", word, name)


# --- one reader for each field --------------------------------------------


def _feed(word: Word) -> Iterator[Fact]:
    item = word.value.item
    if item in {"reaction", "like"}:
        yield from _reaction(word)
    elif item == "comment" or (item in POSTS and not word.ours):
        yield from _word(word)
    elif item not in POSTS:
        yield Unknown(f"feed: {item or '?'}", word.again("item"), word.place.to)


def _mention(word: Word) -> Iterator[Fact]:
    yield from _word(word)


def _rating(word: Word) -> Iterator[Fact]:
    if word.value.item not in {"reaction", "like"}:
        yield from _word(word)


def _word(word: Word) -> Iterator[Fact]:
    """Something written: new, changed, gone, hidden. The page too takes away what others said."""
    verb = word.value.verb
    if verb in MODERATED:
        yield _moderated(word, MODERATED[verb])
    elif verb in GONE and word.ours:
        yield _moderated(word, Moderation.DELETE)
    elif word.ours and verb not in ADDED:
        return
    elif verb in GONE:
        yield Withdrew(word.again("gone"), word.id, word.at, word.by, word.place.to)
    elif verb in CHANGED:
        parts = _parts(word.value)
        yield Edited(word.again("edit"), word.id, parts, word.at, word.by, word.place.to)
    elif verb in ADDED:
        yield _said(word)


def _moderated(word: Word, action: Moderation) -> Moderated:
    """The same deed again, after its opposite, is another one: the time tells them apart."""
    key = f"{word.id}:{action}:{int(word.told.timestamp())}"
    return Moderated(key, word.id, action, word.told, word.place.to)


def _said(word: Word) -> Said:
    value = word.value
    return Said(
        id=word.id,
        at=word.at,
        by=word.by,
        parts=_parts(value),
        to=word.place.to,
        answers=_above(value),
        public=True,
        ours=word.ours,
        app=FACEBOOK_APP if word.ours else "",
        post=_post(word),
        rating=value.rating or SCORES.get(value.recommendation_type, 0),
        url=f"{FACEBOOK}/{word.id}",
        context={"group": str(value.group_id)} if value.group_id else {},
    )


def _above(value: Value) -> str:
    """The comment above, or the recommendation; what stands right below a post answers nobody."""
    if not value.comment_id:
        return ""
    above = str(value.parent_id or value.open_graph_story_id)
    return "" if above == str(value.post_id) else above


def _post(word: Word) -> Post | None:
    value = word.value
    id_ = str(value.post_id or value.open_graph_story_id)
    if not id_:
        return None
    url = value.post.permalink_url if value.post else ""
    own = "" if value.comment_id else value.message or value.review_text
    by = "" if value.comment_id else word.by.name
    return Post(id_, url or f"{FACEBOOK}/{id_}", own[:200], by)


def _parts(value: Value) -> tuple[Part, ...]:
    found: list[Part] = []
    if value.message or value.review_text:
        found.append(Text(value.message or value.review_text))
    found += [
        Media("image/jpeg", url) for url in dict.fromkeys([value.photo, *value.photos]) if url
    ]
    if value.video:
        found.append(Media("video/mp4", value.video))
    if value.link and not value.photo and not value.video:
        found.append(Text(value.link))
    if not found and value.recommendation_type:
        found.append(Native("rating", value.recommendation_type.capitalize()))
    return tuple(found) or (Native(value.item or "post", _unseen(value)),)


def _unseen(value: Value) -> str:
    """Words that the API does not give: a private profile's, a sticker, a GIF."""
    where = f"{FACEBOOK}/{value.comment_id or value.post_id}"
    return f"{(value.item or 'post').capitalize()} that can be seen on Facebook only: {where}"


def _reaction(word: Word) -> Iterator[Fact]:
    """To a comment: it may be ours. Who likes a post is counted there, and is nobody's customer."""
    value = word.value
    if not value.comment_id:
        return
    if word.ours:
        yield _moderated(word, Moderation.UNLIKE if value.verb in GONE else Moderation.LIKE)
        return
    emoji = "" if value.verb in GONE else EMOJI.get(value.reaction_type or "like", "👍")
    about = str(value.comment_id)
    yield Reacted(word.again("reaction"), about, emoji, word.at, word.by, word.place.to)


def _nothing(word: Word) -> Iterator[Fact]:
    """Told, and nothing that anybody said."""
    yield from ()


FIELDS: dict[str, Callable[[Word], Iterator[Fact]]] = {
    "feed": _feed,
    "mention": _mention,
    "ratings": _rating,
    "group_feed": _feed,
    "live_videos": _nothing,
}
