"""The other side of the `http` connector: takes deliveries, drops repeats, sends signed events."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec

from filo.channels.contract import Forged
from filo.channels.kit import check_webhook, sign_webhook
from filo.core import clock
from filo.emulators.web import Answer, Call, Refused, Router
from filo.emulators.whims import LOSE, indulge
from filo.emulators.world import Parcel, Peer, World, moment

router = Router()


@router.on("POST", "/peer/{peer}")
async def take(call: Call, world: World) -> Answer:
    peer = _peer(call, world)
    _check(call, peer)
    wish = await indulge(peer.next)
    parcel = _kept(peer, call.headers["webhook-id"])
    if parcel is None:
        parcel = Parcel(
            world.new_id("peer-"), call.headers["webhook-id"], call.read(dict[str, Any]), moment()
        )
        peer.parcels.append(parcel)
    else:
        parcel.arrivals += 1
    return Answer(200, msgspec.json.encode({"id": parcel.id}), cut=wish == LOSE)


@router.on("GET", "/peer/{peer}")
async def look_up(call: Call, world: World) -> Answer:
    peer = _peer(call, world)
    _check(call, peer)
    parcel = _kept(peer, call.query.get("ref", ""))
    if parcel is None:
        raise Refused(Answer.json({"error": "never seen"}, status=404))
    return Answer.json({"id": parcel.id})


def _check(call: Call, peer: Peer) -> None:
    try:
        check_webhook(headers=call.headers, body=call.body, secret=peer.secret, at=clock.now())
    except Forged as forged:
        peer.forged += 1
        raise Refused(Answer.json({"error": str(forged)}, status=401)) from forged


def _kept(peer: Peer, webhook_id: str) -> Parcel | None:
    return next((each for each in peer.parcels if each.webhook_id == webhook_id), None)


# --- play -----------------------------------------------------------------


@router.on("POST", "/play/http/{peer}/events")
async def tell(call: Call, world: World) -> Answer:
    """Send these events to the hook, signed; answers what the hook said."""
    peer = _peer(call, world)
    events = call.read(dict[str, list[dict[str, Any]]]).get("events", [])
    body = msgspec.json.encode({"events": events})
    signed = sign_webhook(id=world.new_id("evt-"), at=clock.now(), body=body, secret=peer.secret)
    headers = {"content-type": "application/json", **signed}
    try:
        reply = await world.web.post(peer.hook, content=body, headers=headers)
    except httpx.TransportError as trouble:
        return Answer.json({"hook": 0, "error": type(trouble).__name__})
    return Answer.json({"hook": reply.status_code, "body": reply.text})


@router.on("GET", "/play/http/{peer}/deliveries")
async def deliveries(call: Call, world: World) -> Answer:
    peer = _peer(call, world)
    return Answer.json({"deliveries": peer.parcels, "forged": peer.forged})


def _peer(call: Call, world: World) -> Peer:
    peer = world.peers.get(call.places["peer"])
    if peer is None:
        raise Refused(Answer.json({"error": "no such peer: register it first"}, status=404))
    return peer
