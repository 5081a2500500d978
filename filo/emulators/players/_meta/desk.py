"""Whose page or account it is, who the people are, and how Meta calls us about them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from typing import Any

import httpx

from filo.channels.kit import signature
from filo.emulators.accounts import Account, Bubble, Talk
from filo.emulators.players._meta.errors import refused
from filo.emulators.web import Call
from filo.emulators.world import World, moment

MESSENGER, INSTAGRAM, PAGE = "messenger", "instagram", "facebook_page"
KINDS = (MESSENGER, INSTAGRAM, PAGE)
OWN = {MESSENGER: ("page_id",), PAGE: ("page_id",), INSTAGRAM: ("account_id", "page_id")}
PAUSES = (0.2, 0.5, 1, 2, 5, 10, 20, 30, 60)  # the real ones go on for an hour, then unsubscribe
APP = 1234567890
BEARER = "Bearer "


# --- accounts -------------------------------------------------------------


def ids_of(account: Account) -> list[str]:
    found = [account.settings.get(name, "") for name in OWN[account.kind]]
    return [one for one in (*found, account.settings.get("user_id", "")) if one]


def our_id(account: Account) -> str:
    return account.settings.get(OWN[account.kind][0], "") or account.name


def accounts(world: World) -> list[Account]:
    return [one for kind in KINDS for one in world.accounts.of(kind).values()]


def token_of(call: Call) -> str:
    head = call.headers.get("authorization", "")
    return (
        head.removeprefix(BEARER) if head.startswith(BEARER) else call.query.get("access_token", "")
    )


def holders(call: Call, world: World) -> list[Account]:
    """The accounts whose token this is. The proof, where it is given, must be that of the app."""
    token = token_of(call)
    found = [one for one in accounts(world) if token and token in _keys(one)]
    given = call.query.get("appsecret_proof", "")
    for account in found if given else ():
        secret = account.settings.get("app_secret", "").encode()
        if not hmac.compare_digest(hmac.digest(secret, token.encode(), "sha256").hex(), given):
            raise refused("100", "Invalid appsecret_proof provided in the API argument")
    return found


def _keys(account: Account) -> tuple[str, ...]:
    """A key that was exchanged holds until its own end: the answer may have been lost."""
    return (account.settings.get("access_token", ""), *account.state.get("older_keys", ()))


def holder(call: Call, world: World, id_: str) -> Account | None:
    """The account of this id whose token it is; 190 when the id is ours and the token is not."""
    holding = holders(call, world)
    for account in holding:
        if id_ in ("me", *ids_of(account)):
            return account
    if any(id_ in ids_of(account) for account in accounts(world)):
        raise refused("190")
    return None


def sibling(world: World, account: Account, kind: str) -> Account:
    """The inbox of a page, beside its public wall: the account of that kind with the same id."""
    others = world.accounts.of(kind).values()
    return next((one for one in others if our_id(one) == our_id(account)), account)


# --- people ---------------------------------------------------------------


def scoped(account: Account, person: str, name: str = "") -> str:
    """The person's id here: it holds for one page or account."""
    space = f"{'instagram' if account.kind == INSTAGRAM else 'page'}:{our_id(account)}"
    number = int(hashlib.sha256(f"{space}:{person}".encode()).hexdigest()[:12], 16)
    id_ = f"{5 if account.kind == INSTAGRAM else 7}{number:015d}"[:16]
    people = account.state.setdefault("people", {})
    known = people.get(id_, {})
    people[id_] = {"person": person, "name": name or known.get("name", "") or person}
    return id_


def person_of(account: Account, id_: str) -> str:
    """Whose device that is; empty for nobody we know."""
    return str(account.state.get("people", {}).get(id_, {}).get("person", ""))


def name_of(account: Account, id_: str) -> str:
    return str(account.state.get("people", {}).get(id_, {}).get("name", ""))


def heard_at(talk: Talk) -> float:
    """When the customer last wrote, tapped or reacted; 0 when this is not known any more."""
    return max((one.at for one in talk.bubbles if not one.out), default=0.0)


def bubble_of(talk: Talk, id_: str) -> Bubble | None:
    return next((one for one in talk.bubbles if one.id == id_), None)


# --- calls to us ----------------------------------------------------------


def stamp(account: Account) -> int:
    """Milliseconds; older clients give seconds, and nobody says which."""
    at = moment()
    return int(at) if account.options.get("seconds") else int(at * 1000)


async def messaging(world: World, account: Account, sender: str, event: dict[str, Any]) -> int:
    """One event of a private thread, from this person to us."""
    return await tell(world, account, entry(account, sender, our_id(account), event))


async def echo(world: World, account: Account, to: str, message: dict[str, Any]) -> int:
    """What we sent, told to every app of the page, ours too."""
    return await tell(world, account, entry(account, our_id(account), to, {"message": message}))


def entry(account: Account, sender: str, recipient: str, event: dict[str, Any]) -> dict[str, Any]:
    """One event in its envelope. `standby`: another app answers in this thread."""
    place = "standby" if account.options.get("standby") else "messaging"
    told = {
        "sender": {"id": sender},
        "recipient": {"id": recipient},
        "timestamp": stamp(account),
        **event,
    }
    kind = "instagram" if account.kind == INSTAGRAM else "page"
    return {
        "object": kind,
        "entry": [{"id": our_id(account), "time": int(moment() * 1000), place: [told]}],
    }


async def changed(world: World, account: Account, field: str, value: dict[str, Any]) -> int:
    """One change in public. Instagram's own login tells it without `changes`."""
    kind = "instagram" if account.kind == INSTAGRAM else "page"
    change = {"field": field, "value": value}
    bare = account.kind == INSTAGRAM and account.settings.get("login") != "facebook"
    told = change if bare and not account.options.get("changes") else {"changes": [change]}
    whole = {"id": our_id(account), "time": int(moment()), **told}
    return await tell(world, account, {"object": kind, "entry": [whole]})


def wire(call: dict[str, Any]) -> bytes:
    """Meta escapes everything beyond ASCII, and the slash, before it signs."""
    return json.dumps(call, separators=(",", ":")).replace("/", "\\/").encode()


async def tell(world: World, account: Account, call: dict[str, Any]) -> int:
    """The first attempt's HTTP status (0: nobody there); the rest happens by itself."""
    body = wire(call)
    status = await _post(world, account, body)
    for _ in range(int(account.options.get("duplicates", 0))):
        await _post(world, account, body)
    if status != httpx.codes.OK and account.hook:
        world.later(_insist(world, account, body))
    return status


async def _insist(world: World, account: Account, body: bytes) -> None:
    for pause in PAUSES:
        await asyncio.sleep(pause)
        if await _post(world, account, body) == httpx.codes.OK:
            return


async def _post(world: World, account: Account, body: bytes) -> int:
    if not account.hook:
        return 0
    headers = {
        "content-type": "application/json",
        "x-hub-signature-256": signature(key=account.settings.get("app_secret", ""), body=body),
        "user-agent": "facebookexternalua",
    }
    try:
        return (await world.web.post(account.hook, content=body, headers=headers)).status_code
    except httpx.TransportError:
        return 0


async def knock(world: World, account: Account) -> int:
    """The handshake: our own word must come back."""
    query = {
        "hub.mode": "subscribe",
        "hub.verify_token": account.settings.get("verify_token", ""),
        "hub.challenge": "1158201444",
    }
    try:
        reply = await world.web.get(account.hook, params=query)
    except httpx.TransportError:
        return 0
    return reply.status_code if reply.text == query["hub.challenge"] else 0
