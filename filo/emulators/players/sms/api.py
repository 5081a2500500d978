"""Twilio's REST API, as far as a business needs it to write and read messages."""

from __future__ import annotations

import base64
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from filo.core import clock
from filo.emulators.players.sms import lifecycle
from filo.emulators.players.sms.calls import sid
from filo.emulators.players.sms.desks import (
    KIND,
    Form,
    accounts_of,
    number_of,
    pool_of,
    state,
)
from filo.emulators.players.sms.errors import ERRORS, refusal
from filo.emulators.web import Answer, Call, Refused, Router
from filo.emulators.whims import LOSE, indulge

if TYPE_CHECKING:
    from filo.emulators.accounts import Account
    from filo.emulators.world import World

router = Router()
ROOT = "/2010-04-01/Accounts/{account}"
MESSAGE = ROOT + r"/Messages/{message}\.json"
MEDIA = ROOT + "/Messages/{message}/Media/{file}"


@router.on("GET", ROOT + r"\.json")
async def whole(call: Call, world: World) -> Answer:
    one = accounts_of(call, world)[0]
    name = {"sid": one.settings["account_sid"], "friendly_name": "Filo"}
    return Answer.json(name | {"status": "active", "type": "Full"})


# --- messages -------------------------------------------------------------


@router.on("POST", ROOT + r"/Messages\.json")
async def create(call: Call, world: World) -> Answer:
    owners, form = accounts_of(call, world), Form(call.body)
    account = lifecycle.sender_of(form, owners)
    wish = await indulge(account.next)
    if wish in ERRORS and ERRORS[wish][0]:
        raise Refused(refusal(wish))
    made = lifecycle.take(world, account, form)
    world.later(lifecycle.follow(world, account, made["sid"], error=wish if wish in ERRORS else ""))
    answer = Answer.json(_shown(made), status=201)
    return Answer(201, answer.body, cut=wish == LOSE)


@router.on("GET", ROOT + r"/Messages\.json")
async def listed(call: Call, world: World) -> Answer:
    """Newest first; `To`, `From`, `DateSent`, `DateSent>` and `DateSent<` narrow it."""
    kept = [one for owner in accounts_of(call, world) for one in state(owner, "messages").values()]
    kept = [one for one in kept if all(_fits(one, name, call.query.get(name)) for name in FILTERS)]
    kept.sort(key=lambda one: str(one["made"]), reverse=True)
    size, page = int(call.query.get("PageSize", "50")), int(call.query.get("Page", "0"))
    begin = page * size
    path = call.path + f"?PageSize={size}&Page={page + 1}"
    told = {
        "messages": [_shown(one) for one in kept[begin : begin + size]],
        "page": page,
        "page_size": size,
        "next_page_uri": path if len(kept) > begin + size else None,
    }
    return Answer.json(told)


FILTERS = ("To", "From", "DateSent", "DateSent>", "DateSent<")


def _fits(one: dict[str, Any], name: str, wanted: str | None) -> bool:
    if wanted is None:
        return True
    if not name.startswith("DateSent"):
        return bool(one[name.lower()] == wanted)
    day = str(one["made"])[: len(wanted.rstrip("Z"))]
    asked = wanted.rstrip("Z")
    return {"": day == asked, ">": day >= asked, "<": day <= asked}[name[8:]]


@router.on("GET", MESSAGE)
async def look(call: Call, world: World) -> Answer:
    return Answer.json(_shown(_message(call, world)[1]))


@router.on("POST", MESSAGE)
async def change(call: Call, world: World) -> Answer:
    """Redact (`Body` empty) or cancel what is scheduled."""
    _, made = _message(call, world)
    form = Form(call.body)
    if form.has("Body"):
        made["body"] = form.one("Body")
    if form.one("Status") == "canceled":
        if made["status"] != "scheduled":
            raise Refused(refusal("20404"))
        made["status"] = "canceled"
    return Answer.json(_shown(made))


@router.on("DELETE", MESSAGE)
async def forget(call: Call, world: World) -> Answer:
    account, made = _message(call, world)
    del state(account, "messages")[made["sid"]]
    return Answer(204)


def _message(call: Call, world: World) -> tuple[Account, dict[str, Any]]:
    for account in accounts_of(call, world):
        if made := state(account, "messages").get(call.places["message"]):
            return account, made
    raise Refused(refusal("20404"))


def _shown(made: dict[str, Any]) -> dict[str, Any]:
    uri = f"/2010-04-01/Accounts/{made['account_sid']}/Messages/{made['sid']}"
    own = ("made", "callback", "road", "content", "media", "at")
    told = {name: value for name, value in made.items() if name not in own}
    moment = format_datetime(clock.now())
    return told | {
        "api_version": "2010-04-01",
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json", "feedback": f"{uri}/Feedback.json"},
        "date_updated": moment,
    }


# --- files ----------------------------------------------------------------


@router.on("GET", ROOT + r"/Messages/{message}/Media\.json")
async def files(call: Call, world: World) -> Answer:
    _, made = _message(call, world)
    told = [{"sid": one, "content_type": world.files[one].mime} for one in made.get("media", [])]
    return Answer.json({"media_list": told})


@router.on("GET", MEDIA)
async def file(call: Call, world: World) -> Answer:
    """Where the file is: elsewhere, without a password. The password here is a choice."""
    protected = any(one.options.get("media_auth") for one in world.accounts.of(KIND).values())
    if protected:
        accounts_of(call, world)
    if call.places["file"] not in world.files:
        raise Refused(refusal("20404"))
    return Answer(307, headers={"location": f"{call.origin}/sms-media/{call.places['file']}"})


@router.on("GET", "/sms-media/{file}")
async def bytes_of(call: Call, world: World) -> Answer:
    found = world.files.get(call.places["file"])
    return Answer(200, found.body, found.mime) if found else Answer(404)


@router.on("DELETE", MEDIA)
async def forget_file(call: Call, world: World) -> Answer:
    accounts_of(call, world)
    world.files.pop(call.places["file"], None)
    return Answer(204)


# --- numbers, services, contents ------------------------------------------


@router.on("GET", ROOT + r"/IncomingPhoneNumbers\.json")
async def numbers(call: Call, world: World) -> Answer:
    wanted = call.query.get("PhoneNumber", "")
    owned = [one for one in accounts_of(call, world) if wanted in ("", number_of(one))]
    return Answer.json({"incoming_phone_numbers": [_number(one) for one in owned]})


@router.on("POST", ROOT + r"/IncomingPhoneNumbers/{number}\.json")
async def point(call: Call, world: World) -> Answer:
    """Where Twilio calls us for this number."""
    for account in accounts_of(call, world):
        if _number_sid(account) == call.places["number"]:
            form = Form(call.body)
            account.hook = form.one("SmsUrl") or account.hook
            account.state["method"] = form.one("SmsMethod") or account.state.get("method", "POST")
            world.keep()
            return Answer.json(_number(account))
    raise Refused(refusal("20404"))


def _number_sid(account: Account) -> str:
    return "PN" + base64.b16encode(number_of(account).encode()).decode().lower()[:32].rjust(32, "0")


def _number(account: Account) -> dict[str, Any]:
    return {
        "sid": _number_sid(account),
        "phone_number": number_of(account),
        "sms_url": account.hook,
        "sms_method": account.state.get("method", "POST"),
        "capabilities": {"sms": True, "mms": False, "voice": False},
    }


@router.on("GET", "/v1/Services/{service}")
async def pool(call: Call, world: World) -> Answer:
    return Answer.json(_pool(_of_pool(call, world)))


@router.on("POST", "/v1/Services/{service}")
async def point_pool(call: Call, world: World) -> Answer:
    account, form = _of_pool(call, world), Form(call.body)
    account.hook = form.one("InboundRequestUrl") or account.hook
    world.keep()
    return Answer.json(_pool(account))


def _of_pool(call: Call, world: World) -> Account:
    for account in accounts_of(call, world):
        if pool_of(account) == call.places["service"]:
            return account
    raise Refused(refusal("20404"))


def _pool(account: Account) -> dict[str, Any]:
    return {
        "sid": pool_of(account),
        "account_sid": account.settings["account_sid"],
        "inbound_request_url": account.hook,
        "use_inbound_webhook_on_number": False,
    }


@router.on("POST", "/v1/Content")
async def write(call: Call, world: World) -> Answer:
    account, wish = accounts_of(call, world)[0], call.read(dict[str, Any])
    if not wish.get("types"):
        raise Refused(refusal("20404"))
    content = {**wish, "sid": sid(world, "HX"), "account_sid": account.settings["account_sid"]}
    state(account, "contents")[content["sid"]] = content
    return Answer.json(content, status=201)


@router.on("GET", "/v1/Content")
async def contents(call: Call, world: World) -> Answer:
    found = [one for owner in accounts_of(call, world) for one in state(owner, "contents").values()]
    return Answer.json({"contents": found, "meta": {"next_page_url": None}})


@router.on("DELETE", "/v1/Content/{content}")
async def unwrite(call: Call, world: World) -> Answer:
    for account in accounts_of(call, world):
        state(account, "contents").pop(call.places["content"], None)
    return Answer(204)
