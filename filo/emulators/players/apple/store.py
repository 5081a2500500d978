"""Apple's store of files (MMCS): sealed bytes at addresses that are asked for, and that end."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from filo.emulators.players.apple import keys
from filo.emulators.web import Answer, Call, Refused, Router
from filo.emulators.world import File, moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account
    from filo.emulators.world import World

OWNER = "M~filo"
LIFE, SHORT = 86_400.0, 2.0  # seconds a file can be had; a reference to large data ends at once
PLACE = "/apple-mmcs"

router = Router()


def keep(world: World, body: bytes, origin: str, *, life: float = LIFE) -> tuple[str, bytes]:
    """Where it is, and the checksum that proves it; `said_at` holds when it ends."""
    file = File(world.new_id("mmcs"), "application/octet-stream", body)
    file.said_at = moment() + life
    world.files[file.id] = file
    return f"{origin}{PLACE}/{file.id}", checksum(body)


def checksum(body: bytes) -> bytes:
    return b"\x81" + hashlib.sha1(body, usedforsecurity=False).digest()


def found(world: World, url: str) -> File:
    file = world.files.get(url.rpartition("/")[2])
    if file is None or file.said_at < moment():
        raise Refused(Answer(404))
    return file


def plain(world: World, url: str, key: str) -> bytes:
    return keys.unlocked(found(world, url).body, key)


def sealed(world: World, account: Account, body: bytes, *, life: float = LIFE) -> dict[str, str]:
    """A file or data of a customer, as a message names it; both ways to write the names."""
    cipher, key = keys.locked(body)
    url, proof = keep(world, cipher, account.state.get("origin", ""), life=life)
    named = {"url": url, "owner": OWNER, "key": key, "signature": proof.hex()}
    if account.options.get("old_names"):
        mark = base64.b64encode(proof).decode()
        named = {"mmcs-url": url, "mmcs-owner": OWNER, "key": key, "signature-base64": mark}
    return named


# --- the addresses behind the gateway ---------------------------------------


@router.on("POST", PLACE + "/{file}")
async def upload(call: Call, world: World) -> Answer:
    file = world.files.get(call.places["file"])
    if file is None:
        raise Refused(Answer(404))
    file.body = call.body
    proof = base64.b64encode(checksum(call.body)).decode()
    return Answer.json({"singleFile": {"fileChecksum": proof, "size": len(call.body)}})


@router.on("GET", PLACE + "/{file}")
async def download(call: Call, world: World) -> Answer:
    return Answer(200, found(world, call.places["file"]).body, "application/octet-stream")


@router.on("GET", "/apple-media/{file}")
async def shown(call: Call, world: World) -> Answer:
    file = world.files.get(call.places["file"])
    return Answer(200, file.body, file.mime) if file else Answer(404)
