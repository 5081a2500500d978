"""What a channel promises: the card of a kind, as data. Entered through `contract`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

import msgspec

from filo.channels.facts import Moderation, State
from filo.channels.parts import Text


class DeliveryClass(StrEnum):
    """What may be done when the answer to a send was lost."""

    KEYED = "K"  # the provider takes an idempotency key: send again
    LOOKED_UP = "L"  # it can be looked up, or its report carries our reference
    FIRE = "F"  # neither: at most once, then openly marked


class Window(msgspec.Struct, frozen=True, omit_defaults=True):
    """A time after the customer's last word (or act) in which the channel takes what we write."""

    lasts: timedelta
    kind: str = "free"
    by_hand: bool = False  # only for what a person of ours wrote
    most: int = 0  # how many messages fit in; 0: no such limit
    opened_by: str = ""  # only by an act of this name (`Said.context["act"]`); empty: by a message


class Capabilities(msgspec.Struct, frozen=True):
    text: int  # longest text, in characters
    parts: frozenset[type] = frozenset({Text})
    caption: int = 1024
    bare: frozenset[str] = frozenset()  # MIME types ("audio/*") that take no caption
    question: int = 0  # longest text above ready answers; 0 = as `text`
    options: int = 0  # most ready answers in one question
    label: int = 20  # longest label of a ready answer
    hint: int = 0  # longest hint below a ready answer
    inline: int = 0  # hints and addresses of answers stand in the question: what each adds beside
    media: Mapping[str, int] = {}  # MIME type or "image/*" -> most bytes
    unit: str = "characters"  # how `text` counts: characters, utf16, bytes, weighted
    segments: bool = False  # is text paid by the segment, as SMS is? then the agent is told
    cards: int = 0  # most cards side by side
    card_title: int = 80
    card_text: int = 80
    card_options: int = 3
    carousel_text: int = 0  # longest words that travel with the cards; 0: they go ahead of them
    links: bool = False  # may an option open a page?
    marks: Mapping[str, str] = {}  # bold, italic, struck, code -> how it is written: "*{}*"
    window: timedelta | None = None  # how long after their last word we may answer freely
    windows: tuple[Window, ...] = ()  # others, beside or after it, or it told more fully
    reports: frozenset[State] = frozenset()
    public: bool = False  # do strangers read what we write?
    privately: timedelta | None = None  # how long a public comment may be taken up in private
    moderation: frozenset[Moderation] = frozenset()
    in_public: Capabilities | None = None  # what holds where strangers read, if not this
    taken_up: Capabilities | None = None  # and in a private answer to public words
    bundles: bool = False  # all parts of a message travel as one
    typing: bool = False  # can the customer see that we are writing?
    reading: bool = False  # can the customer see that we have read?
    returns: bool = False  # do they want us again by writing? (who blocks us here cannot write)


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
    only: tuple[str, ...] = ()  # asked only while the card's `chooses` says one of these


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
    calls: str = ""  # kinds with the same word here are called at one address: all read the call
    color: str = "#5f6b69"
    signs: bool = True  # does their proof cover the body? False: they show a key in a header
    looked_at: bool = False  # an answer reaches only who is looking: the absent must be told
    feeds_every: timedelta | None = None  # `Feeds`: how often we ask; None: to fill gaps alone
    chooses: str = ""  # the setting that decides which of the others are asked (`Setting.only`)
    polls: bool = True  # `Polls`: False where the settings name nothing to ask

    def chosen(self, given: Mapping[str, str]) -> str:
        """What the deciding setting says; empty where the card has none."""
        default = next((one.default for one in self.settings if one.name == self.chooses), "")
        return given.get(self.chooses) or default

    def asks(self, setting: Setting, given: Mapping[str, str]) -> bool:
        """Does this setting count, as the others stand?"""
        return not setting.only or self.chosen(given) in setting.only
