"""The emulated Twilio, by itself: what it signs, refuses, draws and repeats."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from filo.channels import registry
from filo.channels.contract import (
    Doubtful,
    Failed,
    Media,
    OptedOut,
    Reason,
    Reported,
    Said,
    State,
    Text,
)
from filo.emulators.players.sms.calls import mark
from filo.emulators.players.sms.segments import segments
from filo.emulators.server import Emulators
from filo.emulators.tests.town import account_town, serving
from filo.emulators.web import Answer, Receive, Scope, Send, heard, tell
from filo.emulators.world import World

ADA, OURS = "+393331234567", "+390200000000"
SETTINGS = {
    "account_sid": "AC" + "0" * 32,
    "auth_token": "12345",
    "number": OURS,
    "messaging_service": "MG" + "1" * 32,
}
MESSAGES = f"/2010-04-01/Accounts/{SETTINGS['account_sid']}/Messages.json"


class Twilio:
    """A played account, and whoever it calls."""

    def __init__(self, web: httpx.AsyncClient, world: World, hook: Hook) -> None:
        self.web, self.world, self.hook = web, world, hook

    async def send(self, **fields: Any) -> httpx.Response:
        wish = {"To": ADA, "From": OURS, "Body": "Arriva domani", **fields}
        return await self.web.post(MESSAGES, data=wish, auth=tuple_of())

    async def act(self, **deed: Any) -> Any:
        return (await self.web.post(f"/play/sms/{OURS}/{ADA}", json=deed)).json()

    async def shown(self) -> Any:
        return (await self.web.get(f"/play/sms/{OURS}/{ADA}")).json()["bubbles"]


def tuple_of() -> tuple[str, str]:
    return SETTINGS["account_sid"], SETTINGS["auth_token"]


class Hook:
    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.refuse = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = await heard(scope, receive)
        values = {name: each[0] for name, each in parse_qs(call.body.decode(), True).items()}
        query = scope["query_string"].decode()
        address = call.origin + call.path + (f"?{query}" if query else "")
        self.calls.append((address, values, call.headers))
        self.refuse, answer = max(0, self.refuse - 1), 503 if self.refuse else 200
        await tell(send, Answer(answer))


def at_twilio(test: Any, *, fragment: str = "", **options: Any) -> None:
    async def run() -> None:
        world, hook = World(), Hook()
        async with (
            serving(Emulators(world), lifespan="on") as address,
            serving(hook, lifespan="off") as ours,
            httpx.AsyncClient(base_url=address, trust_env=False) as web,
        ):
            settings = SETTINGS | {"shared_key_id": "SK1", "shared_key": "other"}
            wish = {"settings": settings, "hook": f"{ours}/in{fragment}", "options": options}
            await web.put(f"/control/sms/{OURS}", json=wish)
            twilio = Twilio(web, world, hook)
            await test(twilio, f"{ours}/status?m=dlv_1")

    asyncio.run(run())


def test_the_signature_is_that_of_twilios_own_example() -> None:
    values = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    given = mark("https://mycompany.com/myapp.php?foo=1&bar=2", values, key="12345", digest="sha1")
    assert given == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    ("text", "count"), [("a" * 160, 1), ("a" * 161, 2), ("a" * 70 + "🙂", 2), ("€" * 80, 1)]
)
def test_segments_are_counted_as_carriers_do(text: str, count: int) -> None:
    assert segments(text) == count


def test_a_message_is_drawn_and_reported_under_our_own_address() -> None:
    async def test(twilio: Twilio, callback: str) -> None:
        reply = await twilio.send(StatusCallback=callback)
        assert (reply.status_code, reply.json()["status"]) == (201, "queued")
        await twilio.world.settle()
        assert [one["MessageStatus"] for _, one, _ in twilio.hook.calls] == ["sent", "delivered"]
        address, values, headers = twilio.hook.calls[0]
        assert address == callback
        assert headers["x-twilio-signature"] == mark(address, values, key="12345", digest="sha1")
        [bubble] = await twilio.shown()
        assert (bubble["content"]["text"], bubble["state"]) == ("Arriva domani", "delivered")

    at_twilio(test)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"To": "+15005550001"}, 21211),
        ({"To": "+15005550009"}, 21614),
        ({"From": "+15005550007"}, 21606),
        ({"From": "+15005550008"}, 21611),
        ({"Body": ""}, 21602),
        ({"Body": "a" * 1601}, 21617),
        ({"MediaUrl": "http://files.example/p.jpg"}, 21612),
    ],
)
def test_what_twilio_does_not_take_is_refused_by_its_code(wish: dict[str, str], code: int) -> None:
    async def test(twilio: Twilio, _: str) -> None:
        reply = await twilio.send(**wish)
        assert (reply.status_code >= 400, reply.json()["code"]) == (True, code)
        assert await twilio.shown() == []

    at_twilio(test)


def test_who_says_stop_is_not_written_to_until_they_start_again() -> None:
    async def test(twilio: Twilio, _: str) -> None:
        assert (await twilio.act(act="stop"))["hook"] == 200
        assert twilio.hook.calls[-1][1]["OptOutType"] == "STOP"
        assert (await twilio.send()).json()["code"] == 21610
        await twilio.act(text="Start")
        assert (await twilio.send()).status_code == 201

    at_twilio(test, advanced_opt_out=True)


def test_a_bad_answer_is_repeated_only_where_the_address_asks_for_it() -> None:
    async def test(twilio: Twilio, _: str) -> None:
        twilio.hook.refuse = 1
        assert (await twilio.act(text="ciao"))["hook"] == 503
        assert len(twilio.hook.calls) == 1

    at_twilio(test)

    async def insists(twilio: Twilio, _: str) -> None:
        twilio.hook.refuse = 2
        assert (await twilio.act(text="ciao"))["hook"] == 200
        tokens = {headers["i-twilio-idempotency-token"] for _, _, headers in twilio.hook.calls}
        assert (len(twilio.hook.calls), len(tokens)) == (3, 1)
        assert "#" not in twilio.hook.calls[0][0]

    at_twilio(insists, fragment="#rc=3&rp=all")


def test_rcs_draws_a_carousel_and_its_buttons_come_back() -> None:
    async def test(twilio: Twilio, _: str) -> None:
        button = {"type": "QUICK_REPLY", "title": "Venerdì", "id": "fri"}
        cards = [{"title": each, "body": "ore 9", "actions": [button]} for each in ("A", "B")]
        types = {"twilio/carousel": {"cards": cards}, "twilio/text": {"body": "A o B?"}}
        made = await twilio.web.post("/v1/Content", json={"types": types}, auth=tuple_of())
        wish = {"MessagingServiceSid": SETTINGS["messaging_service"], "From": "", "Body": ""}
        sent = (await twilio.send(**wish, ContentSid=made.json()["sid"])).json()
        assert sent["to"] == f"rcs:{ADA}"
        await twilio.world.settle()
        [bubble] = await twilio.shown()
        assert [one["title"] for one in bubble["content"]["cards"]] == ["A", "B"]
        await twilio.act(tap="fri", about=bubble["id"])
        values = twilio.hook.calls[-1][1]
        assert (values["ButtonPayload"], values["From"]) == ("fri", f"rcs:{ADA}")

    at_twilio(test, rcs=True)


def test_the_same_content_is_words_on_a_phone_without_rcs() -> None:
    async def test(twilio: Twilio, _: str) -> None:
        types = {"twilio/card": {"title": "A"}, "twilio/text": {"body": "A o B?"}}
        made = await twilio.web.post("/v1/Content", json={"types": types}, auth=tuple_of())
        wish = {"MessagingServiceSid": SETTINGS["messaging_service"], "From": "", "Body": ""}
        assert (await twilio.send(**wish, ContentSid=made.json()["sid"])).json()["to"] == ADA
        await twilio.world.settle()
        assert (await twilio.shown())[0]["content"]["text"] == "A o B?"

    at_twilio(test, rcs=["+393330000000"])


# --- with our own connector ---------------------------------------------------


def test_our_channel_and_twilio_understand_each_other() -> None:
    async def run() -> None:
        async with account_town("sms", OURS, SETTINGS) as town:
            assert (await town.act(ADA, text="Dov'è il pacco? 🙂"))["hook"] == 200
            [said] = town.hook.facts
            assert isinstance(said, Said)
            assert (said.by.space, said.by.value) == ("phone", ADA)
            assert said.parts == (Text("Dov'è il pacco? 🙂"),)

            receipt = await town.say(Text("Arriva domani"), to=said.by, hook=town.ours)
            facts = await town.hook.until(3)
            told = [(one.message, one.state) for one in facts if isinstance(one, Reported)]
            assert told == [(receipt.id, State.SENT), (receipt.id, State.DELIVERED)]
            assert all(one.ref == "dlv_1" for one in facts if isinstance(one, Reported))
            assert (await town.shown(ADA))[-1]["content"]["text"] == "Arriva domani"

            await town.act(ADA, act="stop")
            assert any(isinstance(one, OptedOut) for one in town.hook.facts)
            with pytest.raises(Failed) as refused:
                await town.say(Text("ancora"), to=said.by, hook=town.ours)
            assert refused.value.reason is Reason.BLOCKED

    asyncio.run(run())


def test_our_channel_asks_twilio_for_a_picture_and_says_a_lost_answer_is_doubtful() -> None:
    async def run() -> None:
        async with account_town("sms", OURS, SETTINGS, next=["lose"]) as town:
            picture = {"mime": "image/png", "base64": b64encode(b"\x89PNG").decode()}
            await town.act(ADA, media=picture)
            [said] = town.hook.facts
            assert isinstance(said, Said)
            [media] = said.parts
            assert isinstance(media, Media)
            blob = await town.carrier.fetch(
                media, config=town.hook.config, channel="c", connector=registry.connector("sms")
            )
            assert (blob.mime, blob.body) == ("image/png", b"\x89PNG")
            with pytest.raises(Doubtful):
                await town.say(Text("Ecco"), to=said.by, hook=town.ours)
            assert (await town.shown(ADA))[-1]["content"]["text"] == "Ecco"

    asyncio.run(run())
