"""What a channel is, seen from Filo: one card and a few questions.

Nothing here knows Django, the database or the network, so a connector can be
read, typed and tested as a set of plain functions over plain values.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Protocol

import msgspec

from filo.channels.abilities import (
    Adapts,
    Approved,
    Carries,
    Checks,
    Device,
    Extracts,
    Fed,
    Feeds,
    Fetches,
    Greets,
    HangsUp,
    Hop,
    Introduces,
    ListsTemplates,
    LooksUp,
    Moderates,
    Nods,
    Notice,
    Polls,
    Profile,
    Pushes,
    Registers,
    Renews,
    Thanks,
    Waits,
    Welcomes,
)
from filo.channels.cards import (
    Capabilities,
    Card,
    DeliveryClass,
    Setting,
    Window,
)
from filo.channels.facts import (
    Announced,
    Edited,
    Fact,
    Handle,
    Moderated,
    Moderation,
    Moved,
    OptedOut,
    Post,
    Reacted,
    Reason,
    Reported,
    Said,
    State,
    Typed,
    Unknown,
    Withdrew,
)
from filo.channels.parts import (
    Airport,
    Appointment,
    Bill,
    BoardingPass,
    Bundle,
    Business,
    Carousel,
    Choice,
    Code,
    Contact,
    Field,
    Form,
    Html,
    Item,
    Location,
    Media,
    Native,
    Option,
    Part,
    Payment,
    Plain,
    Price,
    Rich,
    RichCard,
    Shipment,
    Slot,
    Slots,
    Spoken,
    Survey,
    Template,
    Text,
    files_of,
    name_of,
    tag_of,
    with_files,
)
from filo.core.forms import pairs

__all__ = [
    "Adapts",
    "Airport",
    "Announced",
    "Appointment",
    "Approved",
    "Bill",
    "Blob",
    "BoardingPass",
    "Bundle",
    "Business",
    "Call",
    "Capabilities",
    "Card",
    "Carousel",
    "Carries",
    "Checks",
    "Choice",
    "Code",
    "Config",
    "Connector",
    "Contact",
    "DeliveryClass",
    "Device",
    "Doubtful",
    "Edited",
    "Envelope",
    "Extracts",
    "Fact",
    "Failed",
    "Fed",
    "Feeds",
    "Fetches",
    "Field",
    "Forged",
    "Form",
    "Greets",
    "Handle",
    "HangsUp",
    "Hop",
    "Html",
    "Introduces",
    "Item",
    "Later",
    "ListsTemplates",
    "Location",
    "LooksUp",
    "Media",
    "Moderated",
    "Moderates",
    "Moderation",
    "Moved",
    "Native",
    "NoProof",
    "Nods",
    "Notice",
    "OptedOut",
    "Option",
    "Part",
    "Payment",
    "Plain",
    "Polls",
    "Post",
    "Price",
    "Profile",
    "Pushes",
    "Reacted",
    "Reason",
    "Receipt",
    "Registers",
    "Renews",
    "Reply",
    "Reported",
    "Request",
    "Rich",
    "RichCard",
    "Said",
    "Scope",
    "Setting",
    "Shipment",
    "Slot",
    "Slots",
    "Speech",
    "Spoken",
    "State",
    "Survey",
    "Template",
    "Text",
    "Thanks",
    "TooBig",
    "Typed",
    "Unknown",
    "Waits",
    "Welcomes",
    "Window",
    "Withdrew",
    "files_of",
    "name_of",
    "tag_of",
    "with_files",
]

Config = Mapping[str, str]  # all settings of the channel, opened


class Request(msgspec.Struct, frozen=True, omit_defaults=True, dict=True):
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

    @cached_property
    def form(self) -> tuple[tuple[str, str], ...]:
        """The body as the pairs of a form, taken apart when first asked for, and once."""
        return pairs(self.body)

    def __repr__(self) -> str:  # what people wrote belongs in no log
        return f"Request({self.method} {self.channel}, {len(self.body)} bytes at {self.at})"


class Call(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request to the provider, described but not yet made. No secret ever stands in `url`:
    where the provider wants a key in its address, `url` names it in braces, and `keys` holds it.
    """

    url: str
    json: object = None
    form: dict[str, str] | None = None
    body: bytes | None = None
    files: dict[str, tuple[str, bytes, str]] | None = None  # field -> (name, bytes, mime)
    headers: dict[str, str] = {}
    method: str = "POST"
    after: float = 0.0  # seconds to wait before calling
    repeatable: bool = False  # asking twice does no harm: a lost answer is `Later`, not `Doubtful`
    http2: bool = False  # a provider that speaks nothing older (APNs)
    keys: dict[str, str] = {}  # what `{name}` in `url` stands for; the carrier alone puts it in

    def __repr__(self) -> str:  # headers and bodies hold keys and words
        return f"Call({self.method} {self.url})"

    @property
    def address(self) -> str:
        """Where it really goes, keys and all: for the carrier's eyes only."""
        address = self.url
        for name, key in self.keys.items():
            address = address.replace(f"{{{name}}}", key)
        return address


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the provider answered. Header names are lower case."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = {}


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """The provider took the message. `id` is what later reports will quote.

    `also` are other identities of the person that the answer attests, as `(space, value)` pairs.
    """

    id: str
    state: State = State.SENT
    also: tuple[tuple[str, str], ...] = ()


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
    heard_at: datetime | None = None  # their last word here: which window is open
    window: str = ""  # the kind of the window that it goes through, as the card names it
    public: bool = False  # say it where strangers read it, below `answers`
    post: str = ""  # public: the provider's id of the post
    privately: str = ""  # the id of the public comment that this private message takes up
    hook: str = (
        ""  # where the provider calls this channel, for reports asked for message by message
    )
    files: dict[str, Blob] = {}
    heard: dict[str, str] = {}  # `Said.context` of the customer's newest message here
    answered: dict[str, str] = {}  # the same of the message that this one replies to


Speech = Generator[Call, Reply, Receipt]


class Forged(Exception):
    """The request does not come from whom it says."""


class NoProof(Forged):
    """Nobody showed a name and a password: some callers do only once a 401 asks for them."""


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


# --- the questions --------------------------------------------------------


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
