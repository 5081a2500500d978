"""The channel's life: is the bot there, where does Telegram call us, what did we miss."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from filo.channels.contract import Call, Config, Failed, Fed, Hop, Later, Reply, Request
from filo.connectors.telegram import secret
from filo.connectors.telegram.errors import raise_for_telegram
from filo.connectors.telegram.outbound import method
from filo.core.text import UNREADABLE

ANEW = "Ask BotFather for the token again (/mybots > API Token) and paste it into the settings."
REGISTER = "Press the button that tells the provider: it sets all of this anew."
BUSINESS = "Switch Business Mode on in BotFather: Bot Settings > Business Mode."
REACHED = "Telegram must reach us: https, a certificate all trust, port 443, 80, 88 or 8443."

# Left out, Telegram keeps what was set before; an empty list leaves reactions out.
WANTED = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "message_reaction",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
]
MOST_UPDATES = 100

T = TypeVar("T")


class _Result(Struct):
    result: Raw = Raw(b"{}")


class _Me(Struct):
    username: str = ""
    can_connect_to_business: bool = False


class _Hook(Struct):
    url: str = ""
    pending_update_count: int = 0
    last_error_message: str = ""
    allowed_updates: list[str] = []


class _Update(Struct):
    update_id: int = 0


def read(reply: Reply, kind: type[T]) -> T:
    """The result of an answer; an empty one where it makes no sense."""
    try:
        return msgspec.json.decode(msgspec.json.decode(reply.body, type=_Result).result, type=kind)
    except UNREADABLE:
        return kind()


def _ask(config: Config, name: str, **fields: Any) -> Generator[Call, Reply, Reply]:
    reply = yield method(config, name, json=fields, repeatable=True)
    raise_for_telegram(reply)
    return reply


def check(config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
    try:
        me = read((yield from _ask(config, "getMe")), _Me)
    except (Failed, Later) as no:
        return (Hop("The bot's token", False, no.detail, ANEW),)
    hops = [Hop("The bot's token", True, f"@{me.username}")]
    if config.get("use") == "business":
        hops.append(Hop("Business mode", me.can_connect_to_business, mend=BUSINESS))
    found = read((yield from _ask(config, "getWebhookInfo")), _Hook)
    polling = config.get("road") == "polling"
    return (*hops, *(_polled(found) if polling else _called(found, hook)))


def _polled(found: _Hook) -> tuple[Hop, ...]:
    told = f"Telegram still calls {found.url}: register the channel anew." if found.url else ""
    return (Hop("No webhook is in the way", not found.url, told, REGISTER),)


def _called(found: _Hook, hook: str) -> tuple[Hop, ...]:
    missing = [name for name in WANTED if name not in found.allowed_updates]
    where = found.url or "no webhook is set"
    return (
        Hop("Telegram calls this channel", found.url == hook, where, REGISTER),
        Hop("All sorts of updates come", not missing, ", ".join(missing), REGISTER),
        Hop(
            "The last call went well",
            not found.last_error_message,
            _last(found),
            REACHED,
        ),
    )


def _last(found: _Hook) -> str:
    waiting = f"{found.pending_update_count} waiting" if found.pending_update_count else ""
    return " · ".join(filter(None, [found.last_error_message, waiting]))


def register(config: Config, *, hook: str) -> Generator[Call, Reply, dict[str, str]]:
    if config.get("road") == "polling":
        yield from _ask(config, "deleteWebhook")
    else:
        wish = {"url": hook, "secret_token": secret.shown(config["secret_token"])}
        yield from _ask(config, "setWebhook", **wish, allowed_updates=WANTED)
    me = read((yield from _ask(config, "getMe")), _Me)
    return {"username": me.username} if me.username else {}


def feed(config: Config, cursor: str, *, at: datetime) -> Generator[Call, Reply, Fed]:
    """Updates by asking. Where a webhook is set Telegram refuses (409): it repeats by itself what
    we missed, for a day."""
    if config.get("road") != "polling":
        return Fed((), cursor)
    after = {"offset": int(cursor)} if cursor.isascii() and cursor.isdigit() else {}
    asked = {"limit": MOST_UPDATES, "timeout": 0, "allowed_updates": WANTED, **after}
    reply = yield method(config, "getUpdates", json=asked, repeatable=True)
    raise_for_telegram(reply)
    updates = read(reply, list[Raw])
    newest = max((read_id(raw) for raw in updates), default=0)
    requests = tuple(_request(raw, config, at) for raw in updates)
    more = len(updates) == MOST_UPDATES
    return Fed(requests, str(newest + 1) if updates else cursor, more=more)


def read_id(raw: Raw) -> int:
    try:
        return msgspec.json.decode(raw, type=_Update).update_id
    except UNREADABLE:
        return 0


def _request(raw: Raw, config: Config, at: datetime) -> Request:
    """As Telegram would have called us."""
    shown = secret.shown(config.get("secret_token", ""))
    headers = {"content-type": "application/json", secret.HEADER: shown}
    return Request(body=bytes(raw), at=at, headers=headers)
