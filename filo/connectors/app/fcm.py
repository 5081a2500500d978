"""Firebase Cloud Messaging, HTTP v1: a service account asks for a token, then one device a call."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from datetime import datetime

import msgspec

from filo.channels.contract import Call, Config, Device, Failed, Later, Notice, Reason, Reply, Scope
from filo.channels.kit import A_WHILE, base_of, excerpt, raise_for_reply
from filo.connectors.app.signing import key_of, signed
from filo.connectors.app.webpush import gone, topic
from filo.core.text import UNREADABLE

API = "https://fcm.googleapis.com"
TOKENS = "https://oauth2.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
HOUR, A_MINUTE = 3600, 60
GONE = frozenset({"UNREGISTERED", "SENDER_ID_MISMATCH"})


_tokens: dict[tuple[str, str], tuple[str, float]] = {}  # by account: its token, and until when


class Robot(msgspec.Struct):
    """The file that the Firebase console gives."""

    project_id: str = ""
    client_email: str = ""
    private_key: str = ""
    private_key_id: str = ""


class Token(msgspec.Struct):
    access_token: str = ""
    expires_in: float = 0.0


class Detail(msgspec.Struct, rename="camel"):
    error_code: str = ""


class Trouble(msgspec.Struct):
    status: str = ""
    details: list[Detail] = []


class Problem(msgspec.Struct):
    error: Trouble = msgspec.field(default_factory=Trouble)


def push(
    device: Device, notice: Notice, config: Config, *, at: datetime
) -> Generator[Call, Reply, None]:
    account = _account(config)
    reply = yield from _sent(device, notice, config, at)
    if reply.status == 401:  # taken back before its hour was over
        _tokens.pop(_place(account, config), None)
        reply = yield from _sent(device, notice, config, at)
    if reply.status == 404 or _code(reply) in GONE:
        raise gone(reply.status)
    raise_for_reply(reply)


def access(config: Config, at: datetime) -> Generator[Call, Reply, str]:
    """A token for this channel's service account."""
    return (yield from _access(_account(config), config, at)).access_token


def _sent(
    device: Device, notice: Notice, config: Config, at: datetime
) -> Generator[Call, Reply, Reply]:
    account = _account(config)
    token = yield from _token(account, config, at)
    base = base_of(config.get("api_base") or API)
    return (
        yield Call(
            url=f"{base}/v1/projects/{account.project_id}/messages:send",
            json={"message": _message(device, notice)},
            headers={"authorization": f"Bearer {token}"},
            repeatable=True,
        )
    )


def _place(account: Robot, config: Config) -> tuple[str, str]:
    print_ = hashlib.sha256(account.private_key.encode()).hexdigest()
    return print_, config.get("api_base", "")


def _token(account: Robot, config: Config, at: datetime) -> Generator[Call, Reply, str]:
    """The same token for as long as it lives: one exchange an hour, not one a push."""
    place, now = _place(account, config), at.timestamp()
    word, until = _tokens.get(place, ("", 0.0))
    if now < until:
        return word
    found = yield from _access(account, config, at)
    _tokens[place] = (found.access_token, now + min(found.expires_in, HOUR) - A_MINUTE)
    return found.access_token


def _account(config: Config) -> Robot:
    try:
        found = msgspec.json.decode(config.get("fcm_account", "") or "{}", type=Robot)
    except UNREADABLE:
        found = Robot()
    if not (found.project_id and found.private_key):
        raise Failed(Reason.REFUSED, "no service account of Firebase is set for this channel")
    return found


def _access(account: Robot, config: Config, at: datetime) -> Generator[Call, Reply, Token]:
    base = base_of(config.get("api_base") or TOKENS)
    now = int(at.timestamp())
    claims = {
        "iss": account.client_email,
        "scope": SCOPE,
        "aud": f"{TOKENS}/token",
        "iat": now,
        "exp": now + HOUR,
    }
    key = key_of(account.private_key, what="the service account's key")
    word = signed({"typ": "JWT", "kid": account.private_key_id}, claims, key)
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    form = {"grant_type": grant, "assertion": word}
    reply = yield Call(url=f"{base}/token", form=form, repeatable=True)
    if reply.status == 400:
        why = f"Google refuses the service account: {excerpt(reply.body)}"
        raise Failed(Reason.REFUSED, why, scope=Scope.CHANNEL)
    raise_for_reply(reply)
    try:
        token = msgspec.json.decode(reply.body, type=Token)
    except UNREADABLE:
        token = Token()
    if not token.access_token:
        raise Later(A_WHILE, "Google gave no access token", scope=Scope.CHANNEL)
    return token


def _message(device: Device, notice: Notice) -> dict[str, object]:
    shown = {"title": notice.title, **({"body": notice.text} if notice.text else {})}
    android: dict[str, object] = {"priority": "high", "ttl": f"{notice.lasts}s"}
    if notice.tag:
        android["collapse_key"] = topic(notice.tag)
    told = {"url": notice.url, "tag": notice.tag, "message": notice.about}
    more = {name: text for name, text in told.items() if text}
    return {"token": device.address, "notification": shown, "data": more, "android": android}


def _code(reply: Reply) -> str:
    if reply.status < 400:
        return ""
    try:
        trouble = msgspec.json.decode(reply.body, type=Problem).error
    except UNREADABLE:
        return ""
    return next((one.error_code for one in trouble.details if one.error_code), trouble.status)
