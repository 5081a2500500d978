"""Whose call is it, what does it hold: the account, its numbers, and forms as Twilio reads them."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from filo.emulators.players.sms.errors import refusal
from filo.emulators.web import Call, Refused

if TYPE_CHECKING:
    from filo.emulators.accounts import Account
    from filo.emulators.world import World

KIND = "sms"
SERVICE, AGENT = "MG", "rcs:"
KEYS = (("account_sid", "auth_token"), ("api_key_sid", "api_key_secret"), ("api_key", "api_secret"))


class Form:
    """The fields of a call; a name may come more than once (`MediaUrl`)."""

    def __init__(self, body: bytes) -> None:
        self._fields = parse_qs(body.decode(), keep_blank_values=True)

    def one(self, name: str) -> str:
        return (self._fields.get(name) or [""])[-1]

    def all(self, name: str) -> list[str]:
        return [each for each in self._fields.get(name, []) if each]

    def has(self, name: str) -> bool:
        return name in self._fields


def accounts_of(call: Call, world: World) -> list[Account]:
    """Every number of the Twilio account in the path, if the call proves that it may; or 401."""
    user, _, password = _basic(call).partition(":")
    sid = call.places.get("account", "")
    found = [
        account
        for account in world.accounts.of(KIND).values()
        if (not sid or account.settings.get("account_sid") == sid)
        and any(_opens(account, names, user, password) for names in KEYS)
    ]
    if not found:
        raise Refused(refusal("20003"))
    return found


def _basic(call: Call) -> str:
    given = call.headers.get("authorization", "").removeprefix("Basic ")
    try:
        return base64.b64decode(given, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _opens(account: Account, names: tuple[str, str], user: str, password: str) -> bool:
    name, secrets = (account.settings.get(each, "") for each in names)
    return bool(name) and name == user and password in secrets.split()  # two while it is rolled


def number_of(account: Account) -> str:
    return account.settings.get("number") or account.name


def agent_of(account: Account) -> str:
    """The RCS sender of this account, `rcs:<agent>`; empty when it has none."""
    named = str(account.options.get("agent", ""))
    named = named or ("filo_agent" if account.options.get("rcs") else "")
    return named if not named or named.startswith(AGENT) else AGENT + named


def pool_of(account: Account) -> str:
    return account.settings.get("messaging_service", "")


def has_rcs(account: Account, phone: str) -> bool:
    """Can this phone take RCS? By the option: everybody, or these numbers."""
    wanted: Any = account.options.get("rcs", False)
    return phone in wanted if isinstance(wanted, list) else bool(wanted)


def e164(person: str) -> str:
    return person if person.startswith("+") else f"+{person}"


def key_of(phone: str) -> str:
    """Under what the town knows this person: digits."""
    return phone.removeprefix("+")


def state(account: Account, name: str) -> dict[str, Any]:
    """What Twilio itself remembers of this account, under one name."""
    found: dict[str, Any] = account.state.setdefault(name, {})
    return found
