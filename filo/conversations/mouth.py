"""Says one delivery over its channel, and turns what happens into an outcome."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from datetime import timedelta

import msgspec
import psycopg

from filo.channels import registry
from filo.channels.carrier import Carrier, Resting
from filo.channels.contract import (
    Card,
    DeliveryClass,
    Doubtful,
    Failed,
    Later,
    LooksUp,
    Reason,
    Template,
)
from filo.channels.contract import Scope as Reach
from filo.channels.queries import load
from filo.channels.types import ChannelConfig
from filo.channels.windows import opening, windows
from filo.conversations.attesting import attest
from filo.conversations.ledger import Ledger, Orphan
from filo.conversations.sending import (
    Due,
    Outcome,
    envelope,
    in_doubt,
    put_off,
    refused,
    rested,
    taken,
)
from filo.core import clock
from filo.core.db import connect

log = logging.getLogger("filo.sender")
CHANNELS_AGE = 1.0
A_MOMENT = timedelta(seconds=1)
SETTLE = 5.0  # seconds after a lost answer before "not there" is believed


class Mouth:
    """One a session of the sender."""

    def __init__(
        self, ledger: Ledger, carrier: Carrier, owner: int, *, settle: float = SETTLE
    ) -> None:
        self._settle = settle
        self._ledger = ledger
        self._carrier = carrier
        self._owner = owner
        self._channels: dict[int, ChannelConfig] = {}
        self._read_at = 0.0
        self.counted: Counter[tuple[int, bool]] = Counter()  # (channel, went) since last asked

    async def say(self, due: Due) -> None:
        """One attempt, from the words to the written outcome."""
        outcome = await self._attempt(due)
        log.info(
            "delivery",
            extra={"delivery": due.ref, "state": outcome.state, "reason": outcome.reason},
        )
        if outcome.state != "pending":
            self.counted[due.channel, outcome.state != "failed"] += 1
        await self._ledger.write_down(due, outcome, self._owner)
        others = tuple(one for one in outcome.also if one != (due.space, due.value))
        if others:
            await asyncio.to_thread(attest, msgspec.structs.replace(due.to, also=others))

    async def recover(self, orphan: Orphan) -> None:
        """An attempt of a dead sender: say it again, ask, or mark it openly, by its class."""
        due = orphan.due
        channel = self._channel(due.channel)
        card = registry.card_of(channel.kind, channel.settings)
        connector = registry.connector(channel.kind)
        if card.delivery is DeliveryClass.LOOKED_UP and isinstance(connector, LooksUp):
            outcome = await self._ask(due, channel)
        else:
            outcome = in_doubt(card.delivery, due, at=clock.now())
        await self._ledger.write_down(due, outcome, self._owner)

    async def _attempt(self, due: Due) -> Outcome:
        channel = self._channel(due.channel)
        card = registry.card_of(channel.kind, channel.settings)
        try:
            return await self._converse(due, channel, card)
        except Failed as verdict:
            return self._refused(verdict, channel)
        except Later as verdict:
            wait = rested if isinstance(verdict, Resting) else put_off
            return wait(verdict, due, at=clock.now())
        except Doubtful:
            return await self._doubt(due, channel, card)
        except Exception:  # the outer door of connectors: nobody knows whether it went out
            log.exception("a connector failed", extra={"delivery": due.ref})
            return in_doubt(DeliveryClass.FIRE, due, at=clock.now())

    async def _window(self, due: Due, card: Card) -> str:
        """Looked at again at the moment of sending, not only when it was written."""
        if due.public or due.privately or isinstance(due.part, Template) or not windows(card.can):
            return ""
        sent = await self._ledger.spent(due) if any(w.most for w in card.can.windows) else []
        found = opening(card.can, due.signs, sent, at=clock.now(), by_hand=due.by_hand)
        if found is None:
            raise Failed(Reason.WINDOW_CLOSED)
        return found.kind

    async def _converse(self, due: Due, channel: ChannelConfig, card: Card) -> Outcome:
        connector = registry.connector(channel.kind)
        try:
            window = await self._window(due, card)
            exchange = await self._ledger.exchange(due)
        except psycopg.Error as trouble:  # nothing was said yet: there is no doubt
            raise Later(A_MOMENT, "our own database stumbled") from trouble
        around = envelope(due, exchange, at=clock.now(), window=window)
        speech = connector.say(due.to, due.part, channel.settings, around)
        receipt = await self._carrier.converse(
            speech, config=channel.settings, channel=channel.public, connector=connector
        )
        return taken(receipt)

    async def _doubt(self, due: Due, channel: ChannelConfig, card: Card) -> Outcome:
        looks_up = isinstance(registry.connector(channel.kind), LooksUp)
        if card.delivery is DeliveryClass.LOOKED_UP and looks_up:
            # What is still on its way is not there yet, and must not be said a second time.
            await asyncio.sleep(self._settle)
            return await self._ask(due, channel)
        return in_doubt(card.delivery, due, at=clock.now())

    async def _ask(self, due: Due, channel: ChannelConfig) -> Outcome:
        """Was it taken? Not there means that it may be said again."""
        try:
            receipt = await self._carrier.look_up(
                due.ref,
                config=channel.settings,
                channel=channel.public,
                connector=registry.connector(channel.kind),
            )
        except (Later, Doubtful, Failed):
            return Outcome("uncertain", reason="no answer")
        if receipt:
            return taken(receipt)
        return Outcome("pending", reason="later", due=clock.now())

    def _refused(self, verdict: Failed, used: ChannelConfig) -> Outcome:
        """A no to the whole channel counts only if its settings were not mended meanwhile."""
        if verdict.scope is Reach.CHANNEL:
            self._read_at = 0.0
            if self._channel(used.id).settings != used.settings:
                return Outcome("pending", reason="later", due=clock.now())
        return refused(verdict)

    def _channel(self, id_: int) -> ChannelConfig:
        if time.monotonic() - self._read_at > CHANNELS_AGE or id_ not in self._channels:
            with connect(name="filo sender channels") as connection:
                self._channels = {one.id: one for one in load(connection.cursor())}
            self._read_at = time.monotonic()
        return self._channels[id_]
