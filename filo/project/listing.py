"""The worker's side task that asks providers which templates they have approved."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import psycopg

from filo.channels import operations, queries, registry
from filo.channels.carrier import Carrier
from filo.channels.contract import Doubtful, Failed, Later, ListsTemplates
from filo.channels.types import ChannelConfig
from filo.core import clock, db, home

PAUSE = 2.0
log = logging.getLogger("filo.worker")


async def list_for_ever() -> None:
    async with Carrier(allow_private=home.allow_private()) as carrier:
        while True:
            try:
                for channel in await asyncio.to_thread(due):
                    await read_templates(carrier, channel)
            except psycopg.OperationalError:
                log.warning("the database is away", extra={"chore": "templates"})
            await asyncio.sleep(PAUSE)


def due(only: Sequence[str] = ()) -> list[ChannelConfig]:
    """Channels whose templates are to be asked for now, or `only` these, now or not."""
    with db.connect(name="filo templates") as connection:
        cur = connection.cursor()
        wanted = set(queries.due_libraries(cur, at=clock.now()))
        found = [one for one in queries.load(cur) if lists_templates(one)]
    if only:
        return [one for one in found if one.public in only]
    return [one for one in found if one.id in wanted and not one.needs_you]


def lists_templates(channel: ChannelConfig) -> bool:
    try:
        return isinstance(registry.connector(channel.kind), ListsTemplates)
    except registry.NoSuchKind:
        return False


async def read_templates(carrier: Carrier, channel: ChannelConfig) -> str:
    """Ask, and keep the answer; returns why it could not be had, or nothing."""
    connector = registry.connector(channel.kind)
    assert isinstance(connector, ListsTemplates)
    try:
        found = await carrier.ask(
            connector.templates(channel.settings),
            config=channel.settings,
            channel=channel.public,
            connector=connector,
        )
    except (Failed, Later, Doubtful) as verdict:
        why = str(getattr(verdict, "detail", "") or verdict)
        with db.connect(name="filo templates") as connection, connection.transaction():
            operations.not_listed(connection.cursor(), channel.id, why, at=clock.now())
        return why
    with db.connect(name="filo templates") as connection, connection.transaction():
        operations.keep_templates(connection.cursor(), channel.id, found, at=clock.now())
    return ""
