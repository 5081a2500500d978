"""What Viber itself remembers of a bot, how it calls us, and how it says no: always with 200."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from filo.channels.kit import signature
from filo.emulators.web import Answer, Refused
from filo.emulators.whims import indulge
from filo.emulators.world import moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account
    from filo.emulators.world import World

KIND = "viber"
PAUSES = (0.2, 0.5, 1, 2, 5, 10, 30, 60)
FIRST_TOKEN = 5_741_311_803_571_721_000  # beyond what JavaScript's numbers can hold
STATUSES = (
    "ok",
    "invalidUrl",
    "invalidAuthToken",
    "badData",
    "missingData",
    "receiverNotRegistered",
    "receiverNotSubscribed",
    "publicAccountBlocked",
    "publicAccountNotFound",
    "publicAccountSuspended",
    "webhookNotSet",
    "receiverNoSuitableDevice",
    "tooManyRequests",
    "apiVersionNotSupported",
    "incompatibleWithVersion",
    "publicAccountNotAuthorized",
    "inchatReplyMessageNotAllowed",
    "publicAccountIsNotInline",
    "noPublicChat",
    "cannotSendBroadcast",
    "broadcastNotAllowed",
    "unsupportedCountry",
    "paymentUnsupported",
    "freeMessagesExceeded",
    "noBalance",
)


def told(status: int, **more: Any) -> Answer:
    words = STATUSES[status] if status < len(STATUSES) else "general error"
    return Answer.json({"status": status, "status_message": words, **more})


def no(status: int) -> Refused:
    return Refused(told(status))


async def whim(account: Account) -> str:
    """What goes wrong with this call on demand: `status:12` is Viber's own number."""
    wish = account.next[0] if account.next else ""
    name, _, status = wish.partition(":")
    if name == "status":
        account.next.pop(0)
        raise no(int(status))
    return await indulge(account.next)


# --- people ---------------------------------------------------------------


def id_of(account: Account, person: str) -> str:
    """A person's id: another one for each bot."""
    digest = hashlib.sha256(f"{account.name}:{person}".encode()).digest()
    made = base64.b64encode(digest[:16]).decode()
    people(account).setdefault(made, person)
    return made


def people(account: Account) -> dict[str, str]:
    found: dict[str, str] = account.state.setdefault("people", {})
    return found


def person_of(account: Account, id_: object) -> str:
    found = people(account).get(str(id_))
    if found is None:
        raise no(5)
    return found


def user(account: Account, person: str) -> dict[str, Any]:
    names: dict[str, str] = account.state.get("names", {})
    return {
        "id": id_of(account, person),
        "name": names.get(person) or person,
        "avatar": "",
        "country": "IT",
        "language": "it",
        "api_version": version(account),
    }


def version(account: Account) -> int:
    """How new people's Viber is."""
    return int(account.options.get("api_version", 10))


def next_token(account: Account) -> int:
    account.state["count"] = int(account.state.get("count", 0)) + 1
    return FIRST_TOKEN + int(account.state["count"])


def last_heard(world: World, account: Account, person: str) -> float:
    bubbles = world.accounts.talk(account, person).bubbles
    return max((bubble.at for bubble in bubbles if not bubble.out), default=0.0)


# --- callbacks ------------------------------------------------------------


def event(account: Account, name: str, *, token: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "event": name,
        "timestamp": int(moment() * 1000),
        "message_token": token or next_token(account),
        "chat_hostname": "SN-CHAT-01_",
        **more,
    }


async def tell(world: World, account: Account, happened: dict[str, Any]) -> tuple[int, bytes]:
    """The first answer; a call that was not answered with 200 comes again."""
    wanted = account.state.get("event_types")
    always = {"message", "webhook", "subscribed", "unsubscribed"}
    if wanted and happened["event"] not in always | set(wanted):
        return 0, b""
    body = msgspec.json.encode(happened)
    status, words = await post(world, account, body)
    for _ in range(int(account.options.get("duplicates", 0))):
        await post(world, account, body)
    if status != httpx.codes.OK:
        world.later(_insist(world, account, body))
    return status, words


async def _insist(world: World, account: Account, body: bytes) -> None:
    for pause in PAUSES:
        await asyncio.sleep(pause)
        if (await post(world, account, body))[0] == httpx.codes.OK:
            return


async def post(world: World, account: Account, body: bytes, *, url: str = "") -> tuple[int, bytes]:
    """Signed in hex with the bot's token; some set-ups put it into the address."""
    address = url or account.state.get("webhook") or account.hook
    if not address:
        return 0, b""
    mark = signature(key=account.settings.get("auth_token", ""), body=body).partition("=")[2]
    headers = {"content-type": "application/json"}
    if account.options.get("sig"):
        address += ("&" if "?" in address else "?") + f"sig={mark}"
    else:
        headers["x-viber-content-signature"] = mark
    try:
        reply = await world.web.post(address, content=body, headers=headers)
    except httpx.TransportError:
        return 0, b""
    return reply.status_code, reply.content
