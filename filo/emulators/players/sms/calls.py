"""How Twilio calls us: forms signed over address and values, and what it does when we fail."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx

if TYPE_CHECKING:
    from filo.emulators.accounts import Account
    from filo.emulators.world import World

PAUSE = 0.1  # seconds before a call is made again
MOST = 5


def mark(address: str, values: Mapping[str, str], *, key: str, digest: str) -> str:
    """The signature: the address as called, then each name and value, sorted, without a seam."""
    signed = address + "".join(f"{name}{values[name]}" for name in sorted(values))
    return base64.b64encode(hmac.digest(key.encode(), signed.encode(), digest)).decode()


async def call(
    world: World, account: Account, address: str, values: dict[str, str], *, method: str = "POST"
) -> int:
    """The last attempt's HTTP status, 0 when nobody was there; then the fall-back address."""
    bare, wanted = _overrides(address)
    token = str(uuid.uuid4())
    status = await _try(world, account, bare, values, method, token)
    for _ in range(int(account.options.get("duplicates", 0))):
        await _try(world, account, bare, values, method, token)
    for _ in range(min(int(wanted.get("rc", "1")), MOST)):
        if not _again(status, wanted.get("rp", "ct")):
            break
        await asyncio.sleep(PAUSE)
        status = await _try(world, account, bare, values, method, token)
    if _failed(status) and (fallback := account.options.get("fallback_url")):
        told = values | {"ErrorCode": "11200", "ErrorUrl": bare}
        return await _try(world, account, fallback, told, "POST", str(uuid.uuid4()))
    return status


def _overrides(address: str) -> tuple[str, dict[str, str]]:
    """`https://x/y#rc=3&rp=all`: the wishes stand behind the hash, neither sent nor signed."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(fragment="")), dict(parse_qsl(parts.fragment))


def _failed(status: int) -> bool:
    return not 200 <= status < 300


def _again(status: int, policy: str) -> bool:
    """Twilio repeats a call that found nobody; a bad answer only where the address says so."""
    if not _failed(status):
        return False
    group = "ct" if status == 0 else f"{status // 100}xx"
    wanted = policy.split(",")
    return group in wanted or "all" in wanted


async def _try(
    world: World, account: Account, address: str, values: dict[str, str], method: str, token: str
) -> int:
    if not address:
        return 0
    if method == "GET":
        joint = "&" if urlsplit(address).query else "?"
        address, values = f"{address}{joint}{urlencode(values)}", {}
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "i-twilio-idempotency-token": token,
        "user-agent": "TwilioProxy/1.1",
        **_signed(account, address, values),
    }
    body = urlencode(values).encode()
    try:
        reply = await world.web.request(method, address, content=body, headers=headers)
    except httpx.TransportError:
        return 0
    return reply.status_code


def _signed(account: Account, address: str, values: dict[str, str]) -> dict[str, str]:
    """By the account's token in SHA-1, or since November 2026 by a shared key in SHA-256."""
    kept = account.settings
    if account.options.get("shared_key"):
        settings = f"key={kept.get('shared_key_id', '')},algorithm=HMAC_SHA256"
        key = kept.get("shared_key", "")
        return {
            "x-twilio-signature": mark(address, values, key=key, digest="sha256"),
            "x-twilio-webhooks-signature-settings": settings,
        }
    token = (kept.get("auth_token", "").split() or [""])[-1 if account.options.get("rolled") else 0]
    return {"x-twilio-signature": mark(address, values, key=token, digest="sha1")}


def sid(world: World, letters: str) -> str:
    """Two letters and 32 hexadecimal digits."""
    return letters + hashlib.md5(world.new_id("").encode(), usedforsecurity=False).hexdigest()
