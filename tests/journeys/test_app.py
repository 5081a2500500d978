"""The company's own app: the SDK without a screen, on the real processes of the house.

The client is the one that the town's phones hold; it was written from `docs/reference/app.md`.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from secrets import token_hex
from typing import Any

import httpx
import pytest

from filo.channels.carrier import Carrier
from filo.channels.contract import Text
from filo.channels.operations import connect
from filo.channels.queries import one
from filo.conversations import operations as conversations
from filo.core import clock, passes
from filo.core.db import Cursor
from filo.core.events import ring
from filo.core.ids import public
from filo.emulators.players.app.client import Client, Refused
from filo.emulators.server import Emulators
from filo.emulators.tests.town import serving
from filo.emulators.world import World as Providers
from filo.project.waking import wake_once
from filo.staff.operations import create_staff, create_team
from filo.staff.queries import scope
from tests.journeys.running import Running

KEY = "the one key that signs who is logged in"
PATIENCE = 60.0


class Brand:
    """One company with a chat on its site and an app, both behind one login."""

    def __init__(self, house: Running) -> None:
        self.house = house
        with house.cursor() as cur:
            team = create_team(cur, f"Team {token_hex(4)}")
            chat = connect(cur, "webchat", "Chat", team, {"jwt_secret": KEY})
            app = connect(cur, "app", "App", team, {"jwt_secret": KEY, "name": "Brezza"})
            mail = f"dora{token_hex(4)}@brezza.example"
            self.dora = create_staff(cur, email=mail, name="Dora Neri", teams=[team])
            self.secret = one(cur, app).settings["visitor_secret"]
        self.chat, self.app = public("chn", chat), public("chn", app)
        self.numbers = [chat, app]

    def token(self, sub: str) -> str:
        """What the company's server signs: for both places at once."""
        until = int(clock.now().timestamp()) + 600
        return passes.word_for(passes.Claims(sub, until, [self.chat, self.app], sub), key=KEY)

    def brief(self, sub: str, seconds: float) -> tuple[str, str]:
        """A pass for the app that is over soon, and its key."""
        until = int(clock.now().timestamp() + seconds)
        given = passes.Pass(self.app, sub, until, sub, signed_in=True)
        return passes.write(given, key=self.secret), passes.signing_key(given, key=self.secret)

    def rows(self, what: str) -> list[tuple[Any, ...]]:
        with self.house.cursor() as cur:
            return cur.execute(what, [self.numbers]).fetchall()

    def heard(self) -> list[str]:
        found = self.rows(
            "SELECT client_id FROM conversations_message"
            " WHERE channel_id = ANY(%s) AND direction = 'in' ORDER BY id"
        )
        return [row[0] for row in found]

    def cases(self) -> list[int]:
        found = self.rows(
            "SELECT id FROM conversations_case WHERE channel_id = ANY(%s) ORDER BY id"
        )
        return [row[0] for row in found]

    def settings(self) -> dict[str, str]:
        with self.house.cursor() as cur:
            return dict(one(cur, self.numbers[1]).settings)

    def has_gone(self) -> bool:
        asked = "SELECT state FROM conversations_delivery WHERE channel_id = ANY(%s)"
        return [row[0] for row in self.rows(asked)] == ["sent"]

    def rouses(self) -> None:
        """Nobody looks, and it is time: as the notices would ask."""
        with self.house.cursor() as cur:
            told = "SELECT identity_id FROM conversations_message WHERE channel_id = ANY(%s)"
            for (identity,) in cur.execute(told, [self.numbers]).fetchall():
                conversations.rouse(cur, identity)

    def dora_answers(self, text: str) -> None:
        with self.acting() as (cur, me):
            case, mark = self.cases()[0], token_hex(6)
            conversations.reply(cur, me, case, [Text(text)], client_id=mark)

    @contextmanager
    def acting(self) -> Iterator[tuple[Cursor, Any]]:
        with self.house.cursor() as cur:
            yield cur, scope(cur, self.dora)
            ring(cur)


@pytest.fixture
def brand(house: Running) -> Brand:
    return Brand(house)


def play(test: Callable[[httpx.AsyncClient], Awaitable[None]]) -> None:
    async def run() -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=20) as web:
            await test(web)

    asyncio.run(run())


async def until(seen: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await seen():  # noqa: ASYNC110 - another process rings no bell here
            await asyncio.sleep(0.1)


def words(lines: list[dict[str, Any]]) -> list[str]:
    return [line["parts"][0]["text"] for line in lines]


async def next_line(client: Client, *, text: str, state: str) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        async for told in client.listen():
            line = told.get("line", {})
            if line and (words([line]), line["state"]) == ([text], state):
                return dict(line)
    raise AssertionError("the stream ended")


def test_one_login_on_the_site_and_in_the_app_is_one_person_with_one_thread(brand: Brand) -> None:
    sub = f"customer-{token_hex(4)}"

    async def test(web: httpx.AsyncClient) -> None:
        site = Client(web, brand.house.origin, brand.chat)
        phone = Client(web, brand.house.origin, brand.app)
        for one_of_hers in (site, phone):
            await one_of_hers.sign_in(brand.token(sub))
        await phone.enrol({"platform": "apns", "address": f"a1{sub}"})
        await site.command(cmd="send", client_id="c1", text="Dal sito")

        async def is_there() -> bool:
            return words(await phone.lines()) == ["Dal sito"]

        await until(is_there)
        await site.lines()
        await asyncio.to_thread(brand.dora_answers, "Eccomi")
        answer = await next_line(phone, text="Eccomi", state="sent")
        await phone.command(cmd="read", refs=answer["refs"])
        # Read in the app: the site hears it.
        await next_line(site, text="Eccomi", state="read")
        await phone.command(cmd="send", client_id="c1", text="Dall'app")
        await next_line(site, text="Dall'app", state="delivered")
        assert len(brand.cases()) == 1

        # After a log-out nothing of hers is on the phone, and nothing wakes it.
        await phone.enrol({"platform": "apns", "address": f"a1{sub}"}, forget=True)
        await phone.sign_out()
        with pytest.raises(Refused):
            await phone.lines()
        assert brand.rows("SELECT id FROM conversations_device WHERE channel_id = ANY(%s)") == []

        other = Client(web, brand.house.origin, brand.app)
        await other.sign_in(brand.token(f"{sub}-other"))
        assert await other.lines() == []

    play(test)


# --- conformance: what every client of the protocol may rely on -------------------------------


class Tab:
    """One open copy of the app: it is cut at random and goes on from its cursor."""

    def __init__(self, brand: Brand, web: httpx.AsyncClient, sub: str, chance: random.Random):
        self.client = Client(web, brand.house.origin, brand.app)
        self.brand, self.sub, self.chance = brand, sub, chance
        self.lines: dict[str, dict[str, Any]] = {}
        self.cursors: list[str] = []
        self.cuts = self.renewed = 0

    async def begin(self, brief: tuple[str, str] = ("", "")) -> None:
        self.client.token, self.client.key = brief
        if not self.client.token:
            await self.client.sign_in(self.brand.token(self.sub))
        for line in await self.client.lines():
            self.take(line)

    async def listen(self, enough: Callable[[Tab], bool]) -> None:
        while not enough(self):
            left = self.chance.randint(1, 6)
            try:
                async for told in self.client.listen():
                    self.cursors.append(self.client.cursor)
                    if told["type"] == "message":
                        self.take(told["line"])
                    left -= 1
                    if enough(self) or not left:
                        break
                self.cuts += 1
            except Refused as refused:
                assert refused.status == httpx.codes.UNAUTHORIZED
                await self.client.sign_in(self.brand.token(self.sub))
                self.renewed += 1

    def take(self, line: dict[str, Any]) -> None:
        before = self.lines.get(line["id"])
        order = ("sent", "delivered", "read")
        if before:
            assert order.index(line["state"]) >= order.index(before["state"])  # never backwards
        self.lines[line["id"]] = line

    def thread(self) -> list[tuple[str, list[str]]]:
        return [(name, words([self.lines[name]])) for name in sorted(self.lines)]

    def has(self, *texts: str) -> bool:
        return set(texts) <= set(words(list(self.lines.values())))


ASKED = [f"domanda {n}" for n in range(8)]
TOLD = [f"risposta {n}" for n in range(4)]


async def converse(brand: Brand, tabs: list[Tab], bea: Tab, chance: random.Random) -> None:
    """Every command goes twice, from whichever tab: the answer to the first was lost."""
    for n, text in enumerate(ASKED):
        writer = tabs[chance.randrange(2)].client
        for _ in range(2):
            await writer.command(cmd="send", client_id=text, text=text)
        if not n:
            await until(lambda: asyncio.to_thread(lambda: bool(brand.cases())))
            await bea.client.command(cmd="send", client_id="bea", text="Sono Bea")
        if n % 2:
            await asyncio.to_thread(brand.dora_answers, TOLD[n // 2])


def test_whatever_is_cut_each_tab_ends_with_the_same_thread(brand: Brand) -> None:
    """Random cuts, three tabs, a pass that ends in mid-stream, and somebody else beside them."""
    sub, chance = f"ada-{token_hex(3)}", random.Random(7)

    async def test(web: httpx.AsyncClient) -> None:
        tabs = [Tab(brand, web, sub, random.Random(n)) for n in range(3)]
        bea = Tab(brand, web, f"bea-{sub}", chance)
        for tab in (*tabs, bea):
            await tab.begin()
        await tabs[2].begin(brand.brief(sub, 3))
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
            for tab in tabs:
                group.create_task(tab.listen(lambda tab: tab.has(*ASKED, *TOLD)))
            group.create_task(bea.listen(lambda tab: tab.has("Sono Bea")))
            await converse(brand, tabs, bea, chance)

        assert sorted(brand.heard()) == sorted([*ASKED, "bea"])
        server = Tab(brand, web, sub, chance)
        await server.begin()
        for tab in tabs:
            assert tab.thread() == server.thread()
            assert tab.cursors == sorted(tab.cursors, key=place)
        assert words(list(bea.lines.values())) == ["Sono Bea"]
        assert sum(tab.cuts for tab in tabs) >= len(tabs)

    play(test)


def place(cursor: str) -> list[int]:
    """A cursor is opaque to clients; here its order is the question."""
    return [int(piece) for piece in cursor.split(".")[1:]]


def test_a_pass_that_ends_in_the_middle_is_changed_for_a_new_one(brand: Brand) -> None:
    sub = f"ada-{token_hex(3)}"

    async def test(web: httpx.AsyncClient) -> None:
        tab = Tab(brand, web, sub, random.Random(1))
        await tab.begin()
        await tab.client.command(cmd="send", client_id="c1", text="Prima")
        await tab.listen(lambda tab: tab.has("Prima"))
        tab.client.token, tab.client.key = brand.brief(sub, -1)
        with pytest.raises(Refused):
            await tab.client.command(cmd="send", client_id="c2", text="Dopo")
        await asyncio.to_thread(brand.dora_answers, "Eccomi")
        await tab.listen(lambda tab: tab.has("Eccomi"))
        await tab.client.command(cmd="send", client_id="c2", text="Dopo")
        await tab.listen(lambda tab: tab.has("Dopo"))
        assert tab.renewed == 1
        assert brand.heard() == ["c1", "c2"]

    play(test)


# --- a phone of the town ------------------------------------------------------------------------


def test_a_closed_app_is_woken_by_a_push_and_a_tap_opens_the_thread(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", brand.house.url)
    person = "393331234567"

    async def test(web: httpx.AsyncClient) -> None:
        async with (
            serving(Emulators(Providers()), lifespan="on") as town,
            Carrier(allow_private=True) as carrier,
        ):
            wish = {
                "settings": brand.settings(),
                "hook": f"{brand.house.origin}/hooks/{brand.app}",
                "options": {"platform": "web"},
            }
            (await web.put(f"{town}/control/app/b", json=wish)).raise_for_status()
            place = f"{town}/play/app/b/{person}"
            told = await web.post(place, json={"name": "Ada", "text": "Ciao"})
            assert told.json()["hook"] == 200
            await until(lambda: asyncio.to_thread(lambda: bool(brand.cases())))
            await web.post(place, json={"act": "close"})

            await asyncio.to_thread(brand.dora_answers, "Eccomi")
            await until(lambda: asyncio.to_thread(brand.has_gone))
            await asyncio.to_thread(brand.rouses)
            assert await wake_once(carrier) == 1
            closed = (await web.get(place)).json()
            assert [one["text"] for one in closed["notices"]] == ["Hai una risposta"]
            assert "Eccomi" not in str(closed)

            opened = (await web.get(f"{place}?front=1")).json()
            assert opened["notices"] == []
            assert [one["content"]["text"] for one in opened["bubbles"]] == ["Ciao", "Eccomi"]

            # Deleted from the phone: the push service says so, and the device is forgotten.
            await web.post(place, json={"act": "uninstall"})
            await asyncio.to_thread(brand.rouses)
            assert await wake_once(carrier) == 0
            every = "SELECT id FROM conversations_device WHERE channel_id = ANY(%s)"
            assert brand.rows(every) == []

    play(test)
