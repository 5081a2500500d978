"""Calls of Twilio's REST API: who we are, where it lives, how a message is made."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import msgspec

from filo.channels.contract import (
    Call,
    Config,
    Doubtful,
    Envelope,
    Failed,
    Handle,
    Media,
    Reason,
    Reply,
    Spoken,
    Text,
)
from filo.channels.kit import base_of
from filo.connectors.sms.inbound import REF
from filo.core.text import UNREADABLE

API = "https://api.twilio.com"
CONTENTS = "https://content.twilio.com"
VERSION = "2010-04-01"
MIB = 1024 * 1024


class Message(msgspec.Struct):
    """What the API says of a message."""

    sid: str = ""
    status: str = ""


def account_call(config: Config, path: str, **fields: Any) -> Call:
    """A call below our account: `Messages`, `IncomingPhoneNumbers`, …"""
    base = base_of(config.get("api_base") or API)
    account = quote(config["account_sid"], safe="")
    return Call(url=f"{base}/{VERSION}/Accounts/{account}{path}", headers=login(config), **fields)


def login(config: Config) -> dict[str, str]:
    """By an API key where there is one: it can be withdrawn without touching the webhooks."""
    pair = f"{config['account_sid']}:{next(iter(config.get('auth_token', '').split()), '')}"
    if config.get("api_key") and config.get("api_secret"):
        pair = f"{config['api_key']}:{config['api_secret']}"
    return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def creation(to: Handle, content: dict[str, str], config: Config, envelope: Envelope) -> Call:
    """`POST Messages.json`. There is no idempotency key: our reference travels in the callback."""
    form = {"To": to.value, **sender(config), **content}
    if envelope.hook:
        mark = "&" if "?" in envelope.hook else "?"
        form["StatusCallback"] = f"{envelope.hook}{mark}{REF}={quote(envelope.ref, safe='')}"
    return account_call(config, "/Messages.json", form=form)


def content_call(config: Config, body: dict[str, Any]) -> Call:
    base = base_of(config.get("api_base") or CONTENTS)
    return Call(f"{base}/v1/Content", json=body, headers=login(config), repeatable=True)


def sender(config: Config) -> dict[str, str]:
    if config.get("messaging_service"):
        return {"MessagingServiceSid": config["messaging_service"]}
    return {"From": config["number"]}


def content(part: Spoken) -> dict[str, str]:
    match part:
        case Text():
            return {"Body": part.text}
        case Media() if part.url:
            return {"MediaUrl": part.url} | ({"Body": part.caption} if part.caption else {})
        case Media():
            raise Failed(Reason.OTHER, "the file has no address that the provider could ask")
        case _:
            raise Failed(Reason.OTHER, f"SMS knows no {type(part).__name__}")


def sid_of(reply: Reply) -> str:
    try:
        sid = msgspec.json.decode(reply.body, type=Message).sid
    except UNREADABLE:
        sid = ""
    if not sid:
        raise Doubtful("taken, but no message id came back")
    return sid
