"""A town for tests: the emulators and our hook, each a real server on a loopback port."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import uvicorn

from filo.channels import registry
from filo.channels.carrier import Carrier
from filo.channels.contract import (
    Envelope,
    Fact,
    Greets,
    Handle,
    Receipt,
    Request,
    Spoken,
    Thanks,
)
from filo.emulators.server import Emulators
from filo.emulators.web import Answer, Call, Receive, Scope, Send, heard, tell
from filo.emulators.world import World

NUMBER = "106540352242922"
PHONE = "393331234567"
ADA = Handle("phone", f"+{PHONE}")


@dataclass
class Hook:
    """Our side of the webhooks: keeps what was proved genuine, and wakes who waits for it."""

    kind: str
    config: dict[str, str]
    requests: list[Request] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    refuse: int = 0  # how many calls to answer 503
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = await heard(scope, receive)
        if self.refuse:
            self.refuse -= 1
            await tell(send, Answer(503))
            return
        connector = registry.connector(self.kind)
        request = _request(scope, call, self.config)
        if call.method == "GET":
            assert isinstance(connector, Greets)
            await tell(send, Answer(200, connector.greet(request, self.config), "text/plain"))
            return
        opened = connector.unseal(request, self.config)
        self.requests.append(opened)
        self.facts += connector.parse(opened)
        self.news.set()
        card = connector.card
        body = connector.thank(opened) if isinstance(connector, Thanks) else card.thanks
        await tell(send, Answer(200, body, card.thanks_type))

    async def until(self, count: int) -> list[Fact]:
        async with asyncio.timeout(10):
            while len(self.facts) < count:
                self.news.clear()
                await self.news.wait()
        return self.facts


def _request(scope: Scope, call: Call, config: dict[str, str]) -> Request:
    query = scope["query_string"].decode("latin-1")
    return Request(
        body=call.body,
        at=datetime.now(UTC),
        headers=call.headers,
        query=call.query,
        method=call.method,
        url=call.origin + call.path + (f"?{query}" if query else ""),
        settings=config,
    )


@dataclass
class Town:
    world: World
    web: httpx.AsyncClient
    carrier: Carrier
    hook: Hook
    address: str
    place: str = ""  # of the account of `account_town`
    ours: str = ""  # the address that the provider calls

    async def play(self, path: str, method: str = "POST", **body: Any) -> Any:
        reply = await self.web.request(method, path, json=body)
        assert reply.status_code < 300, reply.text
        return reply.json()

    async def screen(self, phone: str = PHONE) -> Any:
        return (await self.web.get(f"/play/whatsapp/{NUMBER}/{phone}/messages")).json()

    async def account(self, kind: str, name: str, **wish: Any) -> Any:
        return await self.play(f"/control/{kind}/{name}", "PUT", **wish)

    async def act(self, person: str, **deed: Any) -> Any:
        """A customer of the account of `account_town` does something."""
        return await self.play(f"{self.place}/{person}", **deed)

    async def shown(self, person: str) -> list[dict[str, Any]]:
        """The bubbles on that customer's device; of `-`, what stands in public."""
        bubbles: list[dict[str, Any]] = (await self.web.get(f"{self.place}/{person}")).json()[
            "bubbles"
        ]
        return bubbles

    async def say(self, part: Spoken, to: Handle = ADA, **more: Any) -> Receipt:
        connector = registry.connector(self.hook.kind)
        envelope = Envelope(more.pop("ref", "dlv_1"), datetime.now(UTC), **more)
        speech = connector.say(to, part, self.hook.config, envelope)
        return await self.carrier.converse(
            speech, config=self.hook.config, channel="chn_1", connector=connector
        )


@asynccontextmanager
async def whatsapp_town(**options: Any) -> AsyncIterator[Town]:
    hook = Hook(
        "whatsapp",
        {
            "phone_number_id": NUMBER,
            "waba_id": "222",
            "access_token": "token",
            "app_secret": "secret",
            "verify_token": "verify",
        },
    )
    async with _town(hook) as (town, address):
        hook.config["api_base"] = town.address
        wish: dict[str, Any] = {
            name: hook.config[name] for name in ("access_token", "app_secret", "waba_id")
        }
        wish |= {"hook": address, "options": options}
        await town.play(f"/control/whatsapp/{NUMBER}", "PUT", **wish)
        yield town


@asynccontextmanager
async def http_town() -> AsyncIterator[Town]:
    hook = Hook("http", {"secret": "whsec_c2VjcmV0", "class": "K"})
    async with _town(hook) as (town, address):
        wish = {"secret": "whsec_c2VjcmV0", "hook": address}
        hook.config |= await town.play("/control/http/shop", "PUT", **wish)
        yield town


@asynccontextmanager
async def account_town(
    kind: str, name: str, config: dict[str, str], *, played: str = "", **wish: Any
) -> AsyncIterator[Town]:
    """One account of a played provider (`players/<played>`, or `<kind>`), and our channel."""
    player = played or kind
    hook = Hook(kind, dict(config))
    async with _town(hook) as (town, address):
        town.ours = f"{address}/hooks/chn_1"
        wish = {"settings": config, "hook": town.ours, **wish}
        hook.config |= {"api_base": (await town.account(player, name, **wish))["api_base"]}
        town.place = f"/play/{player}/{name}"
        yield town


@asynccontextmanager
async def _town(hook: Hook) -> AsyncIterator[tuple[Town, str]]:
    world = World()
    async with (
        serving(Emulators(world), lifespan="on") as address,
        serving(hook, lifespan="off") as hook_address,
        httpx.AsyncClient(base_url=address, trust_env=False) as web,
        Carrier(allow_private=True, send_timeout=2) as carrier,
    ):
        yield Town(world, web, carrier, hook, address), hook_address


@asynccontextmanager
async def serving(app: Any, *, lifespan: Any) -> AsyncIterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="error", lifespan=lifespan, timeout_graceful_shutdown=0)
    )
    task = asyncio.create_task(server.serve([listener]))
    try:
        async with asyncio.timeout(10):
            while not server.started:  # noqa: ASYNC110 - uvicorn rings no bell
                await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()
