"""What can be said on a channel: the canonical parts of a message.

One schema for every channel: connectors render what they can, `fitting` turns the rest into the
nearest thing they know, and no word is lost. Money is decimal, in the currency's own unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec


class Text(msgspec.Struct, frozen=True, omit_defaults=True, tag="text"):
    """Words. `marked`: `**bold**`, `_italic_`, `~~struck~~` and `` `code` `` are meant as such."""

    text: str
    marked: bool = False


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
    sticker: bool = False


class Option(msgspec.Struct, frozen=True, omit_defaults=True):
    """A ready answer; with `url` it opens that page instead of answering."""

    id: str
    label: str
    hint: str = ""
    url: str = ""


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


# --- cards and questions --------------------------------------------------


class RichCard(msgspec.Struct, frozen=True, omit_defaults=True, tag="card"):
    """A title with a picture, some words and buttons."""

    title: str
    text: str = ""
    image: Media | None = None
    options: tuple[Option, ...] = ()


class Carousel(msgspec.Struct, frozen=True, omit_defaults=True, tag="carousel"):
    """Cards side by side, below some words."""

    cards: tuple[RichCard, ...]
    text: str = ""


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing a form asks: text, long, email, phone, number, date or choice."""

    name: str
    label: str
    kind: str = "text"
    options: tuple[Option, ...] = ()
    required: bool = True


class Form(msgspec.Struct, frozen=True, omit_defaults=True, tag="form"):
    """Questions asked together. The answer is a `Said` in words, with `context["form"]` = `id`
    and one `context["form.<name>"]` for each field."""

    id: str
    title: str
    fields: tuple[Field, ...]
    text: str = ""
    button: str = ""


class Slot(msgspec.Struct, frozen=True, omit_defaults=True):
    """A time that can be chosen. `starts` has its zone."""

    id: str
    starts: datetime
    minutes: int = 0


class Slots(msgspec.Struct, frozen=True, omit_defaults=True, tag="slots"):
    """A date and time picker; the chosen slot's `id` comes back in `Said.context["choice"]`."""

    text: str
    slots: tuple[Slot, ...]


class Survey(msgspec.Struct, frozen=True, omit_defaults=True, tag="survey"):
    """The CSAT question: 1 to `scale`; the score comes back in `Said.context["choice"]` as
    `csat:<id>:<score>`."""

    id: str
    text: str
    scale: Annotated[int, msgspec.Meta(ge=2, le=11)] = 5
    low: str = ""  # what 1 means
    high: str = ""  # what the highest means


# --- business -------------------------------------------------------------


class Price(msgspec.Struct, frozen=True):
    """An amount of money; `currency` is its ISO 4217 code."""

    amount: Decimal
    currency: str


class Item(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a receipt."""

    title: str
    price: Price
    quantity: int = 1


class Bill(msgspec.Struct, frozen=True, omit_defaults=True, tag="receipt"):
    """A sales receipt (`Receipt` is a provider's word for having taken a message).

    `files`: the same on paper, best form first; a channel gets the first that it takes.
    """

    number: str
    items: tuple[Item, ...]
    total: Price
    tax: Price | None = None
    paid_with: str = ""
    at: datetime | None = None
    url: str = ""
    files: tuple[Media, ...] = ()


class Code(msgspec.Struct, frozen=True):
    """A code to be scanned: qr, aztec or pdf417, and what it says."""

    kind: str
    payload: str


class Airport(msgspec.Struct, frozen=True, omit_defaults=True):
    """Its IATA code and its city."""

    code: str
    city: str = ""


class BoardingPass(msgspec.Struct, frozen=True, omit_defaults=True, tag="boarding_pass"):
    """One passenger on one flight. All times have their zone: that of the airport."""

    passenger: str
    flight: str
    origin: Airport
    destination: Airport
    departs: datetime
    reference: str  # the booking's
    arrives: datetime | None = None
    boards: datetime | None = None
    terminal: str = ""
    gate: str = ""
    seat: str = ""
    group: str = ""
    cabin: str = ""
    code: Code | None = None
    url: str = ""
    files: tuple[Media, ...] = ()


class Shipment(msgspec.Struct, frozen=True, omit_defaults=True, tag="shipment"):
    """Where a parcel is."""

    number: str
    status: str
    carrier: str = ""
    text: str = ""
    expected: datetime | None = None
    url: str = ""


class Appointment(msgspec.Struct, frozen=True, omit_defaults=True, tag="appointment"):
    """A date with us; `files` may hold it for a calendar."""

    title: str
    starts: datetime
    minutes: int = 0
    place: str = ""
    text: str = ""
    url: str = ""
    files: tuple[Media, ...] = ()


class Payment(msgspec.Struct, frozen=True, omit_defaults=True, tag="payment"):
    """A request to pay."""

    title: str
    price: Price
    reference: str
    url: str = ""
    due: datetime | None = None


class Template(msgspec.Struct, frozen=True, omit_defaults=True, tag="template"):
    """An approved text of the provider, filled in; `text` is how it reads."""

    name: str
    language: str
    text: str
    values: dict[str, str] = {}  # "body.1", "header.1", "button.0", or by name: "body.name"
    header: Media | None = None


class Native(msgspec.Struct, frozen=True, omit_defaults=True, tag="native"):
    """Something only this channel has (an order, a system notice); `text` tells it in words."""

    kind: str
    text: str = ""
    payload: dict[str, object] = {}


Plain = Text | Media | Choice | Location | Contact | Html | Native
Rich = RichCard | Carousel | Form | Slots | Survey
Business = Bill | BoardingPass | Shipment | Appointment | Payment | Template
Part = Plain | Rich | Business


class Bundle(msgspec.Struct, frozen=True, omit_defaults=True, tag="bundle"):
    """Several parts that travel as one (a mail with its attachments). Made by `fit` alone."""

    parts: tuple[Part, ...]


Spoken = Part | Bundle  # what `say` is handed


def tag_of(part: Spoken) -> str:
    """The name that a part has in JSON, docs and translations."""
    return name_of(type(part))


def name_of(kind: type) -> str:
    """The same for a type of part."""
    return str(kind.__struct_config__.tag)  # type: ignore[attr-defined]


def files_of(part: Spoken) -> Iterator[Media]:
    """Every file that a part holds: itself, a card's picture, the same on paper."""
    match part:
        case Media():
            yield part
        case Bundle(parts=parts):
            yield from (file for one in parts for file in files_of(one))
        case RichCard():
            yield from [part.image] if part.image else []
        case Carousel():
            yield from (card.image for card in part.cards if card.image)
        case Template():
            yield from [part.header] if part.header else []
        case Bill() | BoardingPass() | Appointment():
            yield from part.files
        case _:
            return


def with_files(part: Part, change: Callable[[Media], Media]) -> Part:
    """The part with each of its files as `change` makes it."""
    replace = msgspec.structs.replace
    match part:
        case Media():
            return change(part)
        case RichCard(image=image) if image:
            return replace(part, image=change(image))
        case Carousel():
            cards = tuple(
                replace(card, image=change(card.image)) if card.image else card
                for card in part.cards
            )
            return replace(part, cards=cards)
        case Template(header=header) if header:
            return replace(part, header=change(header))
        case Bill() | BoardingPass() | Appointment():
            return replace(part, files=tuple(map(change, part.files)))
        case _:
            return part
