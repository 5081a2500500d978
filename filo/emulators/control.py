"""What tests and the town page tell the emulators: which numbers and peers exist, and their moods.

`PUT /control/whatsapp/{number}`: access_token, app_secret, waba_id, hook, display, options, next
`PUT /control/http/{peer}`: secret, hook, next -> `{"deliver_to"}`
`PUT /control/webchat/{channel}`: house, jwt_secret: the town's shop carries this widget.
`POST /control/…/next {"next": ["131056", "hang", "lose", "500", "429:7"]}` for the next sends.
`GET /control` lists them (without secrets); `DELETE` forgets one.
"""

from __future__ import annotations

from typing import Any

import msgspec

from filo.emulators.graph_templates import samples
from filo.emulators.web import Answer, Call, Refused, Router
from filo.emulators.world import Number, Options, Peer, Shop, World

router = Router()


class NumberWish(msgspec.Struct):
    access_token: str
    app_secret: str
    waba_id: str = "1"
    hook: str = ""
    display: str = "390200000000"
    options: Options = msgspec.field(default_factory=Options)
    next: list[str] = []


class PeerWish(msgspec.Struct):
    secret: str
    hook: str = ""
    next: list[str] = []


class ShopWish(msgspec.Struct):
    house: str
    jwt_secret: str = ""


class Wishes(msgspec.Struct):
    next: list[str]


@router.on("GET", "/control")
async def everything(call: Call, world: World) -> Answer:
    secret = {"access_token", "app_secret", "secret", "parcels"}
    numbers = [_without(each, secret) for each in world.numbers.values()]
    peers = [_without(each, secret) for each in world.peers.values()]
    people = list(world.people.values())
    shops = [_without(each, {"jwt_secret"}) for each in world.shops.values()]
    return Answer.json({"whatsapp": numbers, "http": peers, "people": people, "webchat": shops})


@router.on("PUT", "/control/whatsapp/{number}")
async def put_number(call: Call, world: World) -> Answer:
    wish, name = call.read(NumberWish), call.places["number"]
    before = world.numbers.get(name)
    world.numbers[name] = Number(phone_number_id=name, **msgspec.structs.asdict(wish))
    world.numbers[name].templates = before.templates if before else samples()
    world.keep()
    return Answer.json({"phone_number_id": name, "api_base": call.origin})


@router.on("PUT", "/control/http/{peer}")
async def put_peer(call: Call, world: World) -> Answer:
    wish, name = call.read(PeerWish), call.places["peer"]
    before = world.peers.get(name)
    world.peers[name] = Peer(name=name, **msgspec.structs.asdict(wish))
    world.peers[name].parcels = before.parcels if before else []
    world.keep()
    return Answer.json({"name": name, "deliver_to": f"{call.origin}/peer/{name}"})


@router.on("PUT", "/control/webchat/{channel}")
async def put_shop(call: Call, world: World) -> Answer:
    wish, channel = call.read(ShopWish), call.places["channel"]
    world.shops[channel] = Shop(channel, wish.house, wish.jwt_secret)
    world.keep()
    return Answer.json({"channel": channel, "shop": f"{call.origin}/shop/{channel}"})


@router.on("POST", "/control/whatsapp/{number}/next")
async def next_of_number(call: Call, world: World) -> Answer:
    return _wish(call, world.numbers.get(call.places["number"]))


@router.on("POST", "/control/http/{peer}/next")
async def next_of_peer(call: Call, world: World) -> Answer:
    return _wish(call, world.peers.get(call.places["peer"]))


@router.on("DELETE", "/control/whatsapp/{number}")
async def forget_number(call: Call, world: World) -> Answer:
    world.numbers.pop(call.places["number"], None)
    world.keep()
    return Answer(204)


@router.on("DELETE", "/control/http/{peer}")
async def forget_peer(call: Call, world: World) -> Answer:
    world.peers.pop(call.places["peer"], None)
    world.keep()
    return Answer(204)


def _wish(call: Call, about: Number | Peer | None) -> Answer:
    if about is None:
        raise Refused(Answer.json({"error": "not registered"}, status=404))
    about.next = call.read(Wishes).next
    return Answer.json({"next": about.next})


def _without(value: Number | Peer | Shop, hidden: set[str]) -> dict[str, Any]:
    whole: dict[str, Any] = msgspec.to_builtins(value)
    return {name: each for name, each in whole.items() if name not in hidden}
