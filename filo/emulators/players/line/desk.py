"""What LINE itself remembers of an official account, how it calls us, and how it says no."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from filo.emulators.web import Answer, Refused
from filo.emulators.whims import indulge
from filo.emulators.world import moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account
    from filo.emulators.world import World

KIND = "line"
HEADER = "x-line-signature"
PAUSES = (0.2, 0.5, 1, 2, 5, 10, 30, 60)
TOKEN_LIVES = 60.0
NOES = {
    "to": (400, "The property, 'to', in the request body is invalid (line: -, column: -)"),
    "failed": (400, "Failed to send messages"),
    "reply": (400, "Invalid reply token"),
    "retry": (400, "The retry key is not acceptable"),
    "401": (401, "Authentication failed. Confirm that the access token is valid."),
    "403": (403, "Access to this API is not available for your account"),
    "404": (404, "Not found"),
    "410": (410, "Gone"),
    "413": (413, "Request Entity Too Large"),
    "monthly": (429, "You have reached your monthly limit."),
    "429": (429, "The API rate limit has been exceeded. Try again later."),
    "500": (500, "Internal server error"),
}


def no(name: str) -> Refused:
    status, words = NOES[name]
    return Refused(Answer.json({"message": words}, status=status))


def wrong(place: str, words: str) -> Refused:
    """What LINE says of a body that it does not take."""
    told = {
        "message": "The request body has 1 error(s)",
        "details": [{"message": words, "property": place}],
    }
    return Refused(Answer.json(told, status=400))


async def whim(account: Account) -> str:
    """What goes wrong with this call on demand, in LINE's own words."""
    if account.next and account.next[0] in NOES:
        raise no(account.next.pop(0))
    return await indulge(account.next)


# --- people ---------------------------------------------------------------


def id_of(account: Account, person: str) -> str:
    """A person's id: the same for all channels of one provider, and for no other."""
    provider = account.settings.get("provider_id") or account.name
    made = f"U{hashlib.md5(f'{provider}:{person}'.encode(), usedforsecurity=False).hexdigest()}"
    people(account).setdefault(made, person)
    return made


def people(account: Account) -> dict[str, str]:
    found: dict[str, str] = account.state.setdefault("people", {})
    return found


def person_of(account: Account, id_: object) -> str:
    found = people(account).get(str(id_))
    if found is None:
        raise no("to")
    return found


def name_of(account: Account, person: str) -> str:
    names: dict[str, str] = account.state.get("names", {})
    return names.get(person) or person


def bot_of(account: Account) -> str:
    return id_of(account, f"bot {account.name}")


def next_id(account: Account) -> str:
    account.state["count"] = int(account.state.get("count", 0)) + 1
    return str(468_789_000_000_000_000 + account.state["count"])


# --- events ---------------------------------------------------------------


def event(world: World, account: Account, person: str, kind: str, **more: Any) -> dict[str, Any]:
    """An event about one person, with a reply token where LINE gives one."""
    told = {
        "type": kind,
        "mode": "standby" if account.options.get("standby") else "active",
        "timestamp": int(moment() * 1000),
        "source": {"type": "user", "userId": id_of(account, person)},
        "webhookEventId": world.new_id("01J").upper(),
        "deliveryContext": {"isRedelivery": False},
    }
    if kind not in {"unsend", "unfollow"} and not account.options.get("standby"):
        token = world.new_id("nHuy")
        account.state.setdefault("tokens", {})[token] = [person, moment()]
        told["replyToken"] = token
    return told | more


async def tell(world: World, account: Account, *events: dict[str, Any]) -> int:
    """One call. LINE repeats it only where the console's switch for redelivery is on."""
    status = await post(world, account, *events)
    for _ in range(int(account.options.get("duplicates", 0))):
        await post(world, account, *events)
    if not 200 <= status < 300 and account.options.get("redelivery"):
        world.later(_insist(world, account, events))
    return status


async def _insist(world: World, account: Account, events: tuple[dict[str, Any], ...]) -> None:
    again = [one | {"deliveryContext": {"isRedelivery": True}} for one in events]
    for pause in PAUSES:
        await asyncio.sleep(pause)
        if 200 <= await post(world, account, *again) < 300:
            return


async def post(world: World, account: Account, *events: dict[str, Any]) -> int:
    """Signed over the bytes as they are, in base64."""
    address = account.state.get("endpoint") or account.hook
    if not address:
        return 0
    body = msgspec.json.encode({"destination": bot_of(account), "events": list(events)})
    secret = account.settings.get("channel_secret", "")
    mark = base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
    headers = {"content-type": "application/json; charset=utf-8", HEADER: mark}
    try:
        reply = await world.web.post(address, content=body, headers=headers)
    except httpx.TransportError:
        return 0
    return reply.status_code
