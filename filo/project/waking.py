"""The worker's side task that wakes the devices that are due."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import psycopg

from filo.channels import queries as channels
from filo.channels import registry
from filo.channels.carrier import Carrier
from filo.channels.contract import Doubtful, Failed, Later, Notice, Pushes, Scope
from filo.channels.types import ChannelConfig
from filo.conversations import operations as conversations
from filo.conversations.types import Waking
from filo.core import clock, db, home

PAUSE = 3.0
TRIES = 5  # that a push service may put off: then the mail comes, if there is an address
LEAST = timedelta(seconds=5)
WORDS = {"it": "Hai una risposta", "en": "You have an answer"}
log = logging.getLogger("filo.worker")


async def wake_for_ever() -> None:
    async with Carrier(allow_private=home.allow_private()) as carrier:
        while True:
            try:
                await wake_once(carrier)
            except psycopg.OperationalError:
                log.warning("the database is away", extra={"chore": "devices"})
            await asyncio.sleep(PAUSE)


async def wake_once(carrier: Carrier) -> int:
    """Wake all that are due; returns how many devices took it."""
    due = await asyncio.to_thread(_due)
    woken = await asyncio.gather(*[wake(carrier, channel, one) for channel, one in due])
    return sum(woken)


def _due() -> list[tuple[ChannelConfig, Waking]]:
    with db.connect(name="filo devices") as connection, connection.transaction():
        cur = connection.cursor()
        able = {one.id: one for one in channels.load(cur) if one.active and _pushes(one)}
        if not able:
            return []
        found = conversations.to_wake(cur, able, at=clock.now())
    return [(able[one.channel], one) for one in found]


def _pushes(channel: ChannelConfig) -> bool:
    try:
        return isinstance(registry.connector(channel.kind), Pushes)
    except registry.NoSuchKind:
        return False


async def wake(carrier: Carrier, channel: ChannelConfig, due: Waking) -> bool:
    """One device. One that is gone is forgotten, one that is put off is called again later."""
    try:
        await _push(carrier, channel, due)
    except Later as later:
        await asyncio.to_thread(_put_off, due, later)
    except (Failed, Doubtful) as verdict:
        await asyncio.to_thread(_refused, channel, due, verdict)
    else:
        return True
    return False


async def _push(carrier: Carrier, channel: ChannelConfig, due: Waking) -> None:
    connector = registry.connector(channel.kind)
    assert isinstance(connector, Pushes)
    told = channel.settings
    notice = Notice(
        told.get("name") or channel.name,
        told.get("notice") or WORDS.get(due.language[:2].lower(), WORDS["en"]),
        url=told.get("link", ""),
        tag=channel.public,
        about=due.about,
    )
    await carrier.ask(
        connector.push(due.device, notice, told, at=clock.now()),
        config=told,
        channel=channel.public,
        connector=connector,
    )


def _put_off(due: Waking, later: Later) -> None:
    if due.tries >= TRIES:
        log.warning("a push was put off too often", extra={"device": due.id, "why": str(later)})
        return
    with db.connect(name="filo devices") as connection, connection.transaction():
        pause = max(later.after, LEAST) * 2**due.tries
        conversations.wake_later(connection.cursor(), due, at=clock.now() + pause)


def _refused(channel: ChannelConfig, due: Waking, verdict: Failed | Doubtful) -> None:
    if not isinstance(verdict, Failed) or verdict.scope is not Scope.PERSON:
        why = {"channel": channel.public, "why": str(verdict)}
        log.warning("a push was refused", extra=why)
        return
    with db.connect(name="filo devices") as connection, connection.transaction():
        conversations.forget_device(connection.cursor(), due.id)
