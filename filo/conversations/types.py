"""Values that other parts may know about messages, cases and deliveries.

Ids in the views are public text; operations and queries take the numbers behind them
(`filo.core.ids.number`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from filo.channels.contract import Device, Fact, Part


class DeliveryView(msgspec.Struct, frozen=True):
    id: str
    part: int
    state: str  # pending, sent, delivered, read, failed, uncertain
    reason: str = ""
    detail: str = ""
    due_at: datetime | None = None
    awaits: str = ""  # word: of the customer; time: that we chose


class AttachmentView(msgspec.Struct, frozen=True):
    """`part` is the index of its Media part in the message."""

    id: str
    part: int
    mime: str
    name: str
    size: int
    state: str  # pending, ready, refused
    reason: str = ""
    width: int | None = None
    height: int | None = None


class ReactionView(msgspec.Struct, frozen=True):
    emoji: str
    by: str


class PostView(msgspec.Struct, frozen=True):
    """The public place below which something was said."""

    id: str
    url: str = ""
    text: str = ""
    by: str = ""
    ours: bool = False
    reach: int = 0


class Version(msgspec.Struct, frozen=True):
    """What a public message said before its author edited or deleted it: evidence."""

    parts: tuple[Part, ...]
    until: datetime


class ModerationView(msgspec.Struct, frozen=True):
    """Something done with public words at the provider's. `state`: pending, carried_out, failed."""

    action: str
    state: str
    at: datetime
    by: str = ""
    detail: str = ""
    elsewhere: bool = False  # in the provider's own page, by somebody of the company


class PublicView(msgspec.Struct, frozen=True):
    """How a message stands where everyone can read it."""

    by: str  # the shown name of who wrote it; empty for us
    post: PostView | None = None
    above: str = ""  # the message that it answers in the tree, whoever wrote that
    reach: int = 0
    rating: int = 0
    url: str = ""
    hidden: bool = False
    liked: bool = False
    deleted: bool = False
    continued_by: str = ""  # the private message that takes it up
    points_to: str = ""  # ours: the private message that it announces
    versions: tuple[Version, ...] = ()
    moderations: tuple[ModerationView, ...] = ()


class MessageView(msgspec.Struct, frozen=True):
    id: str
    customer: str
    case: str
    identity: str | None
    channel: str | None
    seq: int | None
    direction: str  # in, out, note
    visibility: str  # private, public
    parts: tuple[Part, ...]
    at: datetime
    answers: str | None = None
    client_id: str | None = None
    deliveries: tuple[DeliveryView, ...] = ()
    # what a desk shows beside it
    kind: str = ""  # of the channel
    author: str | None = None  # staff id
    author_name: str = ""
    subject: str = ""
    said_at: datetime | None = None
    automatic: bool = False
    context: dict[str, str] = {}
    edited_at: datetime | None = None
    withdrawn_at: datetime | None = None
    attachments: tuple[AttachmentView, ...] = ()
    reactions: tuple[ReactionView, ...] = ()
    public: PublicView | None = None


class Owner(msgspec.Struct, frozen=True):
    type: str  # bot, queue, person
    id: str | None = None
    name: str = ""


class CaseView(msgspec.Struct, frozen=True):
    id: str
    customer: str
    team: str
    channel: str
    status: str  # open, waiting, snoozed, solved
    owner: Owner
    due_at: datetime | None
    last_message: str | None
    # what a desk shows beside it
    kind: str = ""
    customer_name: str = ""
    team_name: str = ""
    channel_name: str = ""
    subject: str = ""
    last_text: str = ""
    last_direction: str = ""
    last_at: datetime | None = None
    opened_at: datetime | None = None
    solved_at: datetime | None = None
    snoozed_until: datetime | None = None
    unread: int = 0
    restricted: bool = False
    draft: str = ""  # the reader's own
    labels: tuple[str, ...] = ()


class CaseFilter(msgspec.Struct, frozen=True):
    """Which cases. `owner`: "me", "queue", a staff id or "". `sort`: due, newest, oldest."""

    status: tuple[str, ...] = ("open", "waiting", "snoozed")
    owner: str = ""
    team: int | None = None
    channel: int | None = None
    customer: int | None = None
    sort: str = "due"


class CasePage(msgspec.Struct, frozen=True):
    items: tuple[CaseView, ...]
    next: str | None = None


class MessagePage(msgspec.Struct, frozen=True):
    """Oldest first. `before` and `after` are cursors for older and newer ones, or None."""

    items: tuple[MessageView, ...]
    before: str | None = None
    after: str | None = None


class Counts(msgspec.Struct, frozen=True):
    """Numbers beside the views; each stops counting at 1,000."""

    mine: int
    to_take: int
    all: int
    waiting: int
    snoozed: int
    mentions: int
    by_team: dict[str, int] = {}


class Hit(msgspec.Struct, frozen=True):
    """One thing found. `kind` is customer or message."""

    kind: str
    customer: str
    customer_name: str
    case: str | None = None
    message: str | None = None
    text: str = ""
    at: datetime | None = None


class HitPage(msgspec.Struct, frozen=True):
    items: tuple[Hit, ...]
    next: str | None = None


class Road(msgspec.Struct, frozen=True):
    """One way to answer: an identity over a channel, and whether it is open now.

    `until` is when the window for free text closes, `left` how many messages still fit in,
    `window` its kind; `by_hand` when it takes only what a person wrote. `why_not` is a code when
    the road cannot be used: window_closed, channel_off, blocked, no_permission.
    """

    identity: str
    channel: str
    kind: str
    channel_name: str
    value: str
    until: datetime | None = None
    why_not: str = ""
    window: str = ""
    left: int | None = None
    by_hand: bool = False
    heard_at: datetime | None = None
    public: bool = False  # everyone reads what goes this way
    about: str | None = None  # the public message that is answered, or taken up in private
    family: str = ""  # of the channel: chat, messaging, mail
    templates: bool = False  # does the channel know approved texts?
    waits: bool = False  # the channel does not reach its provider: answers are kept until it does
    space: str = ""
    address: str = ""


WORD, TIME = "word", "time"


class Keeping(msgspec.Struct, frozen=True):
    """Why an answer does not go at once. `until` is the chosen time, for `time` alone."""

    awaits: str = ""
    until: datetime | None = None

    @property
    def reason(self) -> str:
        return {WORD: "held", TIME: "later"}.get(self.awaits, "")


AT_ONCE = Keeping()


class Written(msgspec.Struct, frozen=True):
    """A message as it was stored; `new` is False when the same client id had already written."""

    message: MessageView
    new: bool


class PublicDraft(msgspec.Struct, frozen=True):
    """What is about to be said where everyone reads it."""

    case: int
    customer: int
    about: int | None  # the public message that it answers
    author: int
    channel: int
    parts: tuple[Part, ...]
    at: datetime


class SystemLine(msgspec.Struct, frozen=True):
    """Something that happened to a case, for the thread: who, what, why.

    `reason` is a code: opened, reopened_by_customer, taken, released, assigned, solved, reopened,
    snoozed, woken, moved.
    """

    at: datetime
    case: str
    reason: str
    by: str = ""  # the name of who did it
    to: str = ""  # the name of whom or which team it went to
    until: datetime | None = None


class NotFound(Exception):
    """There is no such thing, or the reader may not know that there is."""


class NewerWords(Exception):
    """The customer wrote meanwhile: `newer` are the messages after the one last seen."""

    def __init__(self, newer: tuple[MessageView, ...]) -> None:
        super().__init__("The customer wrote meanwhile.")
        self.newer = newer


class CannotSend(Exception):
    """This road is closed. `code` as in `Road.why_not`, or: no_road, empty, too_long, solved."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Heard(msgspec.Struct, frozen=True):
    """A fact that came in, with the rows it concerns. `identity` is 0 when nobody speaks."""

    fact: Fact
    channel: int
    team: int
    answer_within: timedelta
    journal: int
    at: datetime  # when it reached us
    identity: int = 0
    customer: int = 0


class Stirred(msgspec.Struct, frozen=True):
    """A case in which a customer has just spoken: routing places it."""

    case: int
    customer: int
    team: int
    at: datetime
    answer_within: timedelta
    new: bool
    automatic: bool


PLATFORMS = frozenset({"web", "apns", "fcm"})
LONGEST = 2000  # letters of anything that an app says of its device


class Enrolled(msgspec.Struct, frozen=True):
    """What an app says of the device it runs on."""

    platform: str
    address: str
    keys: dict[str, str] = {}
    build: str = ""
    language: str = ""

    @property
    def is_fit(self) -> bool:
        texts = (self.address, self.build, self.language, *self.keys, *self.keys.values())
        short = all(len(text) <= LONGEST and "\x00" not in text for text in texts)
        return self.platform in PLATFORMS and bool(self.address) and short and len(self.keys) <= 4


class Waking(msgspec.Struct, frozen=True):
    """A device that is to be woken, in the name of which channel."""

    id: int
    channel: int
    device: Device
    language: str = ""
    about: str = ""  # the newest of our messages to its owner
    tries: int = 0  # that its push service put off
