"""The channel's life: is the account there, where does LINE call us, how much may we still send."""

from __future__ import annotations

from collections.abc import Generator

import msgspec

from filo.channels.contract import Call, Config, Failed, Hop, Later, Reply
from filo.channels.kit import base_of
from filo.connectors.line.errors import raise_for_line, read

API = "https://api.line.me"
CONTENT = "https://api-data.line.me"


class _Account(msgspec.Struct, rename="camel"):
    basic_id: str = ""
    display_name: str = ""
    chat_mode: str = ""


class _Endpoint(msgspec.Struct):
    endpoint: str = ""
    active: bool = False


class _Tried(msgspec.Struct, rename="camel"):
    success: bool = False
    status_code: int = 0
    reason: str = ""
    detail: str = ""


class _Quota(msgspec.Struct):
    type: str = "none"
    value: int = 0


class _Used(msgspec.Struct, rename="camel"):
    total_usage: int = 0


ANEW = "Issue a long-lived channel access token again in the LINE Developers Console."
REGISTER = "Press the button that tells the provider: it sets our address at LINE."
USE = "Switch Use webhook on: LINE Developers Console, Messaging API."
MANAGER = "Official Account Manager, Response settings: switch the chat off and the webhook on."
REACHED = "LINE must reach our address: https, with a certificate that everybody trusts."
MORE = "The month's messages are used up: take a larger plan, or wait for the next month."


def call(
    config: Config, path: str, *, method: str = "POST", base: str = API, **more: object
) -> Call:
    """A call of the Messaging API."""
    headers = {"authorization": f"Bearer {config['access_token']}"}
    given = more.pop("headers", {})
    assert isinstance(given, dict)
    where = f"{base_of(config.get('api_base') or base)}/v2/bot/{path}"
    return Call(where, method=method, headers=headers | given, **more)  # type: ignore[arg-type]


def check(config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
    reply = yield call(config, "info", method="GET")
    try:
        raise_for_line(reply)
    except (Failed, Later) as no:
        return (Hop("The access token", False, no.detail, ANEW),)
    account = read(reply, _Account)
    hops = [Hop("The access token", True, f"{account.display_name} {account.basic_id}".strip())]
    if account.chat_mode == "chat":
        told = "Chats are answered in LINE's own manager: switch its response mode to bot."
        hops.append(Hop("Filo answers, not LINE's manager", False, told, MANAGER))
    where = read((yield call(config, "channel/webhook/endpoint", method="GET")), _Endpoint)
    hops.append(Hop("LINE calls this channel", where.endpoint == hook, where.endpoint, REGISTER))
    hops.append(Hop("Use webhook is on", where.active, mend=USE))
    tried = read((yield call(config, "channel/webhook/test", json={"endpoint": hook})), _Tried)
    hops.append(Hop("A trial call went well", tried.success, _trial(tried), REACHED))
    hops.append((yield from _quota(config)))
    return tuple(hops)


def _trial(tried: _Tried) -> str:
    return " ".join(filter(None, [str(tried.status_code or ""), tried.reason, tried.detail]))


def _quota(config: Config) -> Generator[Call, Reply, Hop]:
    """How many messages of this month are used."""
    quota = read((yield call(config, "message/quota", method="GET")), _Quota)
    used = read((yield call(config, "message/quota/consumption", method="GET")), _Used).total_usage
    if quota.type != "limited":
        return Hop("Messages of this month", True, str(used))
    return Hop("Messages of this month", used < quota.value, f"{used} / {quota.value}", MORE)


def register(config: Config, *, hook: str) -> Generator[Call, Reply, dict[str, str]]:
    reply = yield call(config, "channel/webhook/endpoint", method="PUT", json={"endpoint": hook})
    raise_for_line(reply)
    return {}
