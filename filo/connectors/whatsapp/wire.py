"""Meta's JSON as types: every field may be missing, and what we do not use is not read.

Messages and statuses stay raw inside their envelope, so that one that cannot be read does not
spoil its neighbours. Field names are Meta's. (Cloud API v25.0, webhook reference, May 2026)
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Raw, Struct, field

from filo.core.text import UNREADABLE

NOTHING = Raw(b"{}")


class Change(Struct):
    field: str = ""
    value: Raw = NOTHING


class Entry(Struct):
    id: str = ""  # the WhatsApp Business Account
    changes: list[Change] = []
    time: int = 0


class Envelope(Struct):
    entry: list[Entry] = []


class Rejection(Struct):
    reason: str = ""
    recommendation: str = ""


class Disabled(Struct):
    disable_date: str = ""


class Violation(Struct):
    violation_type: str = ""


class Restriction(Struct):
    restriction_type: str = ""


class Ban(Struct):
    state: str = field(name="waba_ban_state", default="")


class News(Struct):
    """The value of every field that speaks of the account: templates, number, standing."""

    event: str = ""
    message_template_name: str = ""
    message_template_language: str = ""
    reason: str | None = None
    rejection_info: Rejection = field(default_factory=Rejection)
    disable_info: Disabled = field(default_factory=Disabled)
    new_quality_score: str = ""
    previous_category: str = ""
    new_category: str = ""
    violation_info: Violation = field(default_factory=Violation)
    restriction_info: list[Restriction] = []
    ban_info: Ban = field(default_factory=Ban)
    current_limit: str = ""
    max_daily_conversations_per_business: str = ""
    max_daily_conversation_per_phone: str | int = ""
    decision: str = ""
    alert_type: str = ""
    alert_severity: str = ""
    alert_description: str = ""


class Metadata(Struct):
    phone_number_id: str = ""


class Profile(Struct):
    name: str = ""
    username: str = ""


class Contact(Struct):
    """Who wrote, beside the message. Without a phone number for people who use a user name."""

    profile: Profile = field(default_factory=Profile)
    wa_id: str = ""
    user_id: str = ""


class ErrorDetails(Struct):
    details: str = ""


class Error(Struct):
    code: int = 0
    title: str = ""
    message: str = ""
    error_data: ErrorDetails | str = ""

    @property
    def words(self) -> str:
        details = self.error_data.details if isinstance(self.error_data, ErrorDetails) else ""
        return details or self.message or self.title


class Value(Struct):
    metadata: Metadata = field(default_factory=Metadata)
    contacts: list[Contact] = []
    messages: list[Raw] = []
    statuses: list[Raw] = []
    errors: list[Error] = []
    message_echoes: list[Raw] = []
    user_preferences: list[Raw] = []
    user_id_update: list[Raw] = []


# --- messages -------------------------------------------------------------


class Body(Struct):
    body: str = ""


class File(Struct):
    id: str = ""
    mime_type: str = ""
    sha256: str = ""
    caption: str = ""
    filename: str = ""
    voice: bool = False


class Place(Struct):
    latitude: float | None = None
    longitude: float | None = None
    name: str = ""
    address: str = ""


class CardName(Struct):
    formatted_name: str = ""
    first_name: str = ""
    last_name: str = ""


class CardPhone(Struct):
    phone: str = ""
    wa_id: str = ""


class CardEmail(Struct):
    email: str = ""


class ContactCard(Struct):
    name: CardName = field(default_factory=CardName)
    phones: list[CardPhone] = []
    emails: list[CardEmail] = []


class Reaction(Struct):
    message_id: str = ""
    emoji: str = ""


class Button(Struct):
    payload: str = ""
    text: str = ""


class Chosen(Struct):
    id: str = ""
    title: str = ""
    description: str = ""


class FormReply(Struct):
    name: str = ""
    body: str = ""
    response_json: str = ""


class Interactive(Struct):
    type: str = ""
    button_reply: Chosen | None = None
    list_reply: Chosen | None = None
    nfm_reply: FormReply | None = None
    call_permission_reply: dict[str, Any] | None = None


class Product(Struct):
    product_retailer_id: str = ""
    quantity: float = 0
    item_price: float = 0
    currency: str = ""


class Order(Struct):
    catalog_id: str = ""
    text: str = ""
    product_items: list[Product] = []


class System(Struct):
    body: str = ""
    type: str = ""
    wa_id: str = ""
    new_wa_id: str = ""
    user_id: str = ""


class ReferredProduct(Struct):
    catalog_id: str = ""
    product_retailer_id: str = ""


class Context(Struct):
    id: str = ""
    forwarded: bool = False
    frequently_forwarded: bool = False
    referred_product: ReferredProduct | None = None


class Referral(Struct):
    source_url: str = ""
    source_id: str = ""
    source_type: str = ""
    headline: str = ""
    body: str = ""
    ctwa_clid: str = ""


class Revoke(Struct):
    original_message_id: str = ""


class Message(Struct):
    """One message of any type; the object named like the type holds what was said."""

    id: str = ""
    type: str = ""
    timestamp: str | int = ""
    sender: str = field(name="from", default="")
    from_user_id: str = ""
    to: str = ""  # in echoes of what the company wrote from its phone
    to_user_id: str = ""
    group_id: str = ""
    origin: str = ""
    context: Context = field(default_factory=Context)
    referral: Referral | None = None
    errors: list[Error] = []
    text: Body | None = None
    image: File | None = None
    video: File | None = None
    audio: File | None = None
    document: File | None = None
    sticker: File | None = None
    location: Place | None = None
    contacts: list[ContactCard] = []
    reaction: Reaction | None = None
    button: Button | None = None
    interactive: Interactive | None = None
    order: Order | None = None
    system: System | None = None
    edit: Edit | None = None
    revoke: Revoke | None = None


class Edit(Struct):
    original_message_id: str = ""
    message: Message | None = None


# --- the rest -------------------------------------------------------------


class CallNews(Struct):
    id: str = ""
    sender: str = field(name="from", default="")
    from_user_id: str = ""
    event: str = ""
    direction: str = ""
    timestamp: str = ""


class Calls(Struct):
    """The value of `calls`: somebody rings, or hangs up."""

    metadata: Metadata = field(default_factory=Metadata)
    contacts: list[Contact] = []
    calls: list[CallNews] = []


class Status(Struct):
    id: str = ""
    status: str = ""
    timestamp: str | int = ""
    recipient_id: str = ""
    recipient_user_id: str = ""
    recipient_type: str = ""
    recipient_participant_id: str = ""
    recipient_participant_user_id: str = ""
    biz_opaque_callback_data: str = ""
    errors: list[Error] = []


class Preference(Struct):
    wa_id: str = ""
    user_id: str = ""
    category: str = ""
    value: str = ""
    timestamp: str | int = ""


class Rotation(Struct):
    previous: str = ""
    current: str = ""


class IdUpdate(Struct):
    wa_id: str = ""
    user_id: Rotation = field(default_factory=Rotation)
    timestamp: str | int = ""


# --- one cheap look -------------------------------------------------------


class _Person(Struct):
    sender: str = field(name="from", default="")
    from_user_id: str = ""
    recipient_id: str = ""
    recipient_user_id: str = ""

    @property
    def name(self) -> str:
        return self.from_user_id or self.sender or self.recipient_user_id or self.recipient_id


class _Glimpse(Struct):
    messages: list[_Person] = []
    statuses: list[_Person] = []


class _GlimpseChange(Struct):
    value: _Glimpse = field(default_factory=_Glimpse)


class _GlimpseEntry(Struct):
    changes: list[_GlimpseChange] = []


class _GlimpseEnvelope(Struct):
    entry: list[_GlimpseEntry] = []


_glimpse = msgspec.json.Decoder(_GlimpseEnvelope)


def first_person(body: bytes) -> str:
    """Who the first message is from, else whom the first status is about, else nobody."""
    try:
        values = [c.value for e in _glimpse.decode(body).entry for c in e.changes]
    except UNREADABLE:
        return ""
    people = [p for v in values for p in v.messages] or [p for v in values for p in v.statuses]
    return people[0].name if people else ""
