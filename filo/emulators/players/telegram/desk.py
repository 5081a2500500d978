"""What Telegram itself remembers of a bot: people, chats, updates, and how it says no."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from filo.emulators.web import Answer, Refused
from filo.emulators.whims import indulge
from filo.emulators.world import moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account, Bubble
    from filo.emulators.world import World

KIND = "telegram"
OWNER = 1_000_001  # the person whose business account the bot answers for
CONNECTION = "bc1"
PAUSES = (0.2, 0.5, 1, 2, 5, 10, 20, 30, 60)
KEPT = 24 * 3600
HEADER = "x-telegram-bot-api-secret-token"
UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}
DAY = 24 * 3600

NOES = {
    "chat_not_found": (400, "Bad Request: chat not found"),
    "user_not_found": (400, "Bad Request: user not found"),
    "not_modified": (400, "Bad Request: message is not modified"),
    "parse": (400, "Bad Request: can't parse entities: character '!' is reserved"),
    "reply": (400, "Bad Request: message to be replied not found"),
    "empty": (400, "Bad Request: message text is empty"),
    "long": (400, "Bad Request: message is too long"),
    "caption": (400, "Bad Request: message caption is too long"),
    "button": (400, "Bad Request: BUTTON_DATA_INVALID"),
    "gone": (400, "Bad Request: message to edit not found"),
    "file": (400, "Bad Request: wrong file identifier/HTTP URL specified"),
    "big": (400, "Bad Request: file is too big"),
    "peer": (400, "Bad Request: BUSINESS_PEER_INVALID"),
    "connection": (400, "Bad Request: BUSINESS_CONNECTION_INVALID"),
    "unauthorized": (401, "Unauthorized"),
    "blocked": (403, "Forbidden: bot was blocked by the user"),
    "deactivated": (403, "Forbidden: user is deactivated"),
    "initiate": (403, "Forbidden: bot can't initiate conversation with a user"),
    "unknown": (404, "Not Found"),
    "conflict": (409, "Conflict: can't use getUpdates method while webhook is active"),
    "large": (413, "Request Entity Too Large"),
}


def no(name: str) -> Refused:
    status, words = NOES[name]
    return Refused(refusal(status, words))


def refusal(status: int, words: str, **parameters: int) -> Answer:
    told: dict[str, Any] = {"ok": False, "error_code": status, "description": words}
    return Answer.json(told | ({"parameters": parameters} if parameters else {}), status=status)


async def whim(account: Account) -> str:
    """What goes wrong with this call on demand, in Telegram's own words."""
    wish = account.next[0] if account.next else ""
    status, _, after = wish.partition(":")
    if wish in NOES:
        account.next.pop(0)
        raise no(wish)
    if status == "migrate":
        account.next.pop(0)
        words = "Bad Request: group chat was upgraded to a supergroup chat"
        raise Refused(refusal(400, words, migrate_to_chat_id=int(after)))
    if status == "429":
        account.next.pop(0)
        raise flood(int(after or 1))
    return await indulge(account.next)


def flood(seconds: int) -> Refused:
    words = f"Too Many Requests: retry after {seconds}"
    return Refused(refusal(429, words, retry_after=seconds))


# --- people and chats -----------------------------------------------------


def id_of(account: Account, person: str) -> int:
    """A person's number: the same for every bot. Digits are a number already."""
    if person.isdigit() and len(person) < 16:
        made = int(person)
    else:
        made = int(hashlib.sha256(person.encode()).hexdigest()[:9], 16) + 10**9
    people(account).setdefault(str(made), person)
    return made


def people(account: Account) -> dict[str, str]:
    found: dict[str, str] = account.state.setdefault("people", {})
    return found


def person_of(account: Account, chat: object) -> str:
    found = people(account).get(str(chat))
    if found is None:
        raise no("initiate" if str(chat).isdigit() else "chat_not_found")
    return found


def user(account: Account, person: str) -> dict[str, Any]:
    names: dict[str, str] = account.state.get("names", {})
    first, _, last = (names.get(person) or person).partition(" ")
    told = {"id": id_of(account, person), "is_bot": False, "first_name": first}
    return told | ({"last_name": last} if last else {}) | {"language_code": "it"}


def chat(account: Account, person: str) -> dict[str, Any]:
    who = user(account, person)
    return {"id": who["id"], "type": "private"} | {
        name: who[name] for name in ("first_name", "last_name") if name in who
    }


def bot(account: Account) -> dict[str, Any]:
    number = account.settings.get("token", "1").partition(":")[0]
    return {
        "id": int(number) if number.isdigit() else 1,
        "is_bot": True,
        "first_name": account.name,
        "username": account.settings.get("username") or f"{account.name}_bot",
    }


def owner() -> dict[str, Any]:
    return {"id": OWNER, "is_bot": False, "first_name": "Titolare"}


def is_business(account: Account) -> bool:
    return bool(account.options.get("business")) or account.settings.get("use") == "business"


def connection(account: Account) -> dict[str, Any]:
    on = account.state.get("connected", True)
    rights = {"can_reply": on, "can_read_messages": on}
    return {
        "id": CONNECTION,
        "user": owner(),
        "user_chat_id": OWNER,
        "date": int(moment()),
        "is_enabled": on,
        "rights": rights,
    }


def next_number(account: Account, what: str) -> int:
    account.state[what] = int(account.state.get(what, 0)) + 1
    return int(account.state[what])


def written_to_us(world: World, account: Account, person: str) -> float:
    """When they last wrote; nought if never."""
    talk = world.accounts.talk(account, person)
    return max((bubble.at for bubble in talk.bubbles if not bubble.out), default=0.0)


def in_thread(world: World, account: Account, person: str, id: object) -> Bubble | None:
    bubbles = world.accounts.talk(account, person).bubbles
    return next((one for one in bubbles if one.id == str(id)), None)


# --- updates --------------------------------------------------------------


async def tell(world: World, account: Account, kind: str, body: dict[str, Any]) -> int:
    """One update: called out to the webhook, again until it reads 200, or kept to be asked for."""
    update = {"update_id": 10_000 + next_number(account, "update"), kind: body}
    wanted = account.state.get("webhook", {}).get("allowed_updates")
    if wanted == [] and kind in UNASKED:
        return 0
    if wanted and kind not in wanted:
        return 0
    if account.options.get("polling") or account.settings.get("road") == "polling":
        account.state.setdefault("waiting", []).append(update)
        return 200
    status = await _post(world, account, update)
    for _ in range(int(account.options.get("duplicates", 0))):
        await _post(world, account, update)
    if not 200 <= status < 300:
        world.later(_insist(world, account, update))
    return status


async def _insist(world: World, account: Account, update: dict[str, Any]) -> None:
    for pause in PAUSES:
        await asyncio.sleep(pause)
        if 200 <= await _post(world, account, update) < 300:
            return


async def _post(world: World, account: Account, update: dict[str, Any]) -> int:
    hook = account.state.get("webhook", {})
    address = hook.get("url") or account.hook
    if not address:
        return 0
    secret = hook.get("secret_token") or account.settings.get("secret_token", "")
    headers = {"content-type": "application/json"} | ({HEADER: secret} if secret else {})
    try:
        reply = await world.web.post(address, content=msgspec.json.encode(update), headers=headers)
    except httpx.TransportError:
        account.state["last_error"] = "Connection refused"
        return 0
    if reply.status_code != httpx.codes.OK:
        account.state["last_error"] = f"Wrong response from the webhook: {reply.status_code}"
    _answered_at_once(account, reply)
    return reply.status_code


def _answered_at_once(account: Account, reply: httpx.Response) -> None:
    """A 200 may carry one call; of those only the answer to a tap is played."""
    try:
        said = msgspec.json.decode(reply.content or b"{}", type=dict[str, Any])
    except msgspec.DecodeError:
        return
    if said.get("method") == "answerCallbackQuery":
        tapped(account).pop(str(said.get("callback_query_id")), None)


def tapped(account: Account) -> dict[str, str]:
    """Taps that still show a spinner: their query, and the bubble."""
    found: dict[str, str] = account.state.setdefault("taps", {})
    return found
