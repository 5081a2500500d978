"""Meta's webhook as types: every field may be missing, and what we do not use is not read.

Events stay raw inside their entry, so that one that cannot be read does not spoil its neighbours.
Ids come as text and, in older payloads, as numbers. (Webhooks for Messenger, Meta, May 2026)
"""

from __future__ import annotations

from typing import Any

from msgspec import Raw, Struct, field

NOTHING = Raw(b"{}")
Id = str | int
Stamp = str | int | float


class Change(Struct):
    field: str = ""
    value: Raw = NOTHING


class Entry(Struct):
    """One page or account. Instagram Login puts `field` and `value` right here, without `changes`.

    `standby` are events of a thread that another app answers at present.
    """

    id: Id = ""
    time: Stamp = 0
    messaging: list[Raw] = []
    standby: list[Raw] = []
    changes: list[Change] = []
    field: str = ""
    value: Raw = NOTHING


class Envelope(Struct):
    object: str = ""
    entry: list[Entry] = []


class Person(Struct):
    id: Id = ""
    user_ref: str = ""
    name: str = ""
    username: str = ""


# --- a message ------------------------------------------------------------


class Coordinates(Struct):
    lat: float | None = None
    long: float | None = None


class Product(Struct):
    id: Id = ""
    retailer_id: Id = ""
    image_url: str = ""
    title: str = ""
    subtitle: str = ""


class Products(Struct):
    elements: list[Product] = []


class Payload(Struct):
    url: str = ""
    title: str = ""
    sticker_id: Id = ""
    coordinates: Coordinates | None = None
    reel_video_id: Id = ""
    ig_post_media_id: Id = ""
    product: Products | None = None
    text: str = ""
    elements: list[dict[str, Any]] = []


class Attachment(Struct):
    type: str = ""
    payload: Payload | str | None = None  # a "fallback" may hold a blob of text
    title: str | None = None
    url: str | None = None
    URL: str | None = None  # once upon a time


class Story(Struct):
    id: Id = ""
    url: str = ""


class ReplyTo(Struct):
    mid: str = ""
    story: Story | None = None


class QuickReply(Struct):
    payload: str = ""


class Advertisement(Struct):
    ad_title: str = ""
    photo_url: str = ""
    video_url: str = ""
    post_id: Id = ""
    product_id: Id = ""


class ReferredProduct(Struct):
    id: Id = ""


class Referral(Struct):
    ref: str = ""
    source: str = ""
    type: str = ""
    ad_id: Id = ""
    referer_uri: str = ""
    ads_context_data: Advertisement | None = None
    product: ReferredProduct | None = None


class Message(Struct):
    mid: str = ""
    text: str = ""
    attachments: list[Attachment] = []
    quick_reply: QuickReply | None = None
    reply_to: ReplyTo | None = None
    is_echo: bool = False
    is_self: bool = False
    app_id: Id = ""
    metadata: str = ""
    is_deleted: bool = False
    is_unsupported: bool = False
    sticker_id: Id = ""
    referral: Referral | None = None
    order: dict[str, Any] | None = None
    cart: dict[str, Any] | None = None


# --- everything else that may happen --------------------------------------


class Edit(Struct):
    mid: str = ""
    text: str = ""
    num_edit: int | str = ""  # some fixtures quote it


class Postback(Struct):
    mid: str = ""
    title: str = ""
    payload: str = ""
    referral: Referral | None = None


class Optin(Struct):
    type: str = ""
    ref: str = ""
    user_ref: str = ""
    title: str = ""
    payload: str = ""
    notification_messages_status: str = ""


class Reaction(Struct):
    mid: str = ""
    action: str = ""
    emoji: str = ""
    reaction: str = ""


class Delivery(Struct):
    mids: list[str] = []
    watermark: Stamp = 0


class Read(Struct):
    """Messenger names a moment, Instagram a message."""

    watermark: Stamp = 0
    mid: str = ""


class Linking(Struct):
    status: str = ""
    authorization_code: str = ""


class Control(Struct):
    """Who answers a thread from now on, among the apps of a page."""

    new_owner_app_id: Id | None = None
    previous_owner_app_id: Id | None = None
    requested_owner_app_id: Id | None = None
    metadata: str | None = None


class Enforcement(Struct):
    action: str = ""
    reason: str = ""


class Prior(Struct):
    source: str = ""
    identifier: str = ""


class FollowUp(Struct):
    payload: str = ""


class Answered(Struct):
    type: str = ""
    payload: str = ""
    follow_up: FollowUp | None = None


class Screen(Struct):
    screen_id: Id = ""
    questions: dict[str, Answered] = {}


class Feedback(Struct):
    feedback_screens: list[Screen] = []


class Event(Struct):
    """One thing that happened in a thread; the object that is there says what."""

    sender: Person = field(default_factory=Person)
    recipient: Person = field(default_factory=Person)
    timestamp: Stamp = 0
    message: Message | None = None
    message_edit: Edit | None = None
    postback: Postback | None = None
    referral: Referral | None = None
    optin: Optin | None = None
    reaction: Reaction | None = None
    delivery: Delivery | None = None
    read: Read | None = None
    account_linking: Linking | None = None
    pass_thread_control: Control | None = None
    take_thread_control: Control | None = None
    request_thread_control: Control | None = None
    app_roles: dict[str, Any] | None = None
    policy_enforcement: Enforcement | None = None
    policy_enforcement_: Enforcement | None = field(name="policy-enforcement", default=None)
    prior_message: Prior | None = None
    messaging_feedback: Feedback | None = None
    response_feedback: dict[str, Any] | None = None


# --- one cheap look -------------------------------------------------------


class GlimpseValue(Struct):
    sender: Person | None = field(name="from", default=None)
    sender_id: Id = ""


class GlimpseEvent(Struct):
    sender: Person | None = None
    recipient: Person | None = None


class GlimpseChange(Struct):
    value: GlimpseValue | None = None


class GlimpseEntry(Struct):
    id: Id = ""
    messaging: list[GlimpseEvent] = []
    standby: list[GlimpseEvent] = []
    changes: list[GlimpseChange] = []
    value: GlimpseValue | None = None


class Glimpse(Struct):
    entry: list[GlimpseEntry] = []
