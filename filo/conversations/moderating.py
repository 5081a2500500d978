"""Carry out what was decided about public words: hide, like, delete. In the sender's process."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime, timedelta
from typing import Any

import msgspec

from filo.channels import registry
from filo.channels.carrier import Carrier
from filo.channels.contract import Doubtful, Failed, Later, Moderates, Moderation
from filo.channels.contract import Scope as Reach
from filo.channels.queries import load
from filo.channels.types import ChannelConfig
from filo.conversations.ledger import Ledger
from filo.core import clock
from filo.core.db import connect
from filo.core.events import Happening
from filo.core.ids import public

MOST_TRIES = 20
LOOK = 1.0
SECONDS = 30.0  # for one deed, shorter than the minute for which it is ours
A_WHILE = timedelta(seconds=20)


class Deed(msgspec.Struct, frozen=True):
    """One thing to do with one public message."""

    id: int
    message: int
    action: str
    tries: int
    channel: int
    customer: int
    case: int
    provider_id: str


class Verdict(msgspec.Struct, frozen=True):
    state: str  # carried_out, failed, pending
    detail: str = ""
    due: datetime | None = None
    channel_down: str = ""


async def moderate_for_ever(ledger: Ledger, carrier: Carrier, stopping: asyncio.Event) -> None:
    """Look each second; a deed that was cut short is taken again: each may be done twice."""
    while not stopping.is_set():
        for deed in [Deed(*row) for row in await ledger.take_moderations()]:
            verdict = await _attempt(deed, carrier)
            await ledger.moderated(
                columns(deed, verdict), happening(deed, verdict), down=_down(deed, verdict)
            )
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), LOOK)


async def _attempt(deed: Deed, carrier: Carrier) -> Verdict:
    channel = await asyncio.to_thread(_channel, deed.channel)
    connector = registry.connector(channel.kind)
    if not isinstance(connector, Moderates):
        return Verdict("failed", f"{channel.kind} cannot do this")
    try:
        await carrier.ask(
            connector.moderate(Moderation(deed.action), deed.provider_id, channel.settings),
            config=channel.settings,
            channel=channel.public,
            connector=connector,
            seconds=SECONDS,
        )
    except Failed as no:
        return _refused(no)
    except Later as later:
        return _again(deed, later.after, later.detail)
    except Doubtful as doubt:
        return _again(deed, A_WHILE, str(doubt))
    return Verdict("carried_out")


def _refused(no: Failed) -> Verdict:
    if no.scope is Reach.CHANNEL:
        reason = no.detail or str(no.reason)
        return Verdict("pending", reason, channel_down=reason)
    return Verdict("failed", no.detail or str(no.reason))


def _again(deed: Deed, after: timedelta, why: str) -> Verdict:
    if deed.tries >= MOST_TRIES:
        return Verdict("failed", why)
    return Verdict("pending", why, clock.now() + max(after, A_WHILE))


def columns(deed: Deed, verdict: Verdict) -> dict[str, Any]:
    return {
        "id": deed.id,
        "action": deed.action,
        "state": verdict.state,
        "detail": verdict.detail[:300],
        "due": verdict.due,
    }


def happening(deed: Deed, verdict: Verdict) -> Happening | None:
    """Told once it is settled."""
    if verdict.state == "pending":
        return None
    body = {
        "message": public("msg", deed.message),
        "action": deed.action,
        "state": verdict.state,
        "detail": verdict.detail[:300],
    }
    return Happening("moderation_changed", deed.customer, deed.case, body)


def _down(deed: Deed, verdict: Verdict) -> dict[str, Any] | None:
    if not verdict.channel_down:
        return None
    return {"channel": deed.channel, "reason": verdict.channel_down}


def _channel(id_: int) -> ChannelConfig:
    with connect(name="filo sender channels") as connection:
        return next(one for one in load(connection.cursor()) if one.id == id_)
