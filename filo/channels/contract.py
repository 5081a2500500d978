"""What a channel is, seen from Filo: one card and a few questions.

Nothing here knows Django, the database or the network, so a connector can be
read, typed and tested as a set of plain functions over plain values.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec

# --- who ------------------------------------------------------------------


class Handle(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a channel calls a person: `(space, value)` is the identity, `name` is only shown.

    `also` holds other identities attested by the same payload, as `(space, value)` pairs.
    """

    space: str
    value: str
    name: str = ""
    also: tuple[tuple[str, str], ...] = ()


# --- what is said ---------------------------------------------------------


class Text(msgspec.Struct, frozen=True, omit_defaults=True, tag="text"):
    text: str


class Media(msgspec.Struct, frozen=True, omit_defaults=True, tag="media"):
    """A file. `url` where it can be had; `ref` the provider's own id, fetched later;
    `attachment` our id once we keep it."""

    mime: str
    url: str = ""
    caption: str = ""
    name: str = ""
    ref: str = ""
    sha256: str = ""
    size: int = 0
    attachment: str = ""
    voice: bool = False
    inline: str = ""  # the Content-ID of an image inside a mail


class Option(msgspec.Struct, frozen=True, omit_defaults=True):
    id: str
    label: str
    hint: str = ""


class Choice(msgspec.Struct, frozen=True, omit_defaults=True, tag="choice"):
    """A question with ready answers; the chosen `id` comes back in `Said.context["choice"]`."""

    text: str
    options: tuple[Option, ...]
    button: str = ""  # what opens the list, where the channel shows one


class Location(msgspec.Struct, frozen=True, omit_defaults=True, tag="location"):
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


class Contact(msgspec.Struct, frozen=True, omit_defaults=True, tag="contact"):
    name: str
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


class Html(msgspec.Struct, frozen=True, omit_defaults=True, tag="html"):
    """A mail's body as it was written, cleaned at output only: what is new, what is `quoted`."""

    html: str
    text: str = ""
    quoted: str = ""
    cut: int = 0  # where in `html` the older mail begins; 0 when that cannot be told

    @property
    def fresh(self) -> str:
        """The HTML of the new words alone; empty when only `text` can tell them."""
        whole = not self.quoted or not (self.cut or self.text)
        return self.html if whole else self.html[: self.cut]


class Native(msgspec.Struct, frozen=True, omit_defaults=True, tag="native"):
    """Something only this channel has (an order, a system notice); `text` tells it in words."""

    kind: str
    text: str = ""
    payload: dict[str, object] = {}


class Bundle(msgspec.Struct, frozen=True, omit_defaults=True, tag="bundle"):
    """Several parts that travel as one (a mail with its attachments). Made by `fit` alone."""

    parts: tuple[Text | Media | Choice | Location | Contact | Html | Native, ...]


Part = Text | Media | Choice | Location | Contact | Html | Native
Spoken = Part | Bundle  # what `say` is handed

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
    context: dict[str, str] = {}
    automatic: bool = False  # a machine wrote it: no clock starts, nothing answers by itself
    public: bool = False
    ours: bool = False  # the company wrote it, from the provider's own app, to the person in `by`

    @property
    def key(self) -> str:
        return f"said:{self.id}"


class Reported(msgspec.Struct, frozen=True, omit_defaults=True, tag="reported"):
    """`message` is what `Receipt.id` said; `ref` is our delivery id where the report carries it."""

    message: str
    state: State
    at: datetime
    reason: Reason | None = None
    detail: str = ""
    to: str = ""
    recipient: str = ""
    ref: str = ""

    @property
    def key(self) -> str:
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


class Unknown(msgspec.Struct, frozen=True, omit_defaults=True, tag="unknown"):
    """Something we cannot read yet. Kept in the journal, shown, never an error."""

    what: str
    id: str = ""
    to: str = ""

    @property
    def key(self) -> str:
        return f"unknown:{self.id}" if self.id else ""


Fact = Said | Reported | Reacted | Edited | Withdrew | Typed | OptedOut | Moved | Unknown

# --- the border -----------------------------------------------------------

Config = Mapping[str, str]  # all settings of the channel, opened


class Request(msgspec.Struct, frozen=True, omit_defaults=True):
    """A webhook call exactly as it came, the form in which the journal keeps it.

    Header names are lower case. `channel` is our public channel id, `settings` its settings
    that are not secret.
    """

    body: bytes
    at: datetime  # when it reached us: the only clock that `parse` may read
    headers: dict[str, str] = {}
    query: dict[str, str] = {}
    method: str = "POST"
    url: str = ""  # as the caller addressed it, for signatures over the address
    channel: str = ""
    settings: dict[str, str] = {}

    def __repr__(self) -> str:  # what people wrote belongs in no log
        return f"Request({self.method} {self.channel}, {len(self.body)} bytes at {self.at})"


class Call(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request to the provider, described but not yet made. No secret ever stands in `url`."""

    url: str
    json: object = None
    form: dict[str, str] | None = None
    body: bytes | None = None
    files: dict[str, tuple[str, bytes, str]] | None = None  # field -> (name, bytes, mime)
    headers: dict[str, str] = {}
    method: str = "POST"
    after: float = 0.0  # seconds to wait before calling
    repeatable: bool = False  # asking twice does no harm: a lost answer is `Later`, not `Doubtful`

    def __repr__(self) -> str:  # headers and bodies hold keys and words
        return f"Call({self.method} {self.url})"


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the provider answered. Header names are lower case."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = {}


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """The provider took the message. `id` is what later reports will quote."""

    id: str
    state: State = State.SENT


class Blob(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file fetched from a provider."""

    mime: str
    body: bytes
    name: str = ""


class Envelope(msgspec.Struct, frozen=True, omit_defaults=True):
    """What surrounds one thing said: who says it, in answer to what, under which reference.

    `files` holds the bytes of our own attachments that the part names (`Media.attachment`), for
    connectors that upload them; the sender reads them from the media store.
    """

    ref: str  # our delivery id: idempotency key, callback data, webhook-id
    at: datetime  # the moment of this attempt: the only clock that `say` may read
    attempt: int = 1
    answers: str = ""  # the provider's id of the message this one replies to
    last_heard: str = ""  # the provider's id of the customer's newest message
    references: tuple[str, ...] = ()  # mail: older ids of the exchange, oldest first
    subject: str = ""
    token: str = ""  # signed case token, for the reply address of a mail
    author: str = ""  # shown name of the staff member
    quote: str = ""  # the customer's words that are quoted below a mail
    language: str = ""
    automatic: bool = False  # nobody wrote it by hand: no machine may answer it (mail)
    files: dict[str, Blob] = {}


Speech = Generator[Call, Reply, Receipt]


class Forged(Exception):
    """The request does not come from whom it says."""


class TooBig(Exception):
    """More in one call than the channel's page allows: the receiver answers 413, keeps nothing."""


class Scope(StrEnum):
    """How far a verdict reaches: whom must we leave in peace."""

    MESSAGE = "this message"
    PERSON = "this person"
    CHANNEL = "the whole channel"


class Failed(Exception):
    """The provider said no for good: a new try would end the same way."""

    def __init__(self, reason: Reason, detail: str = "", *, scope: Scope = Scope.MESSAGE) -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
        self.scope = scope


class Later(Exception):
    """The provider said not now: it did not take the message, and may be asked again."""

    def __init__(self, after: timedelta, detail: str = "", *, scope: Scope = Scope.MESSAGE) -> None:
        super().__init__(f"again in {after}")
        self.after = after
        self.detail = detail
        self.scope = scope


class Doubtful(Exception):
    """No answer came, and the message may have gone out all the same (a cut after DATA, say)."""


# --- the card and the questions --------------------------------------------


class DeliveryClass(StrEnum):
    """What may be done when the answer to a send was lost."""

    KEYED = "K"  # the provider takes an idempotency key: send again
    LOOKED_UP = "L"  # it can be looked up, or its report carries our reference
    FIRE = "F"  # neither: at most once, then openly marked


class Capabilities(msgspec.Struct, frozen=True):
    text: int  # longest text, in characters
    parts: frozenset[type] = frozenset({Text})
    caption: int = 1024
    bare: frozenset[str] = frozenset()  # MIME types ("audio/*") that take no caption
    question: int = 0  # longest text above ready answers; 0 = as `text`
    options: int = 0  # most ready answers in one question
    label: int = 20  # longest label of a ready answer
    hint: int = 0  # longest hint below a ready answer
    media: Mapping[str, int] = {}  # MIME type or "image/*" -> most bytes
    window: timedelta | None = None  # how long after their last word we may answer freely
    reports: frozenset[State] = frozenset()
    public: bool = False  # do strangers read what we write?
    bundles: bool = False  # all parts of a message travel as one
    typing: bool = False  # can the customer see that we are writing?
    reading: bool = False  # can the customer see that we have read?


class Setting(msgspec.Struct, frozen=True):
    """One thing the administrator must type to connect the channel."""

    name: str
    label: str
    secret: bool = False
    required: bool = True
    default: str = ""
    help: str = ""
    made: bool = False  # we make a random one when it is left empty
    choices: tuple[str, ...] = ()


class Card(msgspec.Struct, frozen=True):
    kind: str
    name: str
    settings: tuple[Setting, ...]
    can: Capabilities
    delivery: DeliveryClass = DeliveryClass.FIRE
    thanks: bytes = b""  # what the provider wants to read in our 200
    thanks_type: str = "text/plain"
    body_limit: int = 3 * 1024 * 1024
    key_scope: str = "channel"  # "kind": the same fact may come to several of our channels
    family: str = "chat"  # which promise holds: chat, messaging, mail
    address: str = ""  # the setting that says which number, page or mailbox this channel is
    signed_by: str = ""  # the secret setting that proves a call: who shares it shares an address
    color: str = "#5f6b69"


class Connector(Protocol):
    card: Card

    def unseal(self, request: Request, config: Config) -> Request:
        """Is it really them? Check, decrypt if need be, or raise `Forged` (or `TooBig`)."""

    def parse(self, request: Request) -> Sequence[Fact]:
        """What happened? One call may carry messages and reports together."""

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        """How is this said here? Yield each `Call`, be handed its `Reply`.

        Return the `Receipt`; raise `Failed` or `Later` if they do not take it.
        The part already fits `card.can`.
        """

    def lane(self, request: Request) -> str:
        """Whose turn is it? First sender, else recipient of a report, else empty. No error."""


@runtime_checkable
class Greets(Protocol):
    """Some providers knock first (a GET) and want their own word back."""

    def greet(self, request: Request, config: Config) -> bytes:
        """The word they want; `Forged` when the knock is not theirs."""


@runtime_checkable
class Adapts(Protocol):
    """Channels whose settings change what their card promises (`http`: class, window, public).

    Ask `registry.card_of(kind, settings)`, which knows both sorts.
    """

    def adapt(self, config: Config) -> Card:
        """The card as this channel's settings make it."""


@runtime_checkable
class Thanks(Protocol):
    """Channels whose 200 says more than `card.thanks` (`http`: how many events were taken)."""

    def thank(self, request: Request) -> bytes:
        """The body of our 200, sent once the request is journalled."""


@runtime_checkable
class Polls(Protocol):
    """Channels that do not call us: a mailbox, a page of reviews. Lives in `road.py`."""

    def poll(self, config: Config, cursor: str) -> tuple[Sequence[Request], str]:
        """What is new since `cursor`, in slices, and the cursor to keep once it is journalled."""


@runtime_checkable
class Waits(Protocol):
    """Polled channels that can tell when something is new (IMAP IDLE)."""

    def wait(self, config: Config, cursor: str, seconds: float) -> bool:
        """Block until there may be something new, at most `seconds`."""


@runtime_checkable
class HangsUp(Protocol):
    """Polled channels that keep a line open in each thread that polls."""

    def hang_up(self, thread: int) -> None:
        """End the line of that thread, and its waiting. Any thread may ask."""


@runtime_checkable
class Carries(Protocol):
    """Channels that do not speak HTTP: SMTP, a phone line. Lives in `road.py`."""

    async def carry(self, call: Call, config: Config) -> Reply:
        """Make the call by another road; raise `Doubtful` when it may have gone out unanswered.

        Give up by itself well before `carrier.SEND_TIMEOUT`: cut short from outside, the
        delivery counts as doubtful.
        """


@runtime_checkable
class Fetches(Protocol):
    """Media that must be asked for."""

    def fetch(self, media: Media, config: Config) -> Generator[Call, Reply, Blob]: ...


@runtime_checkable
class Extracts(Protocol):
    """Files that travel inside the call itself, like the parts of a mail: cut from the journal."""

    def extract(self, raw: bytes, ref: str) -> Blob:
        """The file that `parse` named `ref`; LookupError when this call has none such."""


@runtime_checkable
class LooksUp(Protocol):
    """Delivery class L by question: was this reference taken?"""

    def look_up(
        self, ref: str, config: Config, *, at: datetime
    ) -> Generator[Call, Reply, Receipt | None]:
        """The receipt if they took it, None if surely not; `Later` when they cannot say."""


@runtime_checkable
class Nods(Protocol):
    """Tell the customer that we have read, or that we are writing."""

    def nod(
        self, to: Handle, message: str, config: Config, *, typing: bool
    ) -> Generator[Call, Reply, None]: ...
