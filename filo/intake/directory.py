"""Which channels there are, kept in memory: a webhook costs no question to the database."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from datetime import timedelta

import msgspec
import psycopg

from filo.channels import registry
from filo.channels.contract import Card, Connector, Request, Thanks
from filo.channels.queries import load
from filo.channels.types import ChannelConfig
from filo.core import home
from filo.core.db import connect

log = logging.getLogger("filo.intake")
AGE = 10.0  # seconds after which a change is seen even when its bell was lost
SOON = 0.2
ANSWER_WITHIN = {
    "chat": timedelta(minutes=5),
    "messaging": timedelta(hours=1),
    "mail": timedelta(hours=24),
}


class Door(msgspec.Struct, frozen=True):
    """A channel as the intake needs it."""

    id: int
    public: str
    kind: str
    team: int
    connector: Connector
    card: Card
    config: dict[str, str]
    settings: dict[str, str]  # those that are not secret
    answer_within: timedelta
    active: bool
    thank: Callable[[Request], bytes] | None = None  # where the 200 says more than the card

    @property
    def address(self) -> str:
        return self.config.get(self.card.address, "") if self.card.address else ""


def doors(configs: Iterable[ChannelConfig]) -> dict[int, Door]:
    """The channels whose connector is installed; the others are said in the log."""
    found = {}
    for config in configs:
        try:
            found[config.id] = _door(config)
        except registry.NoSuchKind:
            log.error("no connector for this channel", extra={"channel": config.public})
    return found


def _door(config: ChannelConfig) -> Door:
    connector = registry.connector(config.kind)
    card = registry.card_of(config.kind, config.settings)
    secret = {setting.name for setting in card.settings if setting.secret}
    return Door(
        id=config.id,
        public=config.public,
        kind=config.kind,
        team=config.team,
        connector=connector,
        card=card,
        config=config.settings,
        settings={k: v for k, v in config.settings.items() if k not in secret},
        answer_within=config.answer_within or ANSWER_WITHIN.get(card.family, timedelta(hours=1)),
        active=config.active,
        thank=connector.thank if isinstance(connector, Thanks) else None,
    )


def read_doors() -> dict[int, Door]:
    """All channels, over a connection of their own."""
    with connect(name="filo directory") as connection:
        return doors(load(connection.cursor()))


class Directory:
    """Follows the bell of the channels; a name that it does not know is looked up at once."""

    def __init__(self) -> None:
        self.ready = False
        self._by_name: dict[str, Door] = {}
        self._task: asyncio.Task[None] | None = None
        self._reading = asyncio.Lock()
        self._read_at = 0.0

    async def start(self) -> None:
        await self._read()
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def find(self, name: str) -> Door | None:
        door = self._by_name.get(name)
        if door is None and name.startswith("chn_") and len(name) < 40:
            await self._read_soon()
            door = self._by_name.get(name)
        return door if door and door.active else None

    async def _read_soon(self) -> None:
        """A channel made a moment ago. One reading serves all who ask, five a second at most."""
        asked = time.monotonic()
        async with self._reading:
            if self._read_at < asked:
                await asyncio.sleep(max(0.0, self._read_at + SOON - time.monotonic()))
                await self._read()

    async def _follow(self) -> None:
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError):
                await asyncio.sleep(1)
            await self._read()

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            home.database_url(), autocommit=True, application_name="filo directory"
        )
        async with connection:
            await connection.execute("LISTEN filo_channels")
            await self._read()
            while True:
                async for _ in connection.notifies(timeout=AGE, stop_after=1):
                    pass
                await self._read()

    async def _read(self) -> None:
        began = time.monotonic()
        try:
            found = await asyncio.to_thread(read_doors)
        except (psycopg.Error, OSError):
            self.ready = bool(self._by_name)
            return
        if began > self._read_at:  # a slow reading does not overwrite a newer one
            self._by_name = {door.public: door for door in found.values()}
            self._read_at = began
        self.ready = True
