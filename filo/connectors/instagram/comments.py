"""What is said below our posts and reels on Instagram, and where others mention us."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec
from msgspec import Raw, Struct, field

from filo.channels.contract import Fact, Handle, Native, Post, Said, Text, Unknown
from filo.connectors._meta import wire
from filo.connectors._meta.calling import Place, digest, read_raw

UNSEEN = "A picture or sticker that can be seen on Instagram only"
MENTION = "mention"  # our id of a mention that has none: mention:<media>:<comment>


class From(Struct):
    id: wire.Id = ""
    username: str = ""
    self_ig_scoped_id: wire.Id = ""


class Spot(Struct):
    """The post, reel, story or live below which it stands."""

    id: wire.Id = ""
    media_product_type: str = ""
    ad_id: wire.Id = ""
    ad_title: str = ""
    original_media_id: wire.Id = ""


class Value(Struct):
    """A comment, or a mention: of that only ids are told."""

    id: wire.Id = ""
    comment_id: wire.Id = ""
    parent_id: wire.Id = ""
    sender: From | None = field(name="from", default=None)
    text: str = ""
    media: Spot | None = None
    media_id: wire.Id = ""
    timestamp: wire.Stamp = 0


_value = msgspec.json.Decoder(Value, strict=False)


def facts(entry: wire.Entry, place: Place, *, space: str) -> Iterator[Fact]:
    """The changes of one entry; Instagram Login tells a single one, on the entry itself."""
    changes = list(entry.changes)
    if entry.field:
        changes.append(wire.Change(entry.field, entry.value))
    for change in changes:
        read = READERS.get(change.field)
        if read:
            at = partial(read, place=place, space=space, stamp=entry.time)
            yield from _read(change.value, at, change.field)
        elif change.field not in COUNTED:
            yield Unknown(change.field or "a change without a field", digest(change.value))


def _read(raw: Raw, meaning: partial[Iterator[Fact]], what: str) -> Iterator[Fact]:
    return read_raw(raw, _value, meaning, what)


def _comment(value: Value, place: Place, space: str, stamp: wire.Stamp) -> Iterator[Fact]:
    id_ = str(value.id or value.comment_id)
    if not id_:
        yield Unknown("a comment without an id", digest(msgspec.json.encode(value)), place.to)
        return
    by = _author(value.sender, id_, place, space)
    yield Said(
        id=id_,
        at=place.time(value.timestamp or stamp),
        by=by,
        parts=(Text(value.text) if value.text else Native("comment", UNSEEN),),
        to=place.to,
        answers=str(value.parent_id),
        public=True,
        ours=not by.value,
        app="" if by.value else "Instagram",
        post=_post(value.media),
        context=_around(value.media),
    )


def _author(sender: From | None, comment: str, place: Place, space: str) -> Handle:
    """Who commented. Without leave to know them, each comment is a person of its own; to whom our
    own is said, what it answers tells."""
    if sender is None or not sender.id:
        return Handle(f"{space}:comment", comment)
    id_ = str(sender.id)
    if id_ in place.ours:
        return Handle(space, "")
    scoped = str(sender.self_ig_scoped_id)
    also = ((space, scoped),) if scoped and scoped != id_ else ()
    return Handle(space, id_, sender.username, also)


def _around(media: Spot | None) -> dict[str, str]:
    """Said during a live, or below an advertisement."""
    if media is None:
        return {}
    live = "true" if media.media_product_type == "LIVE" else ""
    ad = media.ad_title or str(media.ad_id)
    return {name: told for name, told in (("live", live), ("ad", ad)) if told}


def _post(media: Spot | None) -> Post | None:
    """An advertisement is told by the post it was made of, so that both are one place."""
    if media is None or not (media.original_media_id or media.id):
        return None
    return Post(str(media.original_media_id or media.id), ours=True)


def _mention(value: Value, place: Place, space: str, stamp: wire.Stamp) -> Iterator[Fact]:
    """Somebody names us below their own post. Who and what, Meta does not tell here."""
    media, comment = str(value.media_id), str(value.comment_id)
    if not media:
        yield Unknown("a mention of nothing", to=place.to)
        return
    id_ = f"{MENTION}:{media}:{comment}".rstrip(":")
    yield Said(
        id=id_,
        at=place.time(value.timestamp or stamp),
        by=Handle(f"{space}:mention", comment or media),
        parts=(Native("mention", "Mentioned you in a comment" if comment else "Mentioned you"),),
        to=place.to,
        public=True,
        post=Post(media),
    )


READERS = {"comments": _comment, "live_comments": _comment, "mentions": _mention}
COUNTED = {"story_insights"}  # numbers of a story that has ended: nobody says anything
