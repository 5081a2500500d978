"""Simulated providers: they sign, batch, shuffle and redeliver until they read a 200."""

from __future__ import annotations

import asyncio
import random

import httpx
import msgspec

from filo.channels.kit import sign_webhook
from filo.core import clock

PEOPLE = 500
MOST_IN_A_CALL = 5
TWICE = 0.1  # so many calls are delivered again although they were thanked
AT_ONCE = 16


class Customers:
    """`accepted` are the ids that were thanked: from then on they must never be lost."""

    def __init__(self, url: str, secret: str, *, events: int, seed: int) -> None:
        self.url = url
        self.secret = secret
        self.chance = random.Random(seed)  # noqa: S311 -- a reproducible run
        self.calls = self._calls(events)
        self.accepted: set[str] = set()
        self.refusals = 0

    def _calls(self, events: int) -> list[list[dict[str, object]]]:
        calls = []
        made = 0
        while made < events:
            many = min(self.chance.randint(1, MOST_IN_A_CALL), events - made)
            calls.append([self._event(made + n) for n in range(many)])
            made += many
        self.chance.shuffle(calls)
        return calls

    def _event(self, n: int) -> dict[str, object]:
        who = self.chance.randrange(PEOPLE)
        return {
            "type": "said",
            "id": f"e{n}",
            "at": "2026-11-22T12:00:00Z",
            "from": {"id": f"p{who}", "name": f"Persona {who}"},
            "parts": [{"type": "text", "text": f"messaggio {n}"}],
        }

    async def write(self) -> None:
        """All calls, several at once, each until it is thanked."""
        queue: asyncio.Queue[list[dict[str, object]]] = asyncio.Queue()
        for call in self.calls:
            queue.put_nowait(call)
        limits = httpx.Limits(max_connections=AT_ONCE)
        async with httpx.AsyncClient(timeout=15, limits=limits, trust_env=False) as client:
            await asyncio.gather(*[self._one(client, queue) for _ in range(AT_ONCE)])

    async def _one(
        self, client: httpx.AsyncClient, queue: asyncio.Queue[list[dict[str, object]]]
    ) -> None:
        while not queue.empty():
            call = queue.get_nowait()
            await self._until_thanked(client, call)
            if self.chance.random() < TWICE:
                await self._until_thanked(client, call)

    async def _until_thanked(
        self, client: httpx.AsyncClient, call: list[dict[str, object]]
    ) -> None:
        body = msgspec.json.encode({"events": call})
        while True:
            now = clock.now()
            headers = sign_webhook(id=str(call[0]["id"]), at=now, body=body, secret=self.secret)
            try:
                reply = await client.post(self.url, content=body, headers=headers)
            except httpx.HTTPError:
                reply = None
            if reply is not None and reply.status_code == 200:
                self.accepted.update(str(event["id"]) for event in call)
                return
            self.refusals += 1
            await asyncio.sleep(0.05 + self.chance.random() * 0.2)
