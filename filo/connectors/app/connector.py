"""The company's own app: the panel's protocol, and a push when nobody looks."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime

from filo.channels.contract import (
    Call,
    Card,
    Config,
    DeliveryClass,
    Device,
    Failed,
    Hop,
    Notice,
    Reason,
    Reply,
    Scope,
    Setting,
)
from filo.connectors._web.chat import CAN, THANKS, Chat
from filo.connectors.app import apns, checking, fcm, webpush
from filo.core import clock

CARD = Card(
    kind="app",
    name="In-app chat",
    settings=(
        Setting(
            "name", "Name in notices", help="Who has an answer: the company, as people say it."
        ),
        Setting(
            "jwt_secret",
            "Key for signed-in customers",
            secret=True,
            made=True,
            help="Your server signs a short token with it to say who is logged in.",
        ),
        Setting("visitor_secret", "Key for visitors", secret=True, made=True),
        Setting(
            "origins",
            "Your sites",
            required=False,
            help="Where the widget may stand, parted by spaces: https://www.example.com",
        ),
        Setting(
            "push_secret",
            "Key for web push",
            secret=True,
            made=True,
            help="With a new one every browser must subscribe again.",
        ),
        Setting("contact", "Contact for push services", required=False, help="mailto:…"),
        Setting(
            "notice",
            "Words of a notice",
            required=False,
            help="Without what the answer says. Empty: a sentence in the language of the device.",
        ),
        Setting("link", "Link of a notice", required=False, help="What opens: app://messages"),
        Setting("apns_key", "APNs key", secret=True, required=False, help="The whole .p8 file."),
        Setting("apns_key_id", "APNs key ID", required=False),
        Setting("apns_team", "Apple team ID", required=False),
        Setting("apns_topic", "Bundle ID of the app", required=False),
        Setting(
            "apns_host",
            "APNs host",
            required=False,
            default="live",
            choices=("live", "sandbox"),
        ),
        Setting(
            "fcm_account",
            "Firebase service account",
            secret=True,
            required=False,
            help="The whole JSON file.",
        ),
        Setting("api_base", "API address", required=False),
    ),
    can=CAN,
    delivery=DeliveryClass.KEYED,
    thanks=THANKS,
    thanks_type="application/json",
    body_limit=128 * 1024,
    family="chat",
    looked_at=True,
    color="#3d5a99",
)
ROADS = {"web": webpush.push, "apns": apns.push, "fcm": fcm.push}


class App(Chat):
    def check(self, config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
        return checking.check(config, at=clock.now())

    def push_key(self, config: Config) -> str:
        return webpush.public_key(config)

    def push(
        self, device: Device, notice: Notice, config: Config, *, at: datetime
    ) -> Generator[Call, Reply, None]:
        """By the road of its platform."""
        if device.platform not in ROADS:
            raise Failed(Reason.UNREACHABLE, "no such platform", scope=Scope.PERSON)
        return ROADS[device.platform](device, notice, config, at=at)


connector = App(CARD)
