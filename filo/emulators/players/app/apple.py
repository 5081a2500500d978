"""Apple's push service as APNs answers: the token of who sends, the topic, the device, the size.

Spoken here over HTTP/1.1, because the town's server speaks nothing newer; the paths, headers,
bodies and reasons are APNs'. That Filo speaks HTTP/2 to a server that has it is a test of its own
(`filo/channels/tests/test_http2.py`).
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from filo.emulators.players.app.phone import KIND, by_address, notify
from filo.emulators.web import Answer, Call, Refused, Router
from filo.emulators.whims import indulge
from filo.emulators.world import World, moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account

router = Router()
MOST = 4096
HOUR, FRESH = 3600, 20 * 60
TOKEN = re.compile(r"[0-9a-f]{64,200}\Z", re.IGNORECASE)
REASONS = {
    "BadCollapseId": 400,
    "BadDeviceToken": 400,
    "DeviceTokenNotForTopic": 400,
    "InvalidPushType": 400,
    "MissingTopic": 400,
    "PayloadEmpty": 400,
    "ExpiredProviderToken": 403,
    "InvalidProviderToken": 403,
    "MissingProviderToken": 403,
    "Unregistered": 410,
    "PayloadTooLarge": 413,
    "TooManyProviderTokenUpdates": 429,
    "TooManyRequests": 429,
    "InternalServerError": 500,
    "ServiceUnavailable": 503,
    "Shutdown": 503,
}


@router.on("POST", "/3/device/{token}")
async def push(call: Call, world: World) -> Answer:
    account = _sender(call, world)
    wish = await indulge(account.next) if account.next else ""
    if wish in REASONS:
        raise no(wish)
    _check(call, account)
    token = call.places["token"]
    if not TOKEN.match(token):
        raise no("BadDeviceToken")
    known = by_address(world, token)
    if known is None:
        raise no("BadDeviceToken")
    if known[1].gone or not known[1].enrolled:
        raise no("Unregistered")
    told = call.read(dict[str, Any])
    _show(call, known[1], told)
    headers = {"apns-id": call.headers.get("apns-id") or str(uuid.uuid4()).upper()}
    return Answer(200, b"", headers=headers)


def _show(call: Call, found: Any, told: dict[str, Any]) -> None:
    aps = told.get("aps")
    if not isinstance(aps, dict):
        raise no("PayloadEmpty")
    alert = aps.get("alert") or {}
    more = {name: told[name] for name in told if name != "aps"}
    words = {"title": alert.get("title", ""), "text": alert.get("body", "")}
    tag = call.headers.get("apns-collapse-id", "")
    notify(found, tag=tag, by="apns", **words, payload=more)


def _sender(call: Call, world: World) -> Account:
    """Whose token it is: its key by `kid`, its team by `iss`, no older than an hour."""
    word = call.headers.get("authorization", "").removeprefix("bearer ")
    if not word:
        raise no("MissingProviderToken")
    for account in world.accounts.of(KIND).values():
        if (claims := _claims(word, account)) is not None:
            _check_age(account, claims, word)
            return account
    raise no("InvalidProviderToken")


def _claims(word: str, account: Account) -> dict[str, Any] | None:
    kept = account.settings
    if not kept.get("apns_key"):
        return None
    try:
        found = jwt.decode(word, ECKey.import_key(kept["apns_key"]), algorithms=["ES256"])
    except (JoseError, ValueError):
        return None
    named = (found.header.get("kid"), found.claims.get("iss"))
    return found.claims if named == (kept.get("apns_key_id"), kept.get("apns_team")) else None


def _check_age(account: Account, claims: dict[str, Any], word: str) -> None:
    began = claims.get("iat", 0)
    if not moment() - HOUR < began <= moment() + 60:
        raise no("ExpiredProviderToken")
    before, at = account.state.get("apns_word", ("", 0))
    if before != word and before and began - at < FRESH:
        raise no("TooManyProviderTokenUpdates")
    account.state["apns_word"] = (word, began)


def _check(call: Call, account: Account) -> None:
    topic = call.headers.get("apns-topic", "")
    if not topic:
        raise no("MissingTopic")
    if topic != account.settings.get("apns_topic"):
        raise no("DeviceTokenNotForTopic")
    if call.headers.get("apns-push-type") not in {"alert", "background"}:
        raise no("InvalidPushType")
    if len(call.headers.get("apns-collapse-id", "")) > 64:
        raise no("BadCollapseId")
    if not call.body:
        raise no("PayloadEmpty")
    if len(call.body) > MOST:
        raise no("PayloadTooLarge")


def no(reason: str) -> Refused:
    told: dict[str, Any] = {"reason": reason}
    if reason == "Unregistered":
        told["timestamp"] = int(moment() * 1000)
    status = REASONS.get(reason, 400)
    headers = {"retry-after": "5"} if status == 503 else {}
    return Refused(Answer(status, msgspec.json.encode(told), headers=headers))
