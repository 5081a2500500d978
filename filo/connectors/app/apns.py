"""Apple's push service: HTTP/2, a token that we sign, one device a call."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from functools import lru_cache

import msgspec

from filo.channels.contract import (
    Call,
    Config,
    Device,
    Failed,
    Later,
    Notice,
    Reason,
    Reply,
    Scope,
)
from filo.channels.kit import base_of, raise_for_reply, retry_after
from filo.connectors.app.signing import key_of, signed
from filo.connectors.app.webpush import gone, topic
from filo.core.text import UNREADABLE

LIVE, SANDBOX = "https://api.push.apple.com", "https://api.sandbox.push.apple.com"
TURN = 40 * 60  # seconds: Apple refuses tokens over an hour old, and fresh ones every 20 minutes
GONE = frozenset({"BadDeviceToken", "Unregistered", "DeviceTokenNotForTopic", "ExpiredToken"})


class Why(msgspec.Struct):
    reason: str = ""


def push(
    device: Device, notice: Notice, config: Config, *, at: datetime
) -> Generator[Call, Reply, None]:
    host = SANDBOX if config.get("apns_host") == "sandbox" else LIVE
    reply = yield Call(
        url=f"{base_of(config.get('api_base') or host)}/3/device/{{device}}",
        keys={"device": device.address},
        json=_payload(notice),
        http2=True,
        repeatable=True,
        headers={
            "authorization": f"bearer {_token(config, at)}",
            "apns-topic": config.get("apns_topic", ""),
            "apns-push-type": "alert",
            "apns-priority": "10",
            "apns-expiration": str(int(at.timestamp()) + notice.lasts),
            **({"apns-collapse-id": topic(notice.tag)} if notice.tag else {}),
        },
    )
    if reply.status != 200:
        _refuse(reply)


def _payload(notice: Notice) -> dict[str, object]:
    alert = {"title": notice.title, **({"body": notice.text} if notice.text else {})}
    aps: dict[str, object] = {"alert": alert, "sound": "default"}
    if notice.tag:
        aps["thread-id"] = notice.tag
    told = {"url": notice.url, "message": notice.about}
    return {"aps": aps, **{name: text for name, text in told.items() if text}}


def _token(config: Config, at: datetime) -> str:
    key = config.get("apns_key", "")
    if not key:
        raise Failed(Reason.REFUSED, "no key of Apple's is set for this channel")
    begin = int(at.timestamp()) // TURN * TURN
    return _signed(key, config.get("apns_key_id", ""), config.get("apns_team", ""), begin)


@lru_cache(maxsize=16)
def _signed(key: str, key_id: str, team: str, begin: int) -> str:
    """The same word for as long as its time runs: Apple counts how often it changes."""
    return signed({"kid": key_id}, {"iss": team, "iat": begin}, key_of(key, what="the APNs key"))


def _refuse(reply: Reply) -> None:
    why = _why(reply)
    if reply.status == 410 or why in GONE:
        raise gone(reply.status)
    if reply.status == 429:  # too many for this one device
        raise Later(retry_after(reply), why)
    if reply.status in (401, 403):
        raise Failed(Reason.REFUSED, f"Apple: {why}", scope=Scope.CHANNEL)
    raise_for_reply(reply)


def _why(reply: Reply) -> str:
    try:
        return msgspec.json.decode(reply.body, type=Why).reason
    except UNREADABLE:
        return ""
