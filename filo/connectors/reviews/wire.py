"""Reviews as Google Business Profile writes them, and what they tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256

import msgspec

from filo.channels.contract import (
    Edited,
    Fact,
    Handle,
    Post,
    Request,
    Said,
    Text,
    Unknown,
)
from filo.core.text import UNREADABLE

SPACE = "review:google"
APP = "Google Business Profile"
STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
TRANSLATED, ORIGINAL = "(Translated by Google)", "(Original)"
NEVER = datetime.min.replace(tzinfo=UTC)


class Reviewer(msgspec.Struct, rename="camel"):
    display_name: str = ""
    is_anonymous: bool = False


class Answer(msgspec.Struct, rename="camel"):
    """Our reply: there is one at most."""

    comment: str = ""
    update_time: str = ""


class Review(msgspec.Struct, rename="camel"):
    name: str = ""
    review_id: str = ""
    reviewer: Reviewer = msgspec.field(default_factory=Reviewer)
    star_rating: str = ""
    comment: str = ""
    create_time: str = ""
    update_time: str = ""
    review_reply: Answer | None = None

    @property
    def id(self) -> str:
        return self.review_id or self.name.rpartition("/")[2]

    @property
    def updated(self) -> datetime:
        return moment(self.update_time) or moment(self.create_time) or NEVER

    @property
    def created(self) -> datetime:
        return moment(self.create_time) or self.updated


class Page(msgspec.Struct, rename="camel"):
    """Raw, so that one broken review does not spoil its neighbours."""

    reviews: list[msgspec.Raw] = []
    next_page_token: str = ""


def page_of(body: bytes) -> Page | None:
    try:
        return msgspec.json.decode(body, type=Page)
    except UNREADABLE:
        return None


def review_of(raw: msgspec.Raw) -> Review | None:
    try:
        found = msgspec.json.decode(raw, type=Review)
    except UNREADABLE:
        return None
    return found if found.id and found.updated > NEVER else None


def moment(text: str) -> datetime | None:
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


# --- facts ------------------------------------------------------------------


def facts(request: Request) -> Iterator[Fact]:
    """The oldest first: a page comes with the newest on top."""
    page = page_of(request.body)
    if page is None:
        yield Unknown("reviews that cannot be read")
        return
    since = moment(request.query.get("since", "")) or NEVER
    place = request.settings.get("location", "")
    for raw in reversed(page.reviews):
        review = review_of(raw)
        if review is None:
            yield Unknown("a review that cannot be read")
        else:
            yield from told(review, since, place)


def told(review: Review, since: datetime, place: str) -> Iterator[Fact]:
    yield _edited(review, place) if _is_known(review, since) else _said(review, place)
    if review.review_reply and review.review_reply.comment:
        yield _answered(review, review.review_reply, place)


def _is_known(review: Review, since: datetime) -> bool:
    """Written before the last look, and changed after it."""
    if review.created == since:
        return review.updated > review.created
    return review.created < since


def _author(review: Review) -> Handle:
    """A shown name proves nobody: the review itself is who we know."""
    named = "" if review.reviewer.is_anonymous else review.reviewer.display_name
    return Handle(SPACE, review.id, named)


def _said(review: Review, place: str) -> Said:
    original, translation = _words(review.comment)
    return Said(
        id=review.id,
        at=review.created,
        by=_author(review),
        parts=(Text(original or _stars(review)),),
        to=place,
        public=True,
        post=Post(place, ours=True) if place else None,
        rating=STARS.get(review.star_rating, 0),
        context={"translation": translation} if translation else {},
    )


def _edited(review: Review, place: str) -> Edited:
    original, _ = _words(review.comment)
    words = "\n".join(filter(None, [_stars(review), original]))
    return Edited(
        id=f"{review.id}:{mark(review.updated)}",
        message=review.id,
        parts=(Text(words),),
        at=review.updated,
        by=_author(review),
        to=place,
    )


def _answered(review: Review, answer: Answer, place: str) -> Said:
    """What the company answered; from Filo, it is known by its receipt."""
    return Said(
        id=answer_id(review.id, answer.comment),
        at=moment(answer.update_time) or review.updated,
        by=_author(review),
        parts=(Text(answer.comment),),
        to=place,
        answers=review.id,
        public=True,
        ours=True,
        post=Post(place, ours=True) if place else None,
        app=APP,
    )


def answer_id(review: str, comment: str) -> str:
    """Named by its words: said again after a lost answer they have another time, and are no other
    answer."""
    words = " ".join(comment.split()).encode()
    return f"{review}:reply:{sha256(words).hexdigest()[:16]}"


def mark(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _stars(review: Review) -> str:
    count = STARS.get(review.star_rating, 0)
    return "★" * count + "☆" * (5 - count) if count else ""


def _words(comment: str) -> tuple[str, str]:
    """What the customer wrote, and Google's translation of it, whichever stands first."""
    before, cut, after = comment.partition(TRANSLATED)
    if not cut:
        return comment.strip(), ""
    translation, _, original = after.partition(ORIGINAL)
    return (original.strip() or before.strip()), translation.strip()


def lane(request: Request) -> str:
    """All of one place in one row: an edit must not overtake its review."""
    return ""


def readable(raws: Sequence[msgspec.Raw]) -> list[tuple[msgspec.Raw, Review]]:
    pairs = ((raw, review_of(raw)) for raw in raws)
    return [(raw, review) for raw, review in pairs if review is not None]
