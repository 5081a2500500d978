"""Tells the customer that we have read, and that we are writing, where their channel can show it.

The desk's heartbeats ring `filo_hints` for the colleagues; here they are heard for the customer. A
nod is a courtesy: one that fails is forgotten, and nothing waits for it.
"""

from __future__ import annotations

import asyncio
import logging
import time

import msgspec

from filo.channels import registry
from filo.channels.carrier import Carrier
from filo.channels.contract import Doubtful, Failed, Handle, Later, Nods
from filo.channels.queries import one
from filo.channels.types import ChannelConfig
from filo.core.db import AsyncConnection, connect
from filo.core.sql import statements
from filo.core.text import UNREADABLE

sql = statements("filo.conversations")
log = logging.getLogger("filo.sender")
AT_ONCE = 16
CHANNEL_AGE = 10.0
TYPING_AGAIN = 15.0  # WhatsApp shows it for 25 s, or until we send
MOST_REMEMBERED = 10_000


class Beat(msgspec.Struct, frozen=True, tag="presence"):
    """Somebody of ours at a case: what we need of the heartbeat."""

    case: int
    looking: bool = False
    typing: bool = False
    note: bool = False  # what the customer shall never see

    @property
    def writes(self) -> bool:
        return self.typing and not self.note


class Heard(msgspec.Struct, frozen=True):
    """The customer's newest words in a case."""

    message: int
    provider_id: str
    channel: int
    space: str
    value: str


_beat = msgspec.json.Decoder(Beat)


class Nodder:
    """One a session of the sender."""

    def __init__(self, carrier: Carrier, asking: AsyncConnection) -> None:
        self._carrier = carrier
        self._asking = asking
        self._read: dict[int, int] = {}  # case -> the newest message that was nodded to
        self._wrote: dict[int, float] = {}  # case -> when we last said that we are writing
        self._channels: dict[int, tuple[float, ChannelConfig]] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def hear(self, payload: str) -> None:
        """One heartbeat: nod if there is something new to tell."""
        try:
            beat = _beat.decode(payload)
        except UNREADABLE:
            return  # a hint of another sort
        if (beat.looking or beat.writes) and len(self._running) < AT_ONCE:
            await self._consider(beat)

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _consider(self, beat: Beat) -> None:
        heard = await self._heard(beat.case)
        if heard is None or not self._is_news(beat, heard):
            return
        channel = await asyncio.to_thread(self._channel, heard.channel)
        if not isinstance(registry.connector(channel.kind), Nods) or channel.needs_you:
            return
        self._note(beat, heard)
        task = asyncio.create_task(self._nod(heard, channel, typing=beat.writes))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _heard(self, case: int) -> Heard | None:
        row = await (await self._asking.execute(sql("heard_last"), {"case": case})).fetchone()
        return Heard(*row) if row else None

    def _is_news(self, beat: Beat, heard: Heard) -> bool:
        if self._read.get(beat.case, 0) < heard.message:
            return True
        return beat.writes and time.monotonic() - self._wrote.get(beat.case, 0.0) > TYPING_AGAIN

    def _note(self, beat: Beat, heard: Heard) -> None:
        if len(self._read) > MOST_REMEMBERED:
            self._read.clear()
            self._wrote.clear()
        self._read[beat.case] = heard.message
        if beat.writes:
            self._wrote[beat.case] = time.monotonic()

    def _channel(self, id_: int) -> ChannelConfig:
        at, known = self._channels.get(id_, (0.0, None))
        if known is None or time.monotonic() - at > CHANNEL_AGE:
            with connect(name="filo sender nods") as connection:
                known = one(connection.cursor(), id_)
            self._channels[id_] = (time.monotonic(), known)
        return known

    async def _nod(self, heard: Heard, channel: ChannelConfig, *, typing: bool) -> None:
        try:
            await self._carrier.nod(
                Handle(heard.space, heard.value),
                heard.provider_id,
                typing=typing,
                config=channel.settings,
                channel=channel.public,
                connector=registry.connector(channel.kind),
            )
        except (Failed, Later, Doubtful) as verdict:
            log.info(
                "a nod was lost", extra={"channel": channel.public, "why": type(verdict).__name__}
            )


async def follow(
    carrier: Carrier, bell: AsyncConnection, asking: AsyncConnection, stopping: asyncio.Event
) -> None:
    """Hear heartbeats until told to stop."""
    await bell.execute("LISTEN filo_hints")
    nodder = Nodder(carrier, asking)
    try:
        while not stopping.is_set():
            async for rung in bell.notifies(timeout=0.5):
                await nodder.hear(rung.payload)
    finally:
        await nodder.close()
