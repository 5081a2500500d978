"""The REST API of Viber's bots: `POST /pa/<method>`, and 200 whatever comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from filo.emulators.accounts import Bubble
from filo.emulators.players.parcels import served
from filo.emulators.players.viber import desk, drawing
from filo.emulators.players.viber.desk import KIND, no, tell, told, whim
from filo.emulators.web import Answer, Call, Router
from filo.emulators.whims import LOSE
from filo.emulators.world import World, moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account

LARGEST = 30 * 1024
MOST_IN_AN_HOUR = 100
MOST_PEOPLE = 300
SESSION = 24 * 3600.0
HALF_DAY = 12 * 3600.0
HOUR = 3600.0
FAILS = "failed"  # a wish: taken, and then told to have failed

router = Router()
Wish = dict[str, Any]


@router.on("POST", "/pa/{method}")
async def called(call: Call, world: World) -> Answer:
    wish = call.read(Wish)
    account = _owner(world, call.headers.get("x-viber-auth-token") or wish.get("auth_token", ""))
    method = METHODS.get(call.places["method"])
    if method is None:
        raise no(desk.STATUSES.index("badData"))
    if len(call.body) > LARGEST:
        raise no(drawing.BAD)
    odd = await whim(account) if method in SENDING else ""
    answer = await method(world, account, wish | {"wish": odd})
    return Answer(200, answer.body, cut=odd == LOSE)


def _owner(world: World, token: str) -> Account:
    for account in world.accounts.of(KIND).values():
        if token and account.settings.get("auth_token") == token:
            return account
    raise no(desk.STATUSES.index("invalidAuthToken"))


# --- what is said ---------------------------------------------------------


async def _send(world: World, account: Account, wish: Wish) -> Answer:
    if not (account.state.get("webhook") or account.hook):
        raise no(desk.STATUSES.index("webhookNotSet"))
    person = desk.person_of(account, wish.get("receiver"))
    token = _say(world, account, person, wish)
    return told(0, message_token=token, chat_hostname="SN-CHAT-01_", billing_status=1)


async def _broadcast(world: World, account: Account, wish: Wish) -> Answer:
    people = wish.get("broadcast_list") or []
    if not 0 < len(people) <= MOST_PEOPLE:
        raise no(drawing.BAD)
    token = 0
    for id_ in people:
        token = _say(world, account, desk.person_of(account, id_), wish)
    return told(0, message_token=token, failed_list=[])


def _say(world: World, account: Account, person: str, wish: Wish) -> int:
    sender = wish.get("sender") or {}
    if not sender.get("name"):
        raise no(drawing.MISSING)
    if len(sender["name"]) > 28 or len(str(wish.get("tracking_data", ""))) > 4000:
        raise no(drawing.BAD)
    talk = world.accounts.talk(account, person)
    if talk.blocked:
        raise no(desk.STATUSES.index("receiverNotSubscribed"))
    if int(wish.get("min_api_version", 1)) > desk.version(account):
        raise no(desk.STATUSES.index("receiverNoSuitableDevice"))
    kind, content = drawing.drawn(wish)
    _count(world, account, person)
    token = desk.next_token(account)
    bubble = Bubble(str(token), True, moment(), kind, content, by=sender["name"], state="sent")
    talk.bubbles.append(bubble)
    account.state.setdefault("tracking", {})[person] = str(wish.get("tracking_data", ""))
    world.later(_arrives(world, account, person, bubble, failed=wish.get("wish") == FAILS))
    return token


def _count(world: World, account: Account, person: str) -> None:
    """A hundred an hour to somebody who does not answer; outside a session each is counted."""
    heard = desk.last_heard(world, account, person)
    bubbles = world.accounts.talk(account, person).bubbles
    since = max(heard, moment() - HOUR)
    if sum(one.out and one.at >= since for one in bubbles) >= MOST_IN_AN_HOUR:
        raise no(desk.STATUSES.index("tooManyRequests"))
    free = account.options.get("free_messages")
    if free is None or moment() - heard < SESSION:
        return
    account.state["outside"] = int(account.state.get("outside", 0)) + 1
    if account.state["outside"] > int(free):
        raise no(desk.STATUSES.index("freeMessagesExceeded"))


async def _arrives(
    world: World, account: Account, person: str, bubble: Bubble, *, failed: bool
) -> None:
    """Told once the sender has had time to read our answer, or before, where it is unruly."""
    await asyncio.sleep(0 if account.options.get("early") else 0.05)
    token, who = int(bubble.id), desk.id_of(account, person)
    if failed:
        bubble.state = "failed"
        why = {"desc": "failure description"}
        await tell(world, account, desk.event(account, "failed", token=token, user_id=who, **why))
        return
    if account.options.get("no_reports"):
        return
    bubble.state = "delivered"
    await tell(world, account, desk.event(account, "delivered", token=token, user_id=who))


# --- the account and its people -------------------------------------------


async def _set_webhook(world: World, account: Account, wish: Wish) -> Answer:
    """Viber calls the address before it answers, and wants 200 from it."""
    url = str(wish.get("url", ""))
    if url:
        knock = msgspec.json.encode(desk.event(account, "webhook"))
        status, _ = await desk.post(world, account, knock, url=url)
        if status != httpx.codes.OK:
            raise no(desk.STATUSES.index("invalidUrl"))
    account.state["webhook"] = url
    account.state["event_types"] = list(wish.get("event_types") or [])
    return told(0, event_types=account.state["event_types"])


async def _account(world: World, account: Account, wish: Wish) -> Answer:
    events = account.state.get("event_types") or ["delivered", "seen", "failed", "subscribed"]
    about = {"id": f"pa:{account.name}", "name": account.settings.get("sender_name", account.name)}
    about["uri"] = account.settings.get("bot") or account.name
    where = account.state.get("webhook") or account.hook
    count = len(desk.people(account))
    return told(0, **about, webhook=where, event_types=events, subscribers_count=count)


async def _details(world: World, account: Account, wish: Wish) -> Answer:
    """Twice in twelve hours for each person."""
    person = desk.person_of(account, wish.get("id"))
    asked = account.state.setdefault("asked", {}).setdefault(person, [])
    asked[:] = [at for at in asked if moment() - at < HALF_DAY]
    if len(asked) >= 2:
        raise no(desk.STATUSES.index("tooManyRequests"))
    asked.append(moment())
    more = {"primary_device_os": "Android 14", "viber_version": "25.1", "device_type": "phone"}
    return told(0, message_token=desk.next_token(account), user=desk.user(account, person) | more)


async def _online(world: World, account: Account, wish: Wish) -> Answer:
    ids = [str(one) for one in wish.get("ids") or []]
    if not 0 < len(ids) <= 100:
        raise no(drawing.BAD)
    users = [{"id": one, "online_status": 0, "online_status_message": "online"} for one in ids]
    return told(0, users=users)


Method = Callable[[World, "Account", Wish], Awaitable[Answer]]
METHODS: dict[str, Method] = {
    "send_message": _send,
    "broadcast_message": _broadcast,
    "set_webhook": _set_webhook,
    "get_account_info": _account,
    "get_user_details": _details,
    "get_online": _online,
}
SENDING = {_send, _broadcast}


@router.on("GET", "/viber-media/{file}")
async def media(call: Call, world: World) -> Answer:
    return served(world, call.places["file"])
