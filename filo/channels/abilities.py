"""What a connector may be able to do besides: each ability is a protocol of its own."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec

from filo.channels.facts import Handle, Said
from filo.channels.parts import Media

if TYPE_CHECKING:
    from filo.channels.contract import (
        Blob,
        Call,
        Card,
        Config,
        Moderation,
        Receipt,
        Reply,
        Request,
    )


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


# --- devices --------------------------------------------------------------


class Device(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where an app or a browser can be woken. `address` is the endpoint, or the token."""

    platform: str  # web, apns, fcm
    address: str
    keys: dict[str, str] = {}  # web: p256dh and auth, as the browser gave them

    def __repr__(self) -> str:  # who knows the address may wake the device
        return f"Device({self.platform})"


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a device shows: that there is news, never the news itself."""

    title: str
    text: str = ""
    url: str = ""  # what opens
    tag: str = ""  # a newer notice of the same tag takes this one's place
    about: str = ""  # the id of the message, which a device may fetch with its own session
    lasts: int = 86_400  # seconds, for a device that is off


@runtime_checkable
class Pushes(Protocol):
    """Can wake people's devices. `Failed` in the scope of a person: that device is gone."""

    def push_key(self, config: Config) -> str:
        """Our public key, which a browser wants before it subscribes."""

    def push(
        self, device: Device, notice: Notice, config: Config, *, at: datetime
    ) -> Generator[Call, Reply, None]: ...


# --- public places --------------------------------------------------------


@runtime_checkable
class Moderates(Protocol):
    """Hide, like or delete public words on our place, as `card.can.moderation` allows."""

    def moderate(
        self, action: Moderation, message: str, config: Config
    ) -> Generator[Call, Reply, None]: ...


# --- the channel's life ---------------------------------------------------


class Hop(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step between us and the provider, tried: what it is, whether it holds, what to do.

    `detail` is the provider's own word; `mend` is ours, what an administrator does about it.
    """

    name: str
    ok: bool
    detail: str = ""
    mend: str = ""


@runtime_checkable
class Checks(Protocol):
    """Can say, without sending anything to anybody, whether the settings hold."""

    def check(self, config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
        """Every hop, first to last; `hook` is the address the provider should call."""


@runtime_checkable
class Registers(Protocol):
    """Can tell the provider where to call us, instead of a person clicking there."""

    def register(self, config: Config, *, hook: str) -> Generator[Call, Reply, dict[str, str]]:
        """Settings that change by it (a secret made there); usually none."""


@runtime_checkable
class Renews(Protocol):
    """Keys that end and can be exchanged for fresh ones."""

    def due(self, config: Config) -> datetime | None:
        """When the key ends, as the settings tell; None: it does not."""

    def renew(self, config: Config, *, at: datetime) -> Generator[Call, Reply, dict[str, str]]:
        """The settings that change; `Failed` when a person must log in again.

        `Later` by more than an hour: the key holds, and may be exchanged from then on.
        """


class Fed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of what happened: calls for the journal, as if the provider had made them."""

    requests: tuple[Request, ...]
    cursor: str
    more: bool = False


@runtime_checkable
class Feeds(Protocol):
    """Can be asked what happened, over HTTP: reviews, or the gap after an outage."""

    def feed(self, config: Config, cursor: str, *, at: datetime) -> Generator[Call, Reply, Fed]:
        """What came after `cursor`; an empty cursor means: from now on, or as far as it goes."""


class Approved(msgspec.Struct, frozen=True, omit_defaults=True):
    """A template as the provider has it."""

    name: str
    language: str
    state: str  # approved, pending, rejected, paused, disabled
    category: str = ""
    header: str = ""  # its words; or image, video, document, location
    body: str = ""
    footer: str = ""
    buttons: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()  # as `Template.values` names them
    detail: str = ""


@runtime_checkable
class ListsTemplates(Protocol):
    """Providers that approve texts for outside the window."""

    def templates(self, config: Config) -> Generator[Call, Reply, tuple[Approved, ...]]: ...


class Profile(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a provider tells of a person who wrote to us."""

    name: str = ""
    picture: str = ""
    language: str = ""
    timezone: str = ""


@runtime_checkable
class Introduces(Protocol):
    """Can say who somebody is that wrote under an opaque id."""

    def introduce(self, who: Handle, config: Config) -> Generator[Call, Reply, Profile]: ...


# --- a place of ours ------------------------------------------------------


@runtime_checkable
class Welcomes(Protocol):
    """A place of ours where customers stand before us: somebody of ours notes the visit."""

    def visited(self, who: Handle, config: Config, *, id: str, at: datetime) -> Said:
        """What the thread shows of it."""
