"""X's other doors: media in pieces, webhooks and subscriptions, tokens that are used once."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from filo.emulators.players.x import calls, rules
from filo.emulators.players.x.api import account_of
from filo.emulators.players.x.desk import KIND, iso, our_id, snowflake
from filo.emulators.web import Answer, Call, Refused, Router
from filo.emulators.whims import indulge
from filo.emulators.world import File, moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account
    from filo.emulators.world import World

router = Router()
LARGEST = {"image": 5 * 1024 * 1024, "video": 512 * 1024 * 1024}
LIFE = 7200


# --- media -------------------------------------------------------------------


@router.on("POST", "/2/media/upload")
async def upload(call: Call, world: World) -> Answer:
    """INIT, APPEND, FINALIZE by `command`; without one, the whole file at once."""
    await account_of(call, world)
    form = _form(call)
    command = form.get("command", ("", "", b""))[2].decode()
    if command == "INIT":
        return _begin(world, form["media_type"][2].decode())
    if command == "APPEND":
        return _append(world, form["media_id"][2].decode(), form["media"][2])
    if command == "FINALIZE":
        return _finish(world, form["media_id"][2].decode())
    if "media" not in form:
        raise rules.invalid("media is required")
    name, mime, body = form["media"]
    file = File(world.new_id("7"), mime, body, name)
    world.files[file.id] = file
    return _finish(world, file.id)


@router.on("POST", "/2/media/upload/initialize")
async def initialize(call: Call, world: World) -> Answer:
    await account_of(call, world)
    return _begin(world, str(call.read(dict[str, Any]).get("media_type", "")))


@router.on("POST", "/2/media/upload/{media}/append")
async def append(call: Call, world: World) -> Answer:
    await account_of(call, world)
    return _append(world, call.places["media"], _form(call)["media"][2])


@router.on("POST", "/2/media/upload/{media}/finalize")
async def finalize(call: Call, world: World) -> Answer:
    await account_of(call, world)
    return _finish(world, call.places["media"])


def _begin(world: World, mime: str) -> Answer:
    if mime.partition("/")[0] not in LARGEST:
        raise rules.invalid("media_type")
    file = File(world.new_id("7"), mime, b"")
    world.files[file.id] = file
    return Answer.json({"data": {"id": file.id, "expires_after_secs": 86400}})


def _append(world: World, id_: str, piece: bytes) -> Answer:
    if id_ not in world.files:
        raise rules.missing("media")
    world.files[id_].body += piece
    return Answer.json({"data": {"expires_at": int(moment()) + 86400}})


def _finish(world: World, id_: str) -> Answer:
    file = world.files.get(id_)
    if file is None:
        raise rules.missing("media")
    if len(file.body) > LARGEST.get(file.mime.partition("/")[0], 0):
        raise rules.invalid("the media is too large, or of no type that is taken")
    return Answer.json({"data": {"id": id_, "media_key": f"3_{id_}", "size": len(file.body)}})


def _form(call: Call) -> dict[str, tuple[str, str, bytes]]:
    mime = call.headers.get("content-type", "")
    if mime.startswith("application/x-www-form-urlencoded"):
        return {name: ("", "", value.encode()) for name, value in parse_qsl(call.body.decode())}
    head = f"content-type: {mime}\r\n\r\n".encode()
    found = {}
    for part in BytesParser(policy=HTTP).parsebytes(head + call.body).iter_parts():
        name = part.get_param("name", header="content-disposition")
        body = part.get_payload(decode=True)
        assert isinstance(body, bytes)
        found[str(name)] = (part.get_filename() or "", part.get_content_type(), body)
    return found


@router.on("GET", "/x-media/{media}")
async def public(call: Call, world: World) -> Answer:
    file = world.files.get(call.places["media"])
    return Answer(200, file.body, file.mime) if file else Answer(404)


@router.on("GET", "/2/dm_conversations/media/{message}/{media}/{resource}")
async def private(call: Call, world: World) -> Answer:
    await account_of(call, world)
    file = world.files.get(call.places["media"])
    if file is None:
        raise rules.missing("media")
    return Answer(200, file.body, file.mime)


# --- webhooks and subscriptions -----------------------------------------------


@router.on("POST", "/2/webhooks")
async def hook(call: Call, world: World) -> Answer:
    account, _ = await account_of(call, world)
    url = str(call.read(dict[str, Any]).get("url", ""))
    if not url.startswith(("https://", "http://")) or len(url) > 200:
        raise _webhook_problem("UrlValidationFailed")
    if url == account.state.get("webhook", {}).get("url"):
        raise _webhook_problem("DuplicateUrlFailed")
    if not await calls.challenge(world, account, url):
        raise _webhook_problem("CrcValidationFailed")
    made = {"id": snowflake(account), "url": url, "valid": True, "created_at": iso(moment())}
    account.hook, account.state["webhook"] = url, made
    world.keep()
    return Answer.json({"data": made})


def _webhook_problem(name: str) -> Refused:
    return rules.problem(400, "invalid-request", name, name)


@router.on("GET", "/2/webhooks")
async def hooks(call: Call, world: World) -> Answer:
    account, _ = await account_of(call, world)
    kept = account.state.get("webhook")
    found = [kept | {"valid": account.state.get("valid", True)}] if kept else []
    return Answer.json({"data": found, "meta": {"result_count": len(found)}})


@router.on("PUT", "/2/webhooks/{hook}")
async def recheck(call: Call, world: World) -> Answer:
    account, _ = await account_of(call, world)
    if account.state.get("webhook", {}).get("id") != call.places["hook"]:
        raise _webhook_problem("WebhookIdInvalid")
    if not await calls.challenge(world, account):
        raise _webhook_problem("CrcValidationFailed")
    return Answer.json({"data": {"valid": True}})


@router.on("DELETE", "/2/webhooks/{hook}")
async def unhook(call: Call, world: World) -> Answer:
    account, _ = await account_of(call, world)
    account.state.pop("webhook", None)
    account.hook = ""
    return Answer.json({"data": {"deleted": True}})


@router.on("POST", "/2/webhooks/replay")
async def replay(call: Call, world: World) -> Answer:
    """Everything that was told, once more, and a word when that is over."""
    account, _ = await account_of(call, world)
    job = snowflake(account)
    world.later(_replay(world, account, job))
    return Answer.json({"data": {"job_id": job, "created_at": iso(moment())}})


async def _replay(world: World, account: Account, job: str) -> None:
    for told in list(account.state.get("told", [])):
        await calls.deliver(world, account, told)
    status = {
        "webhook_id": account.state.get("webhook", {}).get("id", ""),
        "job_state": "Complete",
        "job_state_description": "Job completed successfully",
        "job_id": job,
    }
    await calls.deliver(world, account, {"replay_job_status": status})


@router.on("POST", "/2/activity/subscriptions")
async def subscribe(call: Call, world: World) -> Answer:
    """As an object, or as the quick start shows it: a list, with the total beside."""
    account, _ = await account_of(call, world)
    wish = call.read(dict[str, Any])
    if not wish.get("event_type") or not wish.get("filter"):
        raise rules.invalid("event_type and filter are required")
    made = {**wish, "subscription_id": snowflake(account)}
    kept: dict[str, Any] = account.state.setdefault("subscriptions", {})
    kept[made["subscription_id"]] = made
    if account.options.get("lists"):
        return Answer.json({"data": [made], "meta": {"total_subscriptions": len(kept)}})
    return Answer.json({"data": made})


@router.on("GET", "/2/activity/subscriptions")
async def subscriptions(call: Call, world: World) -> Answer:
    account, _ = await account_of(call, world)
    found = list(account.state.get("subscriptions", {}).values())
    return Answer.json({"data": found, "meta": {"total_subscriptions": len(found)}})


@router.on("DELETE", "/2/activity/subscriptions/{subscription}")
async def unsubscribe(call: Call, world: World) -> Answer:
    account, _ = await account_of(call, world)
    account.state.get("subscriptions", {}).pop(call.places["subscription"], None)
    return Answer.json({"data": {"deleted": True}})


# --- tokens --------------------------------------------------------------------


@router.on("POST", "/2/oauth2/token")
async def token(call: Call, world: World) -> Answer:
    """A refresh token is good for one use: the next one comes with the answer."""
    form = dict(parse_qsl(call.body.decode()))
    given = form.get("refresh_token", "")
    for account in world.accounts.of(KIND).values():
        current = account.state.get("refresh_token") or account.settings.get("refresh_token", "")
        if form.get("grant_type") == "refresh_token" and given and given == current:
            await indulge(account.next)
            return Answer.json(_fresh(world, account))
    told = {
        "error": "invalid_request",
        "error_description": "Value passed for the token was invalid.",
    }
    return Answer.json(told, status=400)


def _fresh(world: World, account: Account) -> dict[str, Any]:
    account.state["access_token"] = world.new_id("at-")
    account.state["refresh_token"] = world.new_id("rt-")
    scope = "tweet.read tweet.write users.read dm.read dm.write offline.access"
    return {
        "token_type": "bearer",
        "expires_in": LIFE,
        "access_token": account.state["access_token"],
        "refresh_token": account.state["refresh_token"],
        "scope": scope,
        "user_id": our_id(account),
    }
