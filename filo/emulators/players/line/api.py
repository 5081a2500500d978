"""The Messaging API of LINE, as far as customer care needs it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from filo.emulators.accounts import Bubble
from filo.emulators.players.line import desk, drawing
from filo.emulators.players.line.desk import KIND, no, whim, wrong
from filo.emulators.players.parcels import served
from filo.emulators.web import Answer, Call, Router
from filo.emulators.whims import LOSE
from filo.emulators.world import moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account
    from filo.emulators.world import World

DAY = 24 * 3600.0
LARGEST = 2 * 1024 * 1024
MOST = 5
MOST_PEOPLE = 500
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)

router = Router()


def _account(call: Call, world: World) -> Account:
    given = call.headers.get("authorization", "").removeprefix("Bearer ")
    for account in world.accounts.of(KIND).values():
        if given and account.settings.get("access_token") == given:
            return account
    raise no("401")


# --- what is said ---------------------------------------------------------


@router.on("POST", "/v2/bot/message/push")
async def push(call: Call, world: World) -> Answer:
    account = _account(call, world)
    if repeated := _repeated(call, account):
        return repeated
    wish = await whim(account)
    body = _body(call)
    person = desk.person_of(account, body.get("to"))
    _spend(account, body, 1)
    return _taken(call, account, _shown(world, account, person, body), cut=wish == LOSE)


@router.on("POST", "/v2/bot/message/multicast")
async def multicast(call: Call, world: World) -> Answer:
    account = _account(call, world)
    if repeated := _repeated(call, account):
        return repeated
    wish = await whim(account)
    body = _body(call)
    to = body.get("to") or []
    if not 0 < len(to) <= MOST_PEOPLE:
        raise wrong("to", f"Size must be between 1 and {MOST_PEOPLE}")
    _spend(account, body, len(to))
    for id_ in to:
        _shown(world, account, desk.person_of(account, id_), body)
    return _taken(call, account, [], cut=wish == LOSE)


@router.on("POST", "/v2/bot/message/reply")
async def reply(call: Call, world: World) -> Answer:
    """Free of charge, once, within about a minute; it takes no retry key."""
    account = _account(call, world)
    if "x-line-retry-key" in call.headers:
        raise no("retry")
    wish = await whim(account)
    body = _body(call)
    person, at = account.state.get("tokens", {}).pop(str(body.get("replyToken")), ("", 0.0))
    if not person or moment() - at > desk.TOKEN_LIVES:
        raise no("reply")
    return _taken(call, account, _shown(world, account, person, body), cut=wish == LOSE)


@router.on("POST", "/v2/bot/message/validate/{way}")
async def validate(call: Call, world: World) -> Answer:
    _account(call, world)
    _drawn(world, _body(call))
    return Answer.json({})


def _body(call: Call) -> dict[str, Any]:
    if len(call.body) > LARGEST:
        raise no("413")
    return call.read(dict[str, Any])


def _repeated(call: Call, account: Account) -> Answer | None:
    """A key that was accepted before: the same again is said to have happened."""
    key = call.headers.get("x-line-retry-key", "")
    if not key:
        return None
    if not _UUID.match(key):
        raise no("retry")
    known = account.state.setdefault("keys", {}).get(key)
    if known is None or moment() - known["at"] > DAY:
        return None
    told = {"message": "The retry key is already accepted", "sentMessages": known["sent"]}
    headers = {"x-line-accepted-request-id": known["request"]}
    return Answer(409, Answer.json(told).body, headers=headers)


def _spend(account: Account, body: dict[str, Any], people: int) -> None:
    quota = account.options.get("quota")
    used = int(account.state.get("used", 0))
    if quota is not None and used + people > int(quota):
        raise no("monthly")
    account.state["used"] = used + people


def _drawn(world: World, body: dict[str, Any]) -> list[drawing.Drawn]:
    messages = body.get("messages") or []
    if not 0 < len(messages) <= MOST:
        raise wrong("messages", f"Size must be between 1 and {MOST}")
    return [drawing.drawn(world, one, f"messages[{n}]") for n, one in enumerate(messages)]


def _shown(
    world: World, account: Account, person: str, body: dict[str, Any]
) -> list[dict[str, str]]:
    """Whoever blocked the account sees nothing, and LINE does not tell."""
    talk, sent = world.accounts.talk(account, person), []
    for (kind, content), message in zip(_drawn(world, body), body.get("messages", []), strict=True):
        id_ = desk.next_id(account)
        bubble = Bubble(id_, True, moment(), kind, content, state="sent")
        bubble.by = str(message.get("sender", {}).get("name", ""))
        bubble.answers = str(message.get("quoteToken", "")).removeprefix("q3Plx")
        if not talk.blocked:
            talk.bubbles.append(bubble)
        sent.append({"id": id_, "quoteToken": f"q3Plx{id_}"})
    talk.typing_until = 0.0
    return sent


def _taken(call: Call, account: Account, sent: list[dict[str, str]], *, cut: bool) -> Answer:
    request = f"req-{desk.next_id(account)}"
    if key := call.headers.get("x-line-retry-key"):
        known = {"at": moment(), "sent": sent, "request": request}
        account.state.setdefault("keys", {})[key] = known
    told = {"sentMessages": sent} if sent else {}
    return Answer(200, Answer.json(told).body, headers={"x-line-request-id": request}, cut=cut)


# --- files ----------------------------------------------------------------


@router.on("GET", "/v2/bot/message/{id}/content")
async def content(call: Call, world: World) -> Answer:
    account = _account(call, world)
    looks = account.state.setdefault("looks", {})
    looks[call.places["id"]] = looks.get(call.places["id"], 0) + 1
    if looks[call.places["id"]] <= int(account.options.get("slow_files", 0)):
        return Answer.json({}, status=202)
    file = account.state.get("files", {}).get(call.places["id"])
    if file is None:
        raise no("404")
    return served(world, file)


@router.on("GET", "/v2/bot/message/{id}/content/transcoding")
async def transcoding(call: Call, world: World) -> Answer:
    _account(call, world)
    return Answer.json({"status": "succeeded"})


@router.on("GET", "/line-media/{file}")
async def media(call: Call, world: World) -> Answer:
    return served(world, call.places["file"])


# --- the chat -------------------------------------------------------------


@router.on("GET", "/v2/bot/profile/{user}")
async def profile(call: Call, world: World) -> Answer:
    account = _account(call, world)
    person = desk.people(account).get(call.places["user"])
    if person is None or world.accounts.talk(account, person).blocked:
        raise no("404")
    told = {"displayName": desk.name_of(account, person), "userId": call.places["user"]}
    return Answer.json(told | {"language": "it"})


@router.on("POST", "/v2/bot/chat/loading/start")
async def loading(call: Call, world: World) -> Answer:
    account = _account(call, world)
    wish = call.read(dict[str, Any])
    seconds = int(wish.get("loadingSeconds", 20))
    if not 5 <= seconds <= 60 or seconds % 5:
        raise wrong("loadingSeconds", "must be 5 to 60, in steps of 5")
    person = desk.person_of(account, wish.get("chatId"))
    world.accounts.talk(account, person).typing_until = moment() + seconds
    return Answer.json({}, status=202)


async def _mark_read(call: Call, world: World) -> Answer:
    account = _account(call, world)
    wish = call.read(dict[str, Any])
    token = str(wish.get("markAsReadToken", ""))
    person = token.partition(":")[2] if token else ""
    person = person or desk.person_of(account, wish.get("chat", {}).get("userId"))
    for bubble in world.accounts.talk(account, person).bubbles:
        bubble.state = bubble.state if bubble.out else "read"
    return Answer.json({})


router.on("POST", "/v2/bot/message/markAsRead")(_mark_read)
router.on("POST", "/v2/bot/chat/markAsRead")(_mark_read)


@router.on("POST", "/v2/bot/user/{user}/linkToken")
async def link_token(call: Call, world: World) -> Answer:
    account = _account(call, world)
    desk.person_of(account, call.places["user"])
    return Answer.json({"linkToken": world.new_id("link")})


# --- the account ----------------------------------------------------------


@router.on("GET", "/v2/bot/info")
async def about(call: Call, world: World) -> Answer:
    account = _account(call, world)
    told = {"userId": desk.bot_of(account), "basicId": f"@{account.name}", "chatMode": "bot"}
    return Answer.json(told | {"displayName": account.name, "markAsReadMode": "manual"})


@router.on("GET", "/v2/bot/message/quota")
async def quota(call: Call, world: World) -> Answer:
    limit = _account(call, world).options.get("quota")
    return Answer.json({"type": "none"} if limit is None else {"type": "limited", "value": limit})


@router.on("GET", "/v2/bot/message/quota/consumption")
async def used(call: Call, world: World) -> Answer:
    return Answer.json({"totalUsage": int(_account(call, world).state.get("used", 0))})


@router.on("GET", "/v2/bot/channel/webhook/endpoint")
async def endpoint(call: Call, world: World) -> Answer:
    account = _account(call, world)
    where = account.state.get("endpoint") or account.hook
    return Answer.json({"endpoint": where, "active": not account.options.get("off")})


@router.on("PUT", "/v2/bot/channel/webhook/endpoint")
async def set_endpoint(call: Call, world: World) -> Answer:
    account = _account(call, world)
    account.state["endpoint"] = str(call.read(dict[str, str]).get("endpoint", ""))
    return Answer.json({})


@router.on("POST", "/v2/bot/channel/webhook/test")
async def test(call: Call, world: World) -> Answer:
    """The button "Verify": a call without events."""
    account = _account(call, world)
    status = await desk.post(world, account)
    told = {"success": status == 200, "statusCode": status, "reason": "OK" if status else "ERROR"}
    return Answer.json(told | {"timestamp": "2026-11-22T12:00:00Z", "detail": str(status)})
