"""What everyone can read, for those who answer: the post, who said it, how far, what we did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filo.channels import registry
from filo.channels.contract import Media, Moderates, Moderation, Part, Text
from filo.conversations.types import MessageView, ModerationView, PostView, PublicView

DEEPEST = 3
BACK = {"unhide": "hide", "unlike": "like"}  # what takes which deed back


class Past(msgspec.Struct, frozen=True):
    """What it said before: evidence."""

    words: str
    until: datetime


class Deed(msgspec.Struct, frozen=True):
    """Something that may be done at the provider's."""

    action: str
    words: str
    icon: str
    bad: bool = False


class Openly(msgspec.Struct, frozen=True):
    """Beside the bubble of a public message."""

    post: PostView | None
    post_reach: str
    by: str
    reach: str
    stars: str
    stars_words: str
    url: str
    above: str
    continued_by: str
    points_to: str
    hidden: bool
    liked: bool
    deleted: bool
    versions: tuple[Past, ...]
    notes: tuple[str, ...]
    deeds: tuple[Deed, ...]
    may_answer: bool


def openly(message: MessageView) -> Openly | None:
    stands = message.public
    if stands is None:
        return None
    return Openly(
        post=stands.post,
        post_reach=_seen(stands.post.reach) if stands.post else "",
        by=stands.by,
        reach=_followers(stands.reach),
        stars="★" * stands.rating + "☆" * (5 - stands.rating) if stands.rating else "",
        stars_words=_("%(n)d of 5 stars") % {"n": stands.rating} if stands.rating else "",
        url=stands.url if stands.url.startswith("https://") else "",
        above=stands.above,
        continued_by=stands.continued_by,
        points_to=stands.points_to,
        hidden=stands.hidden,
        liked=stands.liked,
        deleted=stands.deleted,
        versions=tuple(Past(_plain(one.parts), one.until) for one in stands.versions),
        notes=tuple(_notes(stands.moderations)),
        deeds=tuple(_deeds(message, stands)) if _stands(message, stands) else (),
        may_answer=message.direction == "in" and not stands.deleted and not message.withdrawn_at,
    )


# --- the tree --------------------------------------------------------------------


class Branch(msgspec.Struct, frozen=True):
    """One message in the tree, so deep under its post."""

    message: MessageView
    depth: int


def branches(messages: Sequence[MessageView]) -> list[Branch]:
    """Each under what it answers, oldest first; what answers nothing known stands at the top."""
    known = {one.id for one in messages}
    below: dict[str, list[MessageView]] = {}
    for one in messages:
        above = one.public.above if one.public else ""
        below.setdefault(above if above in known and above < one.id else "", []).append(one)
    return list(_walk("", below, 0))


def _walk(above: str, below: dict[str, list[MessageView]], depth: int) -> Iterator[Branch]:
    for one in below.get(above, ()):
        yield Branch(one, min(depth, DEEPEST))
        yield from _walk(one.id, below, depth + 1)


# --- words -------------------------------------------------------------------------


def _plain(parts: Iterable[Part]) -> str:
    return " ".join(filter(None, map(_of, parts)))


def _of(part: Part) -> str:
    match part:
        case Text(text=text):
            return text
        case Media():
            return part.caption or part.name or f"[{part.mime}]"
        case _:
            return "…"


def _seen(reach: int) -> str:
    return ngettext("seen by %(n)s", "seen by %(n)s", reach) % {"n": _short(reach)} if reach else ""


def _followers(reach: int) -> str:
    if not reach:
        return ""
    return ngettext("%(n)s follower", "%(n)s followers", reach) % {"n": _short(reach)}


def _short(count: int) -> str:
    for size, sign in ((1_000_000, "M"), (1_000, "k")):
        if count >= size:
            return f"{count / size:.1f}".removesuffix(".0") + sign
    return str(count)


def _notes(moderations: Iterable[ModerationView]) -> Iterator[str]:
    """The last word on each kind of deed, if it is worth a word."""
    for one in {BACK.get(each.action, each.action): each for each in moderations}.values():
        if one.elsewhere:
            if one.action not in BACK:
                yield _elsewhere(one.action)
            continue
        named = {"by": one.by or "Filo", "what": _named(one.action), "why": one.detail}
        if one.state == "pending":
            yield _("%(by)s: %(what)s, on its way") % named
        elif one.state == "failed":
            yield _("%(by)s: %(what)s did not work. %(why)s") % named
        elif one.action in {"hide", "delete"}:
            yield _("%(by)s: %(what)s") % named


def _elsewhere(action: str) -> str:
    return {
        "hide": _("Hidden on the provider's own page"),
        "like": _("Liked on the provider's own page"),
        "delete": _("Deleted on the provider's own page"),
    }[action]


def _named(action: str) -> str:
    return {
        "hide": _("Hide"),
        "unhide": _("Show again"),
        "like": _("Like"),
        "unlike": _("Take the like back"),
        "delete": _("Delete"),
    }[action]


def _stands(message: MessageView, stands: PublicView) -> bool:
    """Nobody reads what was taken away, or did not leave yet."""
    gone = stands.deleted or bool(message.withdrawn_at)
    stays = {one.state for one in message.deliveries}
    return not gone and not (stays and stays <= {"pending", "failed"})


def _deeds(message: MessageView, stands: PublicView) -> Iterator[Deed]:
    try:
        connector = registry.connector(message.kind)
    except registry.NoSuchKind:
        return
    if not isinstance(connector, Moderates):
        return
    can = connector.card.can.moderation
    theirs = message.direction == "in"
    wanted = [
        (Moderation.UNLIKE if stands.liked else Moderation.LIKE, "thumbs-up", theirs),
        (Moderation.UNHIDE if stands.hidden else Moderation.HIDE, "eye-off", theirs),
        (Moderation.DELETE, "trash-2", True),
    ]
    for action, icon, fits in wanted:
        if fits and action in can:
            yield Deed(action.value, _named(action.value), icon, action is Moderation.DELETE)
