"""What the API shows: exactly these fields, whatever the views beneath come to hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from filo.channels.contract import Media, Part
from filo.conversations.queries import link
from filo.conversations.types import (
    AttachmentView,
    CaseView,
    Hit,
    MessageView,
    PostView,
    ReactionView,
)
from filo.conversations.types import Road as RoadView
from filo.core.clock import now
from filo.core.ids import public
from filo.customers.types import CustomerView
from filo.live.types import Happened
from filo.staff.types import Scope

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """`next` is what to give as `after` (or `before`, going back) for more; null at the end."""

    items: tuple[T, ...]
    next: str | None = None


class Identity(msgspec.Struct, frozen=True):
    id: str
    space: str
    value: str
    verified: bool


class Customer(msgspec.Struct, frozen=True):
    id: str
    name: str
    identities: tuple[Identity, ...]


class Road(msgspec.Struct, frozen=True):
    """One way to answer. `why_not` is empty where it is open: window_closed, channel_off, blocked.

    `until` is when its window for free words closes, `left` how many messages still fit in,
    `by_hand` whether only what a person wrote may pass.
    """

    identity: str
    channel: str
    kind: str
    why_not: str
    window: str
    until: datetime | None
    left: int | None
    by_hand: bool
    heard_at: datetime | None


class Delivery(msgspec.Struct, frozen=True):
    """`state` is pending, sent, delivered, read, failed or uncertain."""

    id: str
    part: int
    state: str
    reason: str | None


class Attachment(msgspec.Struct, frozen=True):
    """A file of one media part. `url` shows it for some minutes: ask anew when it is too old."""

    id: str
    part: int
    mime: str
    name: str
    size: int
    state: str
    reason: str
    width: int | None
    height: int | None
    url: str


class Post(msgspec.Struct, frozen=True):
    """The public place below which something was said; `reach`: how many have seen it."""

    id: str
    url: str
    text: str
    by: str
    ours: bool
    reach: int


class Message(msgspec.Struct, frozen=True):
    """One utterance. `direction` is in, out or note; `visibility` private or public.

    `hidden`, `post` and `reach` (how many follow the author) are of public words.
    """

    id: str
    customer: str
    case: str
    identity: str | None
    channel: str | None
    seq: int | None
    direction: str
    visibility: str
    parts: tuple[Part, ...]
    at: datetime
    answers: str | None
    client_id: str | None
    deliveries: tuple[Delivery, ...]
    author: str | None
    subject: str
    edited_at: datetime | None
    withdrawn_at: datetime | None
    reactions: tuple[ReactionView, ...]
    attachments: tuple[Attachment, ...]
    hidden: bool = False
    post: Post | None = None
    reach: int = 0


class Owner(msgspec.Struct, frozen=True):
    """`type` is bot, queue or person; only a person has an id."""

    type: str
    id: str | None


class Case(msgspec.Struct, frozen=True):
    """One matter. `status` is open, waiting, snoozed or solved."""

    id: str
    customer: str
    team: str
    channel: str
    status: str
    owner: Owner
    due_at: datetime | None
    last_message: str | None


class Found(msgspec.Struct, frozen=True):
    """`kind` is customer or message; `text` is the place where the words stand."""

    kind: str
    customer: str
    customer_name: str
    case: str | None
    message: str | None
    text: str
    at: datetime | None


class Event(msgspec.Struct, frozen=True):
    """What happened. `data` holds ids and small values: ask for the thing itself."""

    id: str
    type: str
    at: datetime
    customer: str | None
    case: str | None
    data: dict[str, Any]


class Events(msgspec.Struct, frozen=True):
    """`cursor` is where to go on from, also when nothing more is there yet (`next` null)."""

    items: tuple[Event, ...]
    next: str | None
    cursor: str


class Channel(msgspec.Struct, frozen=True):
    """`settings` are those that are not secret; `webhook_url` is a path of this installation."""

    id: str
    kind: str
    name: str
    team: str
    active: bool
    state: str
    reason: str
    settings: dict[str, str]
    webhook_url: str


class ChannelHealth(msgspec.Struct, frozen=True):
    """`state` is ok or needs_you; the counts are since the channel was connected."""

    id: str
    active: bool
    state: str
    reason: str
    last_in_at: datetime | None
    last_out_at: datetime | None
    failed_at: datetime | None
    forged: int
    unknown: int
    conflicts: int
    failures: int
    quality: str  # as the provider rates us
    quota: str
    ends_at: datetime | None  # when the key ends


class Ticket(msgspec.Struct, frozen=True):
    """POST a file to `url` + `/name.jpg`, bare, with its Content-Type."""

    url: str


class Team(msgspec.Struct, frozen=True):
    id: str
    name: str


class Me(msgspec.Struct, frozen=True):
    """Whose token this is. `role` is admin, supervisor or agent."""

    id: str
    name: str
    email: str
    role: str
    teams: tuple[str, ...]


def customer(view: CustomerView) -> Customer:
    known = tuple(Identity(i.id, i.space, i.value, i.verified) for i in view.identities)
    return Customer(view.id, view.name, known)


def road(view: RoadView) -> Road:
    return Road(
        identity=view.identity,
        channel=view.channel,
        kind=view.kind,
        why_not=view.why_not,
        window=view.window,
        until=view.until,
        left=view.left,
        by_hand=view.by_hand,
        heard_at=view.heard_at,
    )


def message(view: MessageView, *, reader: Scope) -> Message:
    files = tuple(attachment(file, reader=reader) for file in view.attachments)
    return Message(
        id=view.id,
        customer=view.customer,
        case=view.case,
        identity=view.identity,
        channel=view.channel,
        seq=view.seq,
        direction=view.direction,
        visibility=view.visibility,
        parts=_linked(view.parts, files),
        at=view.at,
        answers=view.answers,
        client_id=view.client_id,
        deliveries=tuple(
            Delivery(d.id, d.part, d.state, d.reason or None) for d in view.deliveries
        ),
        author=view.author,
        subject=view.subject,
        edited_at=view.edited_at,
        withdrawn_at=view.withdrawn_at,
        reactions=view.reactions,
        attachments=files,
        hidden=view.public is not None and view.public.hidden,
        post=_post(view.public.post) if view.public and view.public.post else None,
        reach=view.public.reach if view.public else 0,
    )


def _post(view: PostView) -> Post:
    return Post(view.id, view.url, view.text, view.by, view.ours, view.reach)


def attachment(view: AttachmentView, *, reader: Scope) -> Attachment:
    """The file with a link that this reader may follow."""
    whose = public("stf", reader.staff)
    url = link(view.id, name=view.name, reader=whose, at=now()) if view.state == "ready" else ""
    return Attachment(
        id=view.id,
        part=view.part,
        mime=view.mime,
        name=view.name,
        size=view.size,
        state=view.state,
        reason=view.reason,
        width=view.width,
        height=view.height,
        url=url,
    )


def _linked(parts: tuple[Part, ...], files: tuple[Attachment, ...]) -> tuple[Part, ...]:
    """Media that we keep is shown from our own files, whatever the provider's address was."""
    urls = {file.part: file.url for file in files if file.url}
    return tuple(
        msgspec.structs.replace(part, url=urls[n])
        if n in urls and isinstance(part, Media)
        else part
        for n, part in enumerate(parts)
    )


def case(view: CaseView) -> Case:
    return Case(
        id=view.id,
        customer=view.customer,
        team=view.team,
        channel=view.channel,
        status=view.status,
        owner=Owner(view.owner.type, view.owner.id),
        due_at=view.due_at,
        last_message=view.last_message,
    )


def found(hit: Hit) -> Found:
    return Found(
        kind=hit.kind,
        customer=hit.customer,
        customer_name=hit.customer_name,
        case=hit.case,
        message=hit.message,
        text=hit.text,
        at=hit.at,
    )


def event(one: Happened) -> Event:
    return Event(
        id=one.id,
        type=one.type,
        at=one.at,
        customer=one.customer,
        case=one.case,
        data=one.data,
    )
