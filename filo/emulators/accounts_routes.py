"""The calls that every played provider has alike.

`PUT /control/{kind}/{account}`: settings, hook, options, next -> `{"name", "api_base"}`
`POST /control/{kind}/{account}/next {"next": ["429:7", "hang", "lose", "500", …]}`
`DELETE /control/{kind}/{account}` · `GET /play/accounts`: all of them, without secrets
`GET /play/{kind}/{account}/{person}`: what stands on the device (`-` for what is public);
`?front=1`: somebody looks at that app
`POST /play/{kind}/{account}/{person}`: a `Deed` · `POST /play/{kind}/{account}/{person}/read`
"""

from __future__ import annotations

import msgspec

from filo.emulators.accounts import Account, Deed, Opens, Player
from filo.emulators.players import players
from filo.emulators.web import Answer, Call, Refused, Router
from filo.emulators.world import World, moment

router = Router()
PUBLIC = "-"


class AccountWish(msgspec.Struct):
    settings: dict[str, str] = {}
    hook: str = ""
    options: dict[str, object] = {}
    next: list[str] = []


class Wishes(msgspec.Struct):
    next: list[str]


@router.on("PUT", "/control/{kind}/{account}")
async def put_account(call: Call, world: World) -> Answer:
    wish, kind, name = call.read(AccountWish), call.places["kind"], call.places["account"]
    _player(kind)
    before = world.accounts.of(kind).get(name)
    account = Account(kind, name, wish.settings, wish.hook, dict(wish.options), wish.next)
    account.state = (before.state if before else {}) | {"origin": call.origin}
    world.accounts.of(kind)[name] = account
    world.keep()
    return Answer.json({"name": name, "api_base": call.origin})


@router.on("POST", "/control/{kind}/{account}/next")
async def next_of(call: Call, world: World) -> Answer:
    account = _account(call, world)
    account.next = call.read(Wishes).next
    return Answer.json({"next": account.next})


@router.on("DELETE", "/control/{kind}/{account}")
async def forget(call: Call, world: World) -> Answer:
    world.accounts.of(call.places["kind"]).pop(call.places["account"], None)
    world.keep()
    return Answer(204)


@router.on("GET", "/play/accounts")
async def accounts(call: Call, world: World) -> Answer:
    listed = [
        {"kind": kind, "name": account.name, "hook": account.hook}
        for kind in players()
        for account in world.accounts.of(kind).values()
    ]
    return Answer.json({"accounts": listed})


@router.on("GET", "/play/{kind}/{account}/{person}")
async def look(call: Call, world: World) -> Answer:
    account, person = _account(call, world), _person(call)
    player, more = _player(account.kind), dict[str, object]()
    if isinstance(player, Opens):
        more = await player.look(world, account, person, front=bool(call.query.get("front")))
    talk = world.accounts.talk(account, person)
    shown = {"typing": talk.typing_until > moment(), "blocked": talk.blocked}
    return Answer.json({"bubbles": talk.bubbles, **shown, **more})


@router.on("POST", "/play/{kind}/{account}/{person}")
async def act(call: Call, world: World) -> Answer:
    account = _account(call, world)
    return await _player(account.kind).act(world, account, _person(call), call.read(Deed))


@router.on("POST", "/play/{kind}/{account}/{person}/read")
async def read(call: Call, world: World) -> Answer:
    account = _account(call, world)
    await _player(account.kind).read(world, account, _person(call))
    return Answer(204)


def _player(kind: str) -> Player:
    if kind not in players():
        raise Refused(Answer.json({"error": f"nobody plays {kind} here"}, status=404))
    return players()[kind]


def _account(call: Call, world: World) -> Account:
    found = world.accounts.of(call.places["kind"]).get(call.places["account"])
    if found is None:
        raise Refused(Answer.json({"error": "no such account: register it first"}, status=404))
    return found


def _person(call: Call) -> str:
    """A phone number is one person, with its plus or without."""
    return "" if call.places["person"] == PUBLIC else call.places["person"].removeprefix("+")
