"""Who is who in a call of X, and when: an id holds for all of X, a name only today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from filo.channels.contract import Handle
from filo.channels.kit import from_epoch
from filo.connectors.x import wire

SPACE = "x"


@dataclass(slots=True, frozen=True)
class People:
    """Our own id, the moment of the call, and the users that it tells of."""

    own: str
    at: datetime
    users: Mapping[str, wire.User]

    def handle(self, id_: str) -> Handle:
        user = self.user(id_)
        return Handle(SPACE, id_, user.name or self.username(id_))

    def user(self, id_: str) -> wire.User:
        return self.users.get(id_, wire.User())

    def username(self, id_: str) -> str:
        user = self.user(id_)
        return user.username or user.screen_name

    def reach(self, id_: str) -> int:
        user = self.user(id_)
        return max(user.public_metrics.followers_count, user.followers_count, 0)

    def time(self, stamp: str) -> datetime:
        """An epoch in milliseconds, or a moment as ISO writes it."""
        try:
            return from_epoch(stamp)
        except (ValueError, OverflowError, OSError):
            pass
        try:
            at = datetime.fromisoformat(stamp)
        except ValueError:
            return self.at
        return at if at.tzinfo else self.at
