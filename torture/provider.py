"""The other side of the `http` channel: takes our answers, and fails in every way that matters.

Each message that became visible to a customer is logged. What goes wrong with one attempt follows
from the seed, the delivery and the number of the attempt alone, so that a run can be repeated.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import msgspec

from filo.channels.contract import Forged
from filo.channels.kit import check_webhook
from filo.core import clock
from torture.wire import CUT, Answer, Asked

# Out of a thousand attempts.
WHIMS = {
    "busy": 40,  # 429
    "broken": 30,  # 500, not taken
    "lost": 20,  # taken, and the answer never comes
    "deaf": 5,  # not taken, and nothing comes
    "hangs": 5,  # taken, and nothing comes for long
    "late": 5,  # taken only after the caller has given up
    "slow": 10,  # taken, answered after a while
}
LOOK_UPS_THAT_FAIL = 30


class _Delivery(msgspec.Struct):
    id: str
    part: dict[str, object]


class _GraphMessage(msgspec.Struct):
    to: str = ""
    biz_opaque_callback_data: str = ""


class Provider:
    """`mode` says what it can: K drops repeats by their key, L can be asked, F does neither."""

    def __init__(self, mode: str, *, secret: str, seed: int, patience: float) -> None:
        self.mode = mode
        self.secret = secret
        self.seed = seed
        self.patience = patience  # the longest that our sender waits
        self.visible: Counter[str] = Counter()  # how often a delivery was shown
        self.texts: dict[str, str] = {}
        self.recipients: dict[str, str] = {}
        self.attempts: Counter[str] = Counter()
        self.met: Counter[str] = Counter()  # how often each whim was met
        self.absorbed = 0
        self.forged = 0
        self.news: asyncio.Queue[str] = asyncio.Queue()  # taken, so that it may be reported

    async def respond(self, asked: Asked) -> Answer:
        try:
            check_webhook(
                headers=asked.headers, body=asked.body, secret=self.secret, at=clock.now()
            )
        except Forged:
            self.forged += 1
            return Answer(401)
        if asked.method == "GET":
            return self._look_up(asked.path.partition("ref=")[2])
        delivery = msgspec.json.decode(asked.body, type=_Delivery)
        taken = Answer(200, {"id": f"their-{delivery.id}"})
        return await self.take(delivery.id, str(delivery.part.get("text", "")), taken)

    async def respond_as_meta(self, asked: Asked) -> Answer:
        """The same provider behind the Graph API: its report carries our reference."""
        if asked.method == "GET":  # which templates are approved: none
            return Answer(200, {"data": []})
        sent = msgspec.json.decode(asked.body, type=_GraphMessage)
        ref = sent.biz_opaque_callback_data
        self.recipients[ref] = sent.to
        return await self.take(ref, "", Answer(200, {"messages": [{"id": f"wamid.{ref}"}]}))

    def taken(self) -> list[str]:
        """What was taken since the last time that somebody asked."""
        return [self.news.get_nowait() for _ in range(self.news.qsize())]

    def _look_up(self, ref: str) -> Answer:
        self.met["asked"] += 1
        self.attempts[f"?{ref}"] += 1
        chance = random.Random(f"{self.seed}:?{ref}:{self.attempts[f'?{ref}']}")  # noqa: S311
        if chance.randrange(1000) < LOOK_UPS_THAT_FAIL:
            return Answer(500)
        return Answer(200, {"id": f"their-{ref}"}) if self.visible[ref] else Answer(404)

    async def take(self, ref: str, text: str, taken: Answer) -> Answer:
        """One attempt, with what goes wrong in it."""
        self.attempts[ref] += 1
        whim = self._whim(ref)
        self.met[whim] += bool(whim)
        match whim:
            case "busy":
                return Answer(429, headers={"retry-after": "1"})
            case "broken":
                return Answer(500)
            case "slow":
                await asyncio.sleep(self.patience * 0.6)
            case "deaf":
                await asyncio.sleep(self.patience + 1)
                return CUT
            case "late":
                await asyncio.sleep(self.patience + 1)
        self._show(ref, text)
        if whim in {"lost", "late"}:
            return CUT
        if whim == "hangs":
            await asyncio.sleep(self.patience + 2)
            return CUT
        return taken

    def _show(self, ref: str, text: str) -> None:
        if self.mode == "K" and self.visible[ref]:
            self.absorbed += 1
            return
        self.visible[ref] += 1
        self.texts[ref] = text
        self.news.put_nowait(ref)

    def _whim(self, ref: str) -> str:
        chance = random.Random(f"{self.seed}:{ref}:{self.attempts[ref]}")  # noqa: S311
        drawn = chance.randrange(1000)
        for whim, share in WHIMS.items():
            if drawn < share:
                return whim
            drawn -= share
        return ""
