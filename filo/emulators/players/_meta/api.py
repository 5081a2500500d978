"""The Graph API of the three: all paths below a version; what is not theirs goes to WhatsApp."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import msgspec

from filo.core.text import UNREADABLE
from filo.emulators import graph, graph_templates
from filo.emulators.accounts import Account
from filo.emulators.players._meta import archive, desk, sends, walls
from filo.emulators.players._meta.drawing import MEDIA
from filo.emulators.players._meta.errors import refused
from filo.emulators.players.parcels import form_of, kept, served
from filo.emulators.web import Answer, Call, Router
from filo.emulators.world import World

NOT_OF_PAGES = {"comments", "live_comments", "mentions", "story_insights"}
LASTS = 5183944  # seconds of a token by Instagram login

router = Router()


async def _called(call: Call, world: World) -> Answer:
    head, _, tail = call.places["path"].strip("/").partition("/")
    if head in ("refresh_access_token", "debug_token"):
        return _token(call, world, head)
    if (account := desk.holder(call, world, head)) is not None:
        return await _of_account(call, world, account, tail)
    for account in desk.holders(call, world):
        if head in walls.things(account):
            return await _of_thing(call, world, account, head, tail)
        if desk.person_of(account, head):
            return _person(account, head)
    if desk.holders(call, world):
        raise refused("100/33")
    return await _whatsapp(call, world)


for verb in ("GET", "POST", "DELETE"):
    router.on(verb, r"/v\d+\.\d+/(?P<path>.+)")(_called)


@router.on("GET", MEDIA + "/{file}")
async def media(call: Call, world: World) -> Answer:
    return served(world, call.places["file"])


async def _whatsapp(call: Call, world: World) -> Answer:
    for part in (graph.router, graph_templates.router):
        if found := part.find(call):
            route, places = found
            placed = Call(call.method, call.path, call.body, call.headers, call.query, places)
            return await route(placed, world)
    raise refused("100/33")


# --- of a page or account -------------------------------------------------


async def _of_account(  # noqa: C901, PLR0911 -- one line for each path
    call: Call, world: World, account: Account, tail: str
) -> Answer:
    match call.method, tail:
        case "POST", "messages":
            return await sends.take(world, account, _body(call))
        case "POST", "message_attachments" | "photos":
            return _upload(call, world, photo=tail == "photos")
        case _, "subscribed_apps":
            return _subscribed(call, world, account)
        case "GET", "message_templates":
            return Answer.json({"data": account.options.get("templates", [])})
        case "GET", "feed" | "media":
            return Answer.json({"data": walls.below(world, account, desk.our_id(account))})
        case "GET", "conversations":
            return Answer.json({"data": archive.conversations(world, account)})
        case "GET", "tagged":
            return Answer.json({"data": []})
        case "POST", "mentions":
            return await _mention(call, world, account)
        case "GET", "":
            return Answer.json(_known(account))
    raise refused("100", f"Unknown path components: /{tail}")


def _known(account: Account) -> dict[str, str]:
    id_ = desk.our_id(account)
    user = account.settings.get("user_id") or id_
    return {"id": id_, "user_id": user, "name": account.name, "username": account.name}


def _body(call: Call) -> dict[str, Any]:
    try:
        found: Any = msgspec.json.decode(call.body or b"{}")
    except UNREADABLE as why:
        raise refused("100", "The body is not JSON") from why
    if not isinstance(found, dict):
        raise refused("100", "The body is not an object")
    return found


def _fields(call: Call) -> dict[str, str]:
    """What was asked for: in the address, as a form, as JSON."""
    mime = call.headers.get("content-type", "").partition(";")[0]
    given: dict[str, Any] = {}
    if mime == "application/json":
        given = _body(call)
    elif mime == "multipart/form-data":
        given = dict(form_of(call)[0])
    elif call.body:
        given = dict(parse_qsl(call.body.decode()))
    return {**call.query, **{name: _plain(value) for name, value in given.items()}}


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _upload(call: Call, world: World, *, photo: bool) -> Answer:
    """A file before the message or comment that shows it."""
    multipart = call.headers.get("content-type", "").startswith("multipart/")
    files = form_of(call)[1] if multipart else {}
    parcel = files.get("source" if photo else "filedata")
    if parcel is None:
        raise refused("100", "No file was given")
    file = kept(world, parcel, mark="8")
    return Answer.json({"id": file.id} if photo else {"attachment_id": file.id})


def _subscribed(call: Call, world: World, account: Account) -> Answer:
    if call.method == "POST":
        asked = [name for name in _fields(call).get("subscribed_fields", "").split(",") if name]
        if unknown := [name for name in asked if name in NOT_OF_PAGES and by_page(account)]:
            raise refused("100", f"Param subscribed_fields: {unknown[0]} is none of a page's")
        _subscribe(world, account, asked)
        return Answer.json({"success": "true"})  # a string, and meant as such
    if call.method == "DELETE":
        _subscribe(world, account, [])
        return Answer.json({"success": True})
    app = account.settings.get("app_id") or str(desk.APP)
    fields = account.state.get("fields", [])
    return Answer.json({"data": [{"id": app, "subscribed_fields": fields}] if fields else []})


def by_page(account: Account) -> bool:
    return account.kind != desk.INSTAGRAM or account.settings.get("login") == "facebook"


def _subscribe(world: World, account: Account, fields: list[str]) -> None:
    """One list for the page and this app, whichever channel asks: the new one takes its place."""
    page = account.settings.get("page_id", "")
    for one in desk.accounts(world):
        if one is account or (page and by_page(one) and one.settings.get("page_id") == page):
            one.state["fields"] = fields


async def _mention(call: Call, world: World, account: Account) -> Answer:
    fields = _fields(call)
    about = fields.get("comment_id") or fields.get("media_id", "")
    return await walls.answer(world, account, about, fields)


# --- of one thing or person -----------------------------------------------


async def _of_thing(call: Call, world: World, account: Account, id_: str, tail: str) -> Answer:
    match call.method, tail:
        case "POST", "comments" | "replies":
            return await walls.answer(world, account, id_, _fields(call))
        case "GET", "comments" | "replies":
            return Answer.json({"data": walls.below(world, account, id_)})
        case "POST" | "DELETE", "likes":
            return walls.like(world, account, id_, on=call.method == "POST")
        case "GET", "":
            return Answer.json(walls.shown(world, account, id_))
        case "POST", "":
            return await walls.change(world, account, id_, _fields(call))
        case "DELETE", "":
            return await walls.remove(world, account, id_)
    raise refused("100", f"Unknown path components: /{tail}")


def _person(account: Account, id_: str) -> Answer:
    """Who wrote to us may be asked for; Meta keeps some people to itself."""
    if account.options.get("no_profiles"):
        raise refused("230")
    name = desk.name_of(account, id_)
    first, _, last = name.partition(" ")
    told = {"id": id_, "name": name, "first_name": first, "last_name": last}
    return Answer.json({**told, "username": name.lower().replace(" ", "."), "locale": "it_IT"})


def _token(call: Call, world: World, what: str) -> Answer:
    holding = desk.holders(call, world)
    if not holding:
        raise refused("190")
    if what == "debug_token":
        return Answer.json({"data": {"is_valid": True, "expires_at": 0}})
    account = holding[0]
    if account.options.get("young"):
        raise refused("100", "The access token is less than 24 hours old")
    fresh = world.new_id("IGAA")
    account.state.setdefault("older_keys", []).append(account.settings["access_token"])
    account.settings["access_token"] = fresh
    world.keep()
    return Answer.json({"access_token": fresh, "token_type": "bearer", "expires_in": LASTS})
