"""A customer's WhatsApp, from their phone to the thread and back: real calls, real signatures.

The emulated Meta calls our receiver over loopback; the pipeline reads; the sender answers.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from filo.channels.contract import Choice as Question
from filo.channels.contract import Option, Part, Text
from filo.channels.operations import change
from filo.channels.operations import connect as connect_channel
from filo.conversations.operations import reply
from filo.conversations.sender import Sender
from filo.core.ids import public
from filo.customers.queries import find, people
from filo.emulators.server import Emulators
from filo.emulators.tests.town import NUMBER, PHONE, serving
from filo.emulators.webhooks import contact, envelope, wire
from filo.emulators.world import Number
from filo.emulators.world import World as Providers
from filo.intake.receiver import Receiver
from tests.fixtures import world
from tests.world import World

__all__ = ["world"]

ADA = f"+{PHONE}"
SETTINGS = {
    "phone_number_id": NUMBER,
    "waba_id": "222",
    "access_token": "token",
    "app_secret": "secret",
    "verify_token": "verify",
}


class Story:
    """Ada writes by WhatsApp; Dora answers."""

    def __init__(self, world: World, providers: Providers, town: str, house: str) -> None:
        self.world = world
        self.providers = providers
        self.settings = {**SETTINGS, "api_base": town}
        self.house = house
        self.hook = ""
        self.channel = self.connect(NUMBER, SETTINGS["app_secret"])
        self.number = providers.numbers[NUMBER]
        self.web = httpx.AsyncClient(base_url=town, trust_env=False, timeout=20)

    def connect(self, number: str, app_secret: str) -> int:
        """A channel for a number on both sides; all numbers call the address of the first."""
        settings = {**self.settings, "phone_number_id": number, "app_secret": app_secret}
        team = self.world.team
        channel: int = self.world.act(connect_channel, "whatsapp", number, team, settings)
        self.hook = self.hook or f"{self.house}/hooks/{public('chn', channel)}"
        self.providers.numbers[number] = Number(
            number, "token", app_secret, waba_id="222", hook=self.hook
        )
        return channel

    async def ada(self, phone: str = PHONE, number: str = NUMBER, **play: Any) -> str:
        """Ada does something with her phone; it is read. Gives the id of what she wrote."""
        told = await self.web.post(f"/play/whatsapp/{number}/{phone}/messages", json=play)
        assert told.json()["hook"] == 200
        await self.read()
        return str(told.json()["id"])

    async def read(self) -> None:
        await asyncio.to_thread(self.world.read_all)

    async def dora(self, *parts: Part) -> None:
        self.world.count += 1
        newest = self.rows("SELECT max(id) FROM conversations_case")[0][0]
        deed = (reply, self.world.dora, newest, parts)
        await asyncio.to_thread(self.world.act, *deed, client_id=f"c{self.world.count}")

    async def screen(self, phone: str = PHONE, number: str = NUMBER) -> list[dict[str, Any]]:
        shown = await self.web.get(f"/play/whatsapp/{number}/{phone}/messages")
        lines: list[dict[str, Any]] = shown.json()["messages"]
        return lines

    async def heard(self, many: int, phone: str = PHONE) -> list[dict[str, Any]]:
        """What we said, once so much of it stands on the screen."""
        await until(lambda: self.screen(phone), lambda lines: len(ours(lines)) >= many)
        return ours(await self.screen(phone))

    async def states(self, *wanted: str) -> None:
        """Until the deliveries stand so."""
        await until(self.deliveries, lambda found: found == list(wanted))

    async def deliveries(self) -> list[Any]:
        await self.read()
        return [row[0] for row in self.rows("SELECT state FROM conversations_delivery ORDER BY id")]

    async def reasons(self) -> list[Any]:
        return [row[0] for row in self.rows("SELECT reason FROM conversations_delivery")]

    def rows(self, query: str) -> list[Any]:
        return self.world.rows(query)


async def until(look: Callable[[], Awaitable[Any]], good: Callable[[Any], bool]) -> None:
    """Look again and again, for a while: what we wait for happens in other processes' time."""
    async with asyncio.timeout(15):
        while not good(await look()):  # noqa: ASYNC110 -- it is in the database
            await asyncio.sleep(0.02)


def ours(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in lines if line["out"]]


Telling = Callable[[Story], Awaitable[None]]


@pytest.fixture
def tell(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[Telling], None]:
    monkeypatch.setenv("FILO_ALLOW_PRIVATE_ADDRESSES", "1")

    async def run(telling: Telling) -> None:
        providers = Providers()
        async with (
            serving(Emulators(providers), lifespan="on") as town,
            receiving() as house,
            sending(),
        ):
            story = Story(world, providers, town, house)
            try:
                await telling(story)
            finally:
                await story.web.aclose()

    return lambda telling: asyncio.run(run(telling))


@asynccontextmanager
async def receiving() -> AsyncIterator[str]:
    receiver = Receiver()
    await receiver.startup()
    try:
        async with serving(receiver, lifespan="off") as house:
            yield house
    finally:
        await receiver.shutdown()


@asynccontextmanager
async def sending() -> AsyncIterator[None]:
    sender = Sender()
    work = asyncio.create_task(sender.run())
    try:
        yield
    finally:
        sender.stop()
        await work


# --- stories ----------------------------------------------------------------------


def test_a_question_by_whatsapp_is_answered_and_every_receipt_comes(
    tell: Callable[[Telling], None],
) -> None:
    async def story(it: Story) -> None:
        asked = await it.ada(text="Dov'è la mia valigia?", name="Ada Conti")
        await it.dora(Text("Dove la consegniamo?"))
        [answer] = await it.heard(1)
        await it.states("delivered")
        await it.web.post(f"/play/whatsapp/{NUMBER}/{PHONE}/read", json={})
        await it.states("read")
        await it.ada(text="A casa, grazie!", reply_to=answer["id"])
        await it.ada(edit={"message": asked, "text": "Dov'è la mia valigia blu?"})
        await it.ada(reaction={"message": answer["id"], "emoji": "👍"})

        said = "SELECT direction, parts -> 0 ->> 'text' FROM conversations_message ORDER BY id"
        assert it.rows(said) == [
            ("in", "Dov'è la mia valigia blu?"),
            ("out", "Dove la consegniamo?"),
            ("in", "A casa, grazie!"),
        ]
        assert it.rows("SELECT count(*) FROM conversations_case") == [(1,)]
        _, said_by_us, thanks = it.rows("SELECT id, answers FROM conversations_message ORDER BY id")
        assert thanks[1] == said_by_us[0]

    tell(story)


def test_a_question_of_ours_is_answered_with_one_press(tell: Callable[[Telling], None]) -> None:
    async def story(it: Story) -> None:
        await it.ada(text="Vorrei un posto")
        asked = Question("Quale?", (Option("a", "Corridoio"), Option("w", "Finestrino")))
        await it.dora(asked)
        [answer] = await it.heard(1)
        await it.ada(press={"message": answer["id"], "option": "w"})

        [(words, choice)] = it.rows(
            "SELECT parts -> 0 ->> 'text', context ->> 'choice' FROM conversations_message"
            " ORDER BY id DESC LIMIT 1"
        )
        assert (words, choice) == ("Finestrino", "w")

    tell(story)


def test_regression_1_an_album_in_parallel_and_twice_is_ten_messages_of_one_case(
    tell: Callable[[Telling], None],
) -> None:
    """chatwoot#14058"""
    picture = {"mime": "image/png", "base64": base64.b64encode(b"\x89PNG").decode()}

    async def story(it: Story) -> None:
        it.number.options.duplicates = 1
        path = f"/play/whatsapp/{NUMBER}/{PHONE}/messages"
        await asyncio.gather(*[it.web.post(path, json={"media": picture}) for _ in range(10)])
        await it.read()

        assert it.rows("SELECT count(*) FROM intake_journal") == [(20,)]
        assert it.rows("SELECT count(*) FROM conversations_message") == [(10,)]
        assert it.rows("SELECT count(*) FROM conversations_case") == [(1,)]
        assert it.rows("SELECT max(seq) FROM conversations_message") == [(10,)]
        assert it.rows("SELECT conflicts FROM channels_health") == [(0,)] * 2

    tell(story)


def test_regression_7_a_customer_without_a_number_is_listed_found_and_answered(
    tell: Callable[[Telling], None],
) -> None:
    """chatwoot#15586"""

    async def story(it: Story) -> None:
        await it.ada(text="Ciao", name="Ada", identity="bsuid")
        bsuid = it.providers.person(PHONE).bsuid
        [listed] = it.world.ask(people, it.world.dora)
        assert it.world.ask(find, it.world.dora, bsuid) == [listed]
        assert it.world.ask(find, it.world.dora, ADA) == []

        await it.dora(Text("Ciao Ada"))
        await it.heard(1)
        await it.ada(text="Ecco il mio numero", identity="both")

        [same] = it.world.ask(find, it.world.dora, ADA)
        assert same.id == listed.id
        assert {each.space for each in same.identities} == {"phone", "whatsapp:222"}

    tell(story)


def test_regression_8_a_number_in_two_national_formats_is_one_customer(
    tell: Callable[[Telling], None],
) -> None:
    """chatwoot#13808"""

    async def story(it: Story) -> None:
        await it.ada("5511987654321", text="oi", identity="phone")
        await it.ada("551187654321", text="sou eu", identity="phone")

        assert it.rows("SELECT count(*) FROM customers_customer") == [(1,)]
        [one] = it.world.ask(find, it.world.dora, "+55 11 8765-4321")
        assert it.world.ask(find, it.world.dora, "+5511987654321") == [one]

    tell(story)


def test_regression_11_an_expired_token_holds_the_answer_until_it_is_mended(
    tell: Callable[[Telling], None],
) -> None:
    """chatwoot#9708"""

    async def story(it: Story) -> None:
        await it.ada(text="Ciao")
        it.number.access_token = "renewed"
        await it.dora(Text("Buongiorno"))
        await until(it.reasons, lambda found: found == ["held"])
        assert await it.deliveries() == ["pending"]
        assert await it.heard(0) == []

        it.world.act(change, it.channel, settings={"access_token": "renewed"})
        await it.states("delivered")

    tell(story)


def test_a_lost_answer_is_settled_by_metas_report_and_nothing_is_said_twice(
    tell: Callable[[Telling], None],
) -> None:
    async def story(it: Story) -> None:
        await it.ada(text="Ciao")
        it.number.next = ["lose"]
        await it.dora(Text("Una volta sola"))
        await it.states("delivered")
        assert len(await it.heard(1)) == 1

    tell(story)


def test_reports_in_any_order_and_number_end_in_the_furthest_state(
    tell: Callable[[Telling], None],
) -> None:
    async def story(it: Story) -> None:
        it.number.options.out_of_order = it.number.options.reads = True
        it.number.options.duplicates = 2
        await it.ada(text="Ciao")
        await it.dora(Text("Buongiorno"))
        await it.heard(1)
        await it.providers.settle()
        await it.states("read")

    tell(story)


def test_one_address_serves_all_numbers_of_an_app(tell: Callable[[Telling], None]) -> None:
    async def story(it: Story) -> None:
        second = it.connect("777", SETTINGS["app_secret"])
        await it.ada(number="777", text="Al secondo numero")
        assert it.rows("SELECT channel_id FROM conversations_message") == [(second,)]

        await it.dora(Text("Eccoci"))
        await it.states("delivered")
        assert len(ours(await it.screen(number="777"))) == 1
        assert ours(await it.screen()) == []

    tell(story)


def test_another_app_cannot_speak_for_our_number(tell: Callable[[Telling], None]) -> None:
    async def story(it: Story) -> None:
        theirs = it.connect("777", "another app's secret")
        it.providers.numbers["777"].app_secret = SETTINGS["app_secret"]
        await it.ada(number="777", text="Mi spaccio per un altro")
        [(channel,)] = it.rows("SELECT channel_id FROM conversations_message")
        assert channel == it.channel != theirs

    tell(story)


def test_outside_the_window_nothing_is_sent_and_the_reason_is_told(
    tell: Callable[[Telling], None],
) -> None:
    async def story(it: Story) -> None:
        await it.ada("39333131047", text="Ciao")
        await it.dora(Text("Troppo tardi"))
        await it.states("failed")
        assert it.rows("SELECT reason FROM conversations_delivery") == [("window closed",)]
        assert await it.heard(0, "39333131047") == []

    tell(story)


def test_whoever_is_not_meta_stays_outside(tell: Callable[[Telling], None]) -> None:
    async def story(it: Story) -> None:
        person = it.providers.person(PHONE)
        value = {"contacts": [contact(person)], "messages": []}
        body = wire(envelope(it.number, value))
        for headers in (
            {},
            {"x-hub-signature-256": "sha256="},
            {"x-hub-signature-256": "sha256=" + "0" * 64},
        ):
            assert (await it.web.post(it.hook, content=body, headers=headers)).status_code == 401
        assert it.rows("SELECT count(*) FROM intake_journal") == [(0,)]

        knock = {"hub.mode": "subscribe", "hub.challenge": "42", "hub.verify_token": "verify"}
        known = await it.web.get(it.hook, params=knock)
        assert (known.status_code, known.text) == (200, "42")
        unknown = await it.web.get(it.hook, params={**knock, "hub.verify_token": "guess"})
        assert unknown.status_code == 403

    tell(story)
