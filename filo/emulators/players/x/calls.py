"""How X calls us: its activity events, signed over the bytes, and the challenge of our address."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import httpx

from filo.emulators.players.x.desk import our_id

if TYPE_CHECKING:
    from filo.emulators.accounts import Account
    from filo.emulators.world import World

PATIENCE = 10.0


def mark(key: str, body: bytes) -> str:
    """Base64, where Meta writes hexadecimal."""
    return "sha256=" + base64.b64encode(hmac.digest(key.encode(), body, "sha256")).decode()


def key_of(account: Account) -> str:
    kept = account.settings
    return kept.get("consumer_secret") or kept.get("api_secret") or ""


async def challenge(world: World, account: Account, address: str = "") -> bool:
    """Does our address know the secret? Anything but the right word stops the deliveries."""
    word = secrets.token_urlsafe(16)
    address = address or account.hook
    joint = "&" if urlsplit(address).query else "?"
    try:
        reply = await world.web.get(
            f"{address}{joint}{urlencode({'crc_token': word})}", timeout=PATIENCE
        )
        told = reply.json().get("response_token", "") if reply.status_code == httpx.codes.OK else ""
    except (httpx.TransportError, ValueError, AttributeError):
        told = ""
    account.state["valid"] = told == mark(key_of(account), word.encode())
    return bool(account.state["valid"])


async def tell(
    world: World,
    account: Account,
    event: str,
    payload: dict[str, Any],
    includes: dict[str, Any] | None = None,
) -> int:
    """One activity event; 0 when nobody listens or nobody subscribed to it."""
    wanted = {one["event_type"] for one in account.state.get("subscriptions", {}).values()}
    if wanted and event not in wanted:
        return 0
    told: dict[str, Any] = {
        "event_uuid": str(uuid.uuid4().int >> 65),
        "filter": {"user_id": our_id(account)},
        "event_type": event,
        "payload": payload,
    }
    return await deliver(
        world, account, {"data": told | ({"includes": includes} if includes else {})}
    )


async def deliver(world: World, account: Account, call: dict[str, Any]) -> int:
    """X does not say how often it tries again: once, here; `replay` brings the rest."""
    body = json.dumps(call, ensure_ascii=bool(account.options.get("escaped"))).encode()
    account.state.setdefault("told", []).append(call)
    status = await _post(world, account, body)
    for _ in range(int(account.options.get("duplicates", 0))):
        await _post(world, account, body)
    return status


async def _post(world: World, account: Account, body: bytes) -> int:
    if not account.hook or account.state.get("valid") is False:
        return 0
    headers = {
        "content-type": "application/json",
        "x-twitter-webhooks-signature": mark(key_of(account), body),
    }
    try:
        reply = await world.web.post(account.hook, content=body, headers=headers, timeout=PATIENCE)
    except httpx.TransportError:
        return 0
    return reply.status_code
