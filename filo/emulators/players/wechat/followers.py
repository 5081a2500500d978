"""Who is who to an official account, and how many words each of them still allows it."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from filo.emulators.players.wechat.errors import refused
from filo.emulators.world import moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account

# In force since 12 June 2023: what opens a window, how long, how many messages.
MESSAGE, ACTION = (48 * 3600.0, 5), (60.0, 3)
ENTERED = 2  # messages, for who comes in from a mini program


def openid(account: Account, person: str) -> str:
    """The same person has another id at every account."""
    digest = hashlib.sha256(f"{account.name}:{person}".encode()).digest()
    made = "o" + base64.urlsafe_b64encode(digest).decode()[:27]
    people(account)[made] = person
    return made


def people(account: Account) -> dict[str, str]:
    found: dict[str, str] = account.state.setdefault("people", {})
    return found


def person_of(account: Account, id_: str) -> str:
    if id_ not in people(account):
        raise refused("40003")
    return people(account)[id_]


def unionid(account: Account, person: str) -> str:
    if not account.options.get("union"):
        return ""
    return "u" + hashlib.sha256(person.encode()).hexdigest()[:27]


def acted(account: Account, id_: str, *, message: bool, entered: bool = False) -> None:
    """A new act resets the quota to its maximum, if that is more; they do not add up."""
    lasts, most = MESSAGE if message else ACTION
    most = ENTERED if entered else most
    lasts = float(account.options.get("message_window" if message else "action_window", lasts))
    left, until = _window(account, id_)
    fresh = until > moment()
    window = [max(most, left if fresh else 0), max(until, moment() + lasts)]
    account.state.setdefault("windows", {})[id_] = window


def spend(account: Account, id_: str) -> None:
    """One message of the window, or why there is none."""
    left, until = _window(account, id_)
    if until <= moment():
        raise refused("45015")
    if left <= 0:
        raise refused("45047")
    account.state["windows"][id_][0] = left - 1


def _window(account: Account, id_: str) -> tuple[int, float]:
    windows: dict[str, Any] = account.state.setdefault("windows", {})
    left, until = windows.get(id_, (0, 0.0))
    return int(left), float(until)


def away(account: Account, id_: str) -> bool:
    return id_ in account.state.setdefault("unfollowed", {})


def blocked(account: Account, id_: str) -> bool:
    return id_ in account.state.setdefault("blocked", {})
