"""What all played providers share: the business's accounts, and what stands on people's devices.

A provider is a folder of `filo/emulators/players` whose `player` says its `kind`, brings a `router`
for its own API, and knows what a customer can do (`act`). Accounts are registered, listed and put
into a mood by the same calls for every kind (`accounts_routes.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from msgspec import Struct, field

if TYPE_CHECKING:
    from email.message import EmailMessage

    from filo.emulators.web import Answer, Router
    from filo.emulators.world import World


class Account(Struct):
    """One number, page or official account of the business at a provider.

    `settings` are those of the channel, by the same names; `options` make the provider unruly
    (each player's docstring lists its own); `next` is what goes wrong with the next calls.
    """

    kind: str
    name: str
    settings: dict[str, str] = {}
    hook: str = ""  # where the provider calls us
    options: dict[str, Any] = {}
    next: list[str] = []
    # What the provider itself remembers: tokens, cursors, followers; `origin`, where it is played.
    state: dict[str, Any] = {}


class Bubble(Struct):
    """One message on a device, or one post or comment in public.

    `type` and `content` say what is drawn, in words that all devices share:
    text {text} · image, video, audio, file, sticker {url, mime, name, caption} ·
    buttons {text, buttons: [{id, label, url, hint}], style: quick|inline|list} ·
    card {title, text, image, buttons} · carousel {text, cards: [card]} ·
    location {latitude, longitude, name, address} · contact {name, phones, emails} ·
    pass {…as BoardingPass} · receipt {…as Bill} · form {title, fields} · slots {text, slots} ·
    template {name, text} · notice {text} · post {text, image, rating}.
    In public, who wrote it stands in `by`; a review is a post with its `rating`, 1 to 5.
    """

    id: str
    out: bool  # written by the business
    at: float
    type: str
    content: dict[str, Any]
    by: str = ""  # public: who wrote it
    answers: str = ""  # the message quoted, or in public the post or comment above
    ref: str = ""  # the business's own reference
    state: str = ""  # of what the business wrote: sent, delivered, read, failed
    reaction: str = ""
    public: bool = False
    hidden: bool = False
    liked: bool = False
    edited: bool = False
    withdrawn: bool = False


class Talk(Struct):
    """One customer's thread with one account; `typing_until` while the business writes."""

    bubbles: list[Bubble] = []
    typing_until: float = 0.0
    blocked: bool = False


class Deed(Struct):
    """What a customer does. Exactly one of the fields after `name` is set.

    `tap` names a button, or a time of `slots`, by its id; `act` is anything else that the player's
    docstring lists, with `values`. The town's devices know these, by the same names everywhere:
    comment {text} about a post or comment · post {text} · review {text, rating} · edit {text} ·
    delete · unreact · form {a value for each field} · follow · unfollow · block · unblock · typing.
    """

    name: str = ""
    text: str = ""
    tap: str = ""
    media: dict[str, str] = {}  # mime, name, base64, caption
    location: dict[str, Any] = {}
    react: str = ""
    act: str = ""
    values: dict[str, Any] = {}
    about: str = ""  # the bubble that is answered, tapped, reacted to, edited


class Player(Protocol):
    """Who plays one provider."""

    @property
    def kind(self) -> str: ...

    @property
    def router(self) -> Router:
        """The provider's own API, under the provider's own paths."""

    async def act(self, world: World, account: Account, person: str, deed: Deed) -> Answer:
        """Do it, and call the hook as the provider would; answers `{"hook": status, "id": …}`."""

    async def read(self, world: World, account: Account, person: str) -> None:
        """The customer has looked: reports of reading go out, where the provider has them."""


@runtime_checkable
class Opens(Protocol):
    """A player whose devices notice whether somebody looks at them."""

    async def look(
        self, world: World, account: Account, person: str, *, front: bool
    ) -> dict[str, Any]:
        """What the device shows besides its bubbles: `notices` of an app that is closed."""


@runtime_checkable
class TakesMail(Protocol):
    """A provider that is the mail server of some addresses."""

    async def bring(self, world: World, to: str, mail: EmailMessage) -> bool:
        """False when this address is none of theirs."""


class Accounts(Struct):
    """Every account and every thread of every played provider."""

    accounts: dict[str, dict[str, Account]] = {}  # kind -> name -> account
    talks: dict[tuple[str, str, str], Talk] = field(default_factory=dict)

    def of(self, kind: str) -> dict[str, Account]:
        return self.accounts.setdefault(kind, {})

    def talk(self, account: Account, person: str) -> Talk:
        """The thread of this person with this account; `person` is empty for what is public."""
        return self.talks.setdefault((account.kind, account.name, person), Talk())

    def bubble(self, account: Account, id: str) -> Bubble | None:
        """A bubble by its id, in any thread of this account."""
        mine = (t for (k, n, _), t in self.talks.items() if (k, n) == (account.kind, account.name))
        return next((one for talk in mine for one in talk.bubbles if one.id == id), None)
