"""Firebase Cloud Messaging, HTTP v1: a service account asks for a token, then one device a call."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from filo.emulators.players.app.phone import KIND, by_address, notify
from filo.emulators.web import Answer, Call, Refused, Router
from filo.emulators.whims import indulge
from filo.emulators.world import World, moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account

router = Router()
AUDIENCE = "https://oauth2.googleapis.com/token"
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
HOUR = 3600
MOST = 4096
# errorCode -> HTTP status, and the canonical status that stands beside it
CODES = {
    "INVALID_ARGUMENT": (400, "INVALID_ARGUMENT"),
    "THIRD_PARTY_AUTH_ERROR": (401, "UNAUTHENTICATED"),
    "SENDER_ID_MISMATCH": (403, "PERMISSION_DENIED"),
    "UNREGISTERED": (404, "NOT_FOUND"),
    "QUOTA_EXCEEDED": (429, "RESOURCE_EXHAUSTED"),
    "INTERNAL": (500, "INTERNAL"),
    "UNAVAILABLE": (503, "UNAVAILABLE"),
}


class Robot(msgspec.Struct):
    project_id: str = ""
    client_email: str = ""
    private_key: str = ""
    private_key_id: str = ""


@router.on("POST", "/token")
async def exchange(call: Call, world: World) -> Answer:
    """OAuth2 for a service account: a word that it signed, for a token of an hour."""
    form = _form(call)
    if form.get("grant_type") != GRANT:
        raise _refused("unsupported_grant_type", "Invalid grant_type")
    for account in world.accounts.of(KIND).values():
        robot = robot_of(account)
        if robot and _is_signed(form.get("assertion", ""), robot):
            token = f"ya29.{secrets.token_urlsafe(24)}"
            account.state.setdefault("tokens", {})[token] = moment() + HOUR
            told = {"access_token": token, "expires_in": HOUR - 1, "token_type": "Bearer"}
            return Answer.json(told)
    raise _refused("invalid_grant", "Invalid JWT Signature.")


def robot_of(account: Account) -> Robot | None:
    word = account.settings.get("fcm_account", "")
    return msgspec.json.decode(word, type=Robot) if word else None


def _is_signed(word: str, robot: Robot) -> bool:
    try:
        found = jwt.decode(word, RSAKey.import_key(robot.private_key), algorithms=["RS256"])
    except (JoseError, ValueError):
        return False
    claims, now = found.claims, moment()
    right = (claims.get("iss"), claims.get("aud"), claims.get("scope"))
    if right != (robot.client_email, AUDIENCE, SCOPE):
        return False
    begin, end = claims.get("iat", 0), claims.get("exp", 0)
    if not (begin - 60 <= now < end and end - begin <= HOUR):
        raise _refused("invalid_grant", "Invalid JWT: iat and exp must lie within an hour.")
    return True


@router.on("POST", "/v1/projects/{project}/messages:send")
async def send(call: Call, world: World) -> Answer:
    account = _sender(call, world)
    wish = await indulge(account.next) if account.next else ""
    if wish in CODES:
        raise no(wish)
    robot = robot_of(account)
    if robot is None or robot.project_id != call.places["project"]:
        raise no("SENDER_ID_MISMATCH")
    message = call.read(dict[str, Any]).get("message") or {}
    _check(call, message)
    known = by_address(world, str(message["token"]))
    if known is None or known[1].gone or not known[1].enrolled:
        raise no("UNREGISTERED")
    shown, more = message.get("notification") or {}, message.get("data") or {}
    tag = (message.get("android") or {}).get("collapse_key", "")
    words = {"title": shown.get("title", ""), "text": shown.get("body", "")}
    notify(known[1], tag=tag, by="fcm", **words, payload=more)
    name = f"projects/{robot.project_id}/messages/0:{world.new_id('')}"
    return Answer.json({"name": name})


def _sender(call: Call, world: World) -> Account:
    word = call.headers.get("authorization", "").removeprefix("Bearer ")
    for account in world.accounts.of(KIND).values():
        if account.state.get("tokens", {}).get(word, 0) > moment():
            return account
    raise no("THIRD_PARTY_AUTH_ERROR")


def _check(call: Call, message: dict[str, Any]) -> None:
    more = message.get("data") or {}
    strings = all(isinstance(told, str) for told in more.values())
    token = message.get("token")
    if not strings or len(call.body) > MOST or not isinstance(token, str) or ":" not in token:
        raise no("INVALID_ARGUMENT")


def _form(call: Call) -> dict[str, str]:
    return dict(parse_qsl(call.body.decode()))


def _refused(error: str, why: str) -> Refused:
    return Refused(Answer.json({"error": error, "error_description": why}, status=400))


def no(code: str) -> Refused:
    status, name = CODES[code]
    kind = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
    details = [{"@type": kind, "errorCode": code}]
    told = {"error": {"code": status, "message": code, "status": name, "details": details}}
    headers = {"retry-after": "5"} if status in (429, 503) else {}
    return Refused(Answer(status, msgspec.json.encode(told), headers=headers))
