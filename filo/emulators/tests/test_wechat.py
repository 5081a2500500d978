"""The emulated WeChat, by itself: seals, quotas, tokens that end, and three tries."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from filo.emulators.players.wechat.sealing import mark, opened, sealed
from filo.emulators.server import Emulators
from filo.emulators.tests.town import serving
from filo.emulators.web import Answer, Receive, Scope, Send, heard, tell
from filo.emulators.world import World

SETTINGS = {
    "app_id": "wx49f0ab532d5d035a",
    "app_secret": "secret",
    "token": "123456",
    "encoding_aes_key": "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR",
    "account": "gh_123",
}


class Hook:
    def __init__(self) -> None:
        self.calls: list[tuple[dict[str, str], str]] = []
        self.refuse = 0
        self.says = b"success"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = await heard(scope, receive)
        self.calls.append((call.query, call.body.decode()))
        self.refuse, status = max(0, self.refuse - 1), 503 if self.refuse else 200
        await tell(send, Answer(status, call.query.get("echostr", "").encode() or self.says))


class Place:
    def __init__(self, web: httpx.AsyncClient, world: World, hook: Hook) -> None:
        self.web, self.world, self.hook, self.token = web, world, hook, ""

    async def act(self, **deed: Any) -> Any:
        return (await self.web.post("/play/wechat/gh_123/ada", json=deed)).json()

    async def shown(self) -> Any:
        return (await self.web.get("/play/wechat/gh_123/ada")).json()["bubbles"]

    async def call(self, path: str, **body: Any) -> Any:
        query = {"access_token": self.token}
        return (await self.web.post(f"/cgi-bin/{path}", params=query, json=body)).json()

    async def log_in(self) -> None:
        wish = {"appid": SETTINGS["app_id"], "secret": SETTINGS["app_secret"]}
        told = (await self.web.post("/cgi-bin/stable_token", json=wish)).json()
        self.token = told["access_token"]

    async def say(self, text: str = "Buongiorno") -> int:
        open_id = self.read(0)[1].partition("<FromUserName><![CDATA[")[2].partition("]")[0]
        told = await self.call(
            "message/custom/send", touser=open_id, msgtype="text", text={"content": text}
        )
        return int(told["errcode"])

    def read(self, at: int) -> tuple[dict[str, str], str]:
        query, body = self.hook.calls[at]
        box = body.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
        key, app_id = SETTINGS["encoding_aes_key"], SETTINGS["app_id"]
        assert query["msg_signature"] == mark("123456", query["timestamp"], query["nonce"], box)
        return query, opened(box, aes_key=key, app_id=app_id)


def at_wechat(test: Any, **options: Any) -> None:
    async def run() -> None:
        world, hook = World(), Hook()
        async with (
            serving(Emulators(world), lifespan="on") as address,
            serving(hook, lifespan="off") as ours,
            httpx.AsyncClient(base_url=address, trust_env=False) as web,
        ):
            wish = {"settings": SETTINGS, "hook": f"{ours}/in", "options": options}
            await web.put("/control/wechat/gh_123", json=wish)
            place = Place(web, world, hook)
            await place.log_in()
            await test(place)

    asyncio.run(run())


def test_a_seal_is_opened_by_its_own_account_alone() -> None:
    key, app_id = SETTINGS["encoding_aes_key"], SETTINGS["app_id"]
    box = sealed("<xml>你好</xml>", aes_key=key, app_id=app_id, random=b"1234567890123456")
    assert opened(box, aes_key=key, app_id=app_id) == "<xml>你好</xml>"
    try:
        opened(box, aes_key=key, app_id="wx-other")
    except ValueError:
        return
    raise AssertionError("another account could open it")


def test_five_answers_to_a_message_and_three_to_a_scan() -> None:
    async def test(place: Place) -> None:
        await place.act(text="你好")
        assert "<Content><![CDATA[你好]]></Content>" in place.read(0)[1]
        assert [await place.say() for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
        await place.act(act="scan", values={"scene": "link-7"})
        assert "<EventKey><![CDATA[link-7]]>" in place.read(1)[1]
        assert [await place.say() for _ in range(4)] == [0, 0, 0, 45047]
        assert len([one for one in await place.shown() if one["out"]]) == 8

    at_wechat(test)


def test_a_closed_window_an_ended_token_and_a_lost_follower_have_their_numbers() -> None:
    async def test(place: Place) -> None:
        await place.act(text="ciao")
        assert await place.say() == 45015
        await place.act(act="unfollow")
        assert await place.say() == 43004
        await place.act(act="renew")
        assert await place.say() == 42001
        place.token = "never heard of"
        assert await place.say() == 40001

    at_wechat(test, message_window=0)


def test_a_menu_is_tapped_and_its_id_comes_back() -> None:
    async def test(place: Place) -> None:
        sent = await place.act(text="ciao")
        open_id = place.read(0)[1].partition("<FromUserName><![CDATA[")[2].partition("]")[0]
        menu = {"head_content": "Quale?", "list": [{"id": "fri", "content": "Venerdì"}]}
        wish = {"touser": open_id, "msgtype": "msgmenu", "msgmenu": menu}
        assert (await place.call("message/custom/send", **wish))["errcode"] == 0
        bubble = (await place.shown())[-1]
        assert (sent["hook"], bubble["type"]) == (200, "buttons")
        await place.act(tap="fri", about=bubble["id"])
        assert "<bizmsgmenuid><![CDATA[fri]]></bizmsgmenuid>" in place.read(1)[1]

    at_wechat(test)


def test_after_three_tries_the_customer_is_told() -> None:
    async def test(place: Place) -> None:
        place.hook.refuse = 3
        assert (await place.act(text="ciao"))["hook"] == 503
        assert len(place.hook.calls) == 3
        assert (await place.shown())[-1]["type"] == "notice"
        assert (await place.act(act="knock"))["id"] == "ok"

    at_wechat(test)
