"""The business at Apple, and its customers: opaque ids, what their devices can, who closed."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from filo.emulators.accounts import Account
    from filo.emulators.world import World

KIND = "apple"
# What a device says that it can. (Apple Messages for Business, "Common specifications")
DEVICES = {
    "new": ("QUICK", "LIST", "TIME", "AUTH2", "FORM"),
    "old": ("LIST", "TIME"),
    "mac": ("LIST", "TIME", "QUICK"),
}


def business_of(account: Account) -> str:
    return account.settings.get("business_id") or account.name


def secret_of(account: Account) -> str:
    return account.settings.get("msp_secret", "")


def abilities(account: Account) -> tuple[str, ...]:
    return DEVICES.get(str(account.options.get("device", "new")), DEVICES["new"])


def opaque(account: Account, person: str) -> str:
    """The same person is somebody else for every business."""
    seed = hashlib.sha256(f"{business_of(account)}:{person}".encode()).digest()
    made = f"urn:mbid:AQAA{base64.urlsafe_b64encode(seed).decode().rstrip('=')}"
    state(account, "people")[made] = person
    return made


def person_of(account: Account, id_: str) -> str | None:
    found: str | None = state(account, "people").get(id_)
    return found


def state(account: Account, name: str) -> dict[str, Any]:
    """What Apple itself remembers of this account, under one name."""
    found: dict[str, Any] = account.state.setdefault(name, {})
    return found


def accounts(world: World) -> list[Account]:
    return list(world.accounts.of(KIND).values())
