"""The shop's counter: a visit, and the panel on the customer's own phone that follows it."""

from __future__ import annotations

from datetime import datetime

from filo.channels.contract import (
    Card,
    Config,
    DeliveryClass,
    Handle,
    Native,
    Said,
    Setting,
)
from filo.connectors._web.chat import CAN, THANKS, Chat

VISIT = "visit"
CARD = Card(
    kind="counter",
    name="Shop counter",
    settings=(
        Setting("place", "Shop", help="As customers know it: its name and street."),
        Setting("visitor_secret", "Key for codes and visitors", secret=True, made=True),
    ),
    can=CAN,
    delivery=DeliveryClass.KEYED,
    thanks=THANKS,
    thanks_type="application/json",
    body_limit=128 * 1024,
    family="chat",
    address="place",
    color="#8a4b12",
)


class Counter(Chat):
    def visited(self, who: Handle, config: Config, *, id: str, at: datetime) -> Said:
        """They stand before us. A machine notes it: no clock starts, for somebody is talking."""
        place = config.get("place", "")
        told = Native(VISIT, place, {"place": place})
        return Said(id, at, who, (told,), automatic=True, context={"visit": place} if place else {})


connector = Counter(CARD)
