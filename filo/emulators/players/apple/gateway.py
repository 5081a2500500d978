"""Apple's gateway for messaging service providers: `mspgw.push.apple.com/v1`."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import msgspec

from filo.core.text import UNREADABLE
from filo.emulators.accounts import Bubble
from filo.emulators.players.apple import keys, screens, store
from filo.emulators.players.apple.desk import (
    abilities,
    accounts,
    business_of,
    person_of,
    secret_of,
    state,
)
from filo.emulators.web import Answer, Call, Refused, Route, Router
from filo.emulators.whims import LOSE, indulge
from filo.emulators.world import moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account
    from filo.emulators.world import World

LARGEST = 100 * 1024 * 1024
TYPING = 60.0

_plain = msgspec.json.Decoder(dict[str, Any])


class Doors(Router):
    """The gateway, and the store behind it, as one."""

    def find(self, call: Call) -> tuple[Route, dict[str, str]] | None:
        return store.router.find(call) or super().find(call)


router = Doors()


def account_of(call: Call, world: World) -> Account:
    """401 without a token; 403 for one that nobody here signed."""
    kind, _, given = call.headers.get("authorization", "").partition(" ")
    if kind != "Bearer" or not given:
        raise Refused(Answer(401))
    for account in accounts(world):
        told = keys.claims(given, secret=secret_of(account)) if secret_of(account) else None
        if told is None or told.get("iss") != account.settings.get("msp_id"):
            continue
        if isinstance(told.get("iat"), int | float) and call.headers.get("source-id") in (
            business_of(account),
            None,
        ):
            account.state["origin"] = call.origin
            return account
    raise Refused(Answer(403))


# --- messages ---------------------------------------------------------------


@router.on("POST", "/v1/message")
async def message(call: Call, world: World) -> Answer:
    account = account_of(call, world)
    told = _read(call)
    person = _check(account, call, told)
    wish = await indulge(account.next)
    talk = world.accounts.talk(account, person)
    if told["type"] in ("typing_start", "typing_end"):
        talk.typing_until = moment() + TYPING if told["type"] == "typing_start" else 0.0
        return Answer(200)
    seen = state(account, "seen")
    if told["id"] not in seen:
        seen[told["id"]] = True
        bubbles = screens.drawn(world, told, abilities(account))
        for n, (kind, content) in enumerate(bubbles):
            id_ = told["id"] if n == 0 else f"{told['id']}:{n}"
            talk.bubbles.append(Bubble(id_, True, moment(), kind, content, ref=told["id"]))
        state(account, "asked")[told["id"]] = told.get("interactiveData") or {}
        talk.typing_until = 0.0
    return Answer(200, cut=wish == LOSE)


def _read(call: Call) -> dict[str, Any]:
    body = call.body
    try:
        if call.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        return _plain.decode(body)
    except (*UNREADABLE, OSError, EOFError) as why:
        raise Refused(Answer.json({"error": "the body cannot be read"}, status=400)) from why


def _check(account: Account, call: Call, told: dict[str, Any]) -> str:
    """Head and body say the same; whom it is for is known, and has not closed the thread."""
    head = call.headers
    pairs = (("id", "id"), ("source-id", "sourceId"), ("destination-id", "destinationId"))
    if told.get("v") != 1 or any(head.get(one) != told.get(two) for one, two in pairs):
        raise Refused(Answer.json({"error": "header and body differ"}, status=400))
    if not told.get("id") or not told.get("type"):
        raise Refused(Answer.json({"error": "id or type is missing"}, status=400))
    person = person_of(account, str(told["destinationId"]))
    if person is None:
        raise Refused(Answer(404))
    if person in state(account, "closed"):
        raise Refused(Answer(403))
    return person


# --- files ------------------------------------------------------------------


@router.on("GET", "/v1/preUpload")
async def pre_upload(call: Call, world: World) -> Answer:
    account_of(call, world)
    size = call.headers.get("mmcs-size", "")
    if not size.isdigit() or int(size) > LARGEST:
        raise Refused(Answer.json({"error": "MMCS-Size"}, status=400))
    url, _ = store.keep(world, b"", call.origin)
    told = {"upload-url": url, "mmcs-url": url, "mmcs-owner": store.OWNER}
    return Answer.json(told)


@router.on("GET", "/v1/preDownload")
async def pre_download(call: Call, world: World) -> Answer:
    account_of(call, world)
    head = call.headers
    if head.get("owner") != store.OWNER or not head.get("signature"):
        raise Refused(Answer.json({"error": "owner or signature"}, status=400))
    file = store.found(world, head.get("url", ""))
    return Answer.json({"download-url": f"{call.origin}{store.PLACE}/{file.id}"})


def packed(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def zipped(body: bytes) -> bytes:
    return gzip.compress(body)
