"""Simulated customers and their providers: they deliver until they read a 200, and once more."""

from __future__ import annotations

import asyncio
import random

import httpx
import msgspec

from filo.core import clock
from torture.letters import Letter

AT_ONCE = 16


class Customers:
    """`accepted` are the ids that were thanked: from then on they must never be lost."""

    def __init__(self, letters: list[Letter], *, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 -- a reproducible run
        self.queue: asyncio.Queue[Letter] = asyncio.Queue()
        for letter in letters:
            self.queue.put_nowait(letter)
        self.accepted: set[str] = set()
        self.edited: dict[str, str] = {}  # thanked edits: the message and its words
        self.refusals = 0
        self.repeats = 0
        self.under_way = 0

    @property
    def are_done(self) -> bool:
        return self.queue.empty() and not self.under_way

    async def write(self) -> None:
        """Several at once, until cancelled: more letters may be posted meanwhile."""
        limits = httpx.Limits(max_connections=AT_ONCE)
        async with httpx.AsyncClient(timeout=15, limits=limits, trust_env=False) as client:
            await asyncio.gather(*[self._post(client) for _ in range(AT_ONCE)])

    async def _post(self, client: httpx.AsyncClient) -> None:
        while True:
            letter = await self.queue.get()
            self.under_way += 1
            await self._until_thanked(client, letter)
            if letter.again:
                self.repeats += 1
                self.queue.put_nowait(msgspec.structs.replace(letter, again=letter.again - 1))
            self.under_way -= 1

    async def _until_thanked(self, client: httpx.AsyncClient, letter: Letter) -> None:
        while not await self._is_thanked(client, letter):
            self.refusals += 1
            await asyncio.sleep(0.05 + self.chance.random() * 0.3)
        self.accepted.update(letter.ids)
        self.edited |= letter.edits

    async def _is_thanked(self, client: httpx.AsyncClient, letter: Letter) -> bool:
        headers = letter.sign(letter.body, clock.now())
        try:
            reply = await client.post(letter.url, content=letter.body, headers=headers)
        except httpx.HTTPError:
            return False
        return reply.status_code == 200
