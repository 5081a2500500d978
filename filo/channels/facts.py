"""What happens on a channel: the facts that `parse` reads out of a call."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from filo.channels.parts import Part

# --- who ------------------------------------------------------------------


class Handle(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a channel calls a person: `(space, value)` is the identity, `name` is only shown.

    `also` holds other identities attested by the same payload, as `(space, value)` pairs.
    """

    space: str
    value: str
    name: str = ""
    also: tuple[tuple[str, str], ...] = ()


# --- what happens ---------------------------------------------------------


class State(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class Reason(StrEnum):
    """Why a message did not arrive, in words every channel shares."""

    BLOCKED = "blocked"  # the person does not want us
    UNREACHABLE = "unreachable"  # no such handle, phone off, mailbox full
    WINDOW_CLOSED = "window closed"  # too late to answer freely
    REFUSED = "refused"  # the provider's policy
    OTHER = "other"


class Post(msgspec.Struct, frozen=True, omit_defaults=True):
    """The public place below which something was said: a post, a story, a product's reviews."""

    id: str
    url: str = ""
    text: str = ""  # how it begins
    by: str = ""  # shown name of its author
    ours: bool = False
    reach: int = 0  # how many have seen it, as far as the provider tells


class Said(msgspec.Struct, frozen=True, omit_defaults=True, tag="said"):
    """Somebody said something. `context` carries small facts (`choice`, `referral`, …)."""

    id: str
    at: datetime
    by: Handle
    parts: tuple[Part, ...]
    to: str = ""  # which of our numbers, pages or mailboxes, as the provider names it
    answers: str = ""  # id of the message this one replies to
    references: tuple[str, ...] = ()  # older ids of the same exchange, nearest first (mail)
    matter: str = ""  # what the case is about: empty for chat, the root Message-ID for mail
    token: str = ""  # a signed case token that we put on an earlier message
    subject: str = ""
    client_id: str = ""
    context: dict[str, str] = {}  # `tapback` and `quoted`: a reaction that came as words
    automatic: bool = False  # a machine wrote it: no clock starts, nothing answers by itself
    public: bool = False
    ours: bool = False  # the company wrote it, from the provider's own app, to the person in `by`
    post: Post | None = None  # public: below what; `answers` is the comment above, if any
    reach: int = 0  # how many follow the author, as far as the provider tells
    rating: int = 0  # reviews: 1 to 5
    url: str = ""  # public: where it stands
    app: str = ""  # ours: which app it was written in, as the provider names it

    @property
    def key(self) -> str:
        return f"said:{self.id}"


class Reported(msgspec.Struct, frozen=True, omit_defaults=True, tag="reported"):
    """`message` is what `Receipt.id` said; `ref` is our delivery id where the report carries it.

    With neither it is about all that we said to the person in `by` until `at`.
    """

    message: str
    state: State
    at: datetime
    reason: Reason | None = None
    detail: str = ""
    to: str = ""
    recipient: str = ""
    ref: str = ""
    by: Handle | None = None

    @property
    def key(self) -> str:
        if self.by and not self.message and not self.ref:
            return f"reported:{self.by.value}:{self.state}:{self.at.timestamp()}"
        # a voice note is first read, then played: two reports of one state
        again = f":{self.detail}" if self.state is State.READ and self.detail else ""
        return f"reported:{self.message or self.ref}:{self.state}:{self.recipient}{again}"


class Reacted(msgspec.Struct, frozen=True, omit_defaults=True, tag="reacted"):
    """`emoji` is empty when the reaction was taken back."""

    id: str
    message: str
    emoji: str
    at: datetime
    by: Handle
    to: str = ""

    @property
    def key(self) -> str:
        return f"reacted:{self.id}"


class Edited(msgspec.Struct, frozen=True, omit_defaults=True, tag="edited"):
    id: str
    message: str
    parts: tuple[Part, ...]
    at: datetime
    by: Handle
    to: str = ""

    @property
    def key(self) -> str:
        return f"edited:{self.id}"


class Withdrew(msgspec.Struct, frozen=True, omit_defaults=True, tag="withdrew"):
    id: str
    message: str
    at: datetime
    by: Handle
    to: str = ""

    @property
    def key(self) -> str:
        return f"withdrew:{self.id}"


class Moderation(StrEnum):
    """What may be done with somebody else's public words on our place."""

    HIDE = "hide"
    UNHIDE = "unhide"
    LIKE = "like"
    UNLIKE = "unlike"
    DELETE = "delete"


class Moderated(msgspec.Struct, frozen=True, omit_defaults=True, tag="moderated"):
    """Somebody of the company did this with public words in the provider's own page.

    Also the echo of what we did there ourselves. Whose words they are, `message` tells.
    """

    id: str
    message: str
    action: Moderation
    at: datetime
    to: str = ""

    @property
    def key(self) -> str:
        return f"moderated:{self.id}"


class Typed(msgspec.Struct, frozen=True, omit_defaults=True, tag="typed"):
    """The customer is typing (or stopped). Never stored."""

    by: Handle
    at: datetime
    on: bool = True
    to: str = ""

    @property
    def key(self) -> str:
        return ""


class OptedOut(msgspec.Struct, frozen=True, omit_defaults=True, tag="opted_out"):
    id: str
    by: Handle
    at: datetime
    purpose: str = ""
    back: bool = False  # they want us again
    to: str = ""

    @property
    def key(self) -> str:
        return f"opted_out:{self.id}"


class Moved(msgspec.Struct, frozen=True, omit_defaults=True, tag="moved"):
    """The same person under another handle: a new number, a regenerated id."""

    id: str
    old: Handle
    new: Handle
    at: datetime
    to: str = ""

    @property
    def key(self) -> str:
        return f"moved:{self.id}"


class Announced(msgspec.Struct, frozen=True, omit_defaults=True, tag="announced"):
    """The provider says something about the channel itself, not about a person.

    `what` is one of: template (its `name`, `state` approved, rejected, paused or disabled),
    quality, limit, revoked (our key is worth nothing from now on), restricted, restored; or only
    told on: template_quality, template_category, template_words, account.
    """

    id: str
    what: str
    at: datetime
    name: str = ""
    state: str = ""
    detail: str = ""
    to: str = ""
    language: str = ""  # of a template; empty: all its languages

    @property
    def key(self) -> str:
        return f"announced:{self.id}"


class Unknown(msgspec.Struct, frozen=True, omit_defaults=True, tag="unknown"):
    """Something we cannot read yet. Kept in the journal, shown, never an error."""

    what: str
    id: str = ""
    to: str = ""

    @property
    def key(self) -> str:
        return f"unknown:{self.id}" if self.id else ""


Fact = (
    Said
    | Reported
    | Reacted
    | Edited
    | Withdrew
    | Moderated
    | Typed
    | OptedOut
    | Moved
    | Announced
    | Unknown
)
