"""Web chat, where Filo is the provider: the panel of the widget."""

from __future__ import annotations

from filo.channels.contract import (
    Card,
    DeliveryClass,
    Setting,
)
from filo.connectors._web.chat import CAN, THANKS, Chat

CARD = Card(
    kind="webchat",
    name="Web chat",
    settings=(
        Setting(
            "origins",
            "Your sites",
            required=False,
            help="Where the widget may stand, parted by spaces: https://www.example.com",
        ),
        Setting(
            "jwt_secret",
            "Key for signed-in customers",
            secret=True,
            made=True,
            help="Your server signs a short token with it to say who is logged in.",
        ),
        Setting("visitor_secret", "Key for visitors", secret=True, made=True),
    ),
    can=CAN,
    delivery=DeliveryClass.KEYED,
    thanks=THANKS,
    thanks_type="application/json",
    body_limit=128 * 1024,
    family="chat",
    looked_at=True,
    color="#0b6466",
)

connector = Chat(CARD)
