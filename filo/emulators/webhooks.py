"""How the emulated Meta calls us: signed over the escaped bytes, again until it reads 200."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx

from filo.channels.kit import signature
from filo.emulators.world import Number, Person, World

PAUSES = (0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 60, 60)  # Meta's own go on for seven days


def envelope(number: Number, value: dict[str, Any], *, field: str = "messages") -> dict[str, Any]:
    metadata = {
        "display_phone_number": number.display,
        "phone_number_id": number.phone_number_id,
    }
    whole = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": number.waba_id, "changes": [{"value": whole, "field": field}]}],
    }


def contact(person: Person, *, identity: str = "both") -> dict[str, Any]:
    """Who wrote, as far as Meta tells: `both`, `phone`, `bsuid`, or `in_from`."""
    profile = {"name": person.name} | ({"username": person.username} if person.username else {})
    ids = {
        "both": {"wa_id": person.phone, "user_id": person.bsuid},
        "phone": {"wa_id": person.phone},
        "bsuid": {"user_id": person.bsuid},
        "in_from": {"wa_id": person.bsuid},
    }
    return {"profile": profile, **ids[identity]}


def wire(call: dict[str, Any]) -> bytes:
    """Meta escapes everything beyond ASCII, and the slash, before it signs."""
    return json.dumps(call, separators=(",", ":")).replace("/", "\\/").encode()


async def deliver(world: World, number: Number, call: dict[str, Any]) -> int:
    """The first attempt's HTTP status (0: nobody there); the rest happens by itself."""
    body = wire(call)
    status = await _post(world, number, body)
    for _ in range(number.options.duplicates):
        await _post(world, number, body)
    if status != httpx.codes.OK:
        world.later(_insist(world, number, body))
    return status


async def _insist(world: World, number: Number, body: bytes) -> None:
    for pause in PAUSES:
        await asyncio.sleep(pause)
        if await _post(world, number, body) == httpx.codes.OK:
            return


async def _post(world: World, number: Number, body: bytes) -> int:
    if not number.hook:
        return 0
    headers = {
        "content-type": "application/json",
        "x-hub-signature-256": signature(key=number.app_secret, body=body),
        "user-agent": "facebookexternalua",
    }
    try:
        return (await world.web.post(number.hook, content=body, headers=headers)).status_code
    except httpx.TransportError:
        return 0
