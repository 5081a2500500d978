"""The emulated Apple, and our connector talking with it over real loopback HTTP."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest

from filo.channels import registry
from filo.channels.contract import (
    Airport,
    Blob,
    BoardingPass,
    Carousel,
    Choice,
    Doubtful,
    Failed,
    Field,
    Form,
    Handle,
    Later,
    Media,
    Option,
    Part,
    RichCard,
    Said,
    Slot,
    Slots,
    Text,
)
from filo.channels.fitting import fit
from filo.emulators.players.apple import keys
from filo.emulators.tests.town import Town, account_town

NAME = "brezza"
SECRET = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
CONFIG = {"business_id": "urn:biz:7f3a", "msp_id": "filo-msp", "msp_secret": SECRET}
MORNING = datetime(2026, 12, 4, 9, 0, tzinfo=UTC)
CARDS = Carousel(
    (RichCard("BZ 611", "ore 7:10", None, (Option("a", "Questo"),)), RichCard("BZ 613", "9:40")),
    "Due voli",
)
PASS = BoardingPass("Ada Conti", "BZ 611", Airport("MXP"), Airport("CTA"), MORNING, "QX7")


def at_apple(story: Callable[[Town], Awaitable[None]], **options: object) -> None:
    async def run() -> None:
        async with account_town("apple", NAME, CONFIG, options=options) as town:
            await story(town)

    asyncio.run(run())


async def words_from(town: Town, count: int) -> Said:
    said: list[Said] = []
    async with asyncio.timeout(10):
        while len(said) < count:
            town.hook.news.clear()
            said = [one for one in town.hook.facts if isinstance(one, Said)]
            if len(said) < count:
                await town.hook.news.wait()
    return said[count - 1]


async def greeted(town: Town) -> Handle:
    await town.act("ada", text="Dov'è il volo?")
    first = await words_from(town, 1)
    assert first.parts == (Text("Dov'è il volo?"),)
    return first.by


async def said(town: Town, to: Handle, *parts: Part, **more: Any) -> str:
    fitted = fit(parts, registry.connector("apple").card.can).parts
    ids = [
        (await town.say(one, to, **({"ref": f"dlv_{n}"} | more))).id for n, one in enumerate(fitted)
    ]
    return ids[-1]


async def seen(town: Town) -> list[dict[str, Any]]:
    return [one for one in await town.shown("ada") if one["out"]]


def test_the_token_is_one_that_pyjwt_reads_and_writes() -> None:
    made = keys.token({"aud": "filo-msp", "iat": 1}, secret=SECRET)
    key = base64.b64decode(SECRET)
    read = jwt.decode(made, key, algorithms=["HS256"], audience="filo-msp")
    assert read["iat"] == 1
    theirs = jwt.encode({"iss": "filo-msp"}, key, algorithm="HS256")
    assert keys.claims(theirs, secret=SECRET) == {"iss": "filo-msp"}
    assert keys.claims(theirs[:-2], secret=SECRET) is None


def test_words_a_carousel_and_a_pass_are_seen() -> None:
    async def story(town: Town) -> None:
        ada = await greeted(town)
        await said(town, ada, Text("In orario"), ref="dlv_a")
        await said(town, ada, CARDS, ref="dlv_b")
        await said(town, ada, PASS, ref="dlv_c")
        shown = await seen(town)
        assert shown[0]["content"] == {"text": "In orario"}
        assert "BZ 611" in str(shown[1:]) and "QX7" in str(shown[1:])

    at_apple(story)


@pytest.mark.parametrize("old_picker", [False, True])
def test_a_tap_comes_back_as_the_choice(old_picker: bool) -> None:
    async def story(town: Town) -> None:
        ada = await greeted(town)
        quick = Choice("Quale?", (Option("a", "Corridoio"), Option("w", "Finestrino")))
        times = Slots("Quando?", (Slot("s1", MORNING, 30), Slot("s2", MORNING, 60)))
        asks: tuple[tuple[Part, str], ...] = ((quick, "w"), (times, "s2"))
        for n, (part, id_) in enumerate(asks, start=2):
            asked = await said(town, ada, part, ref=f"dlv_q{n}")
            await town.act("ada", tap=id_, about=asked)
            assert (await words_from(town, n)).context["choice"] == id_

    at_apple(story, old_picker=old_picker)


def test_a_large_answer_comes_as_a_reference_that_can_be_opened() -> None:
    async def story(town: Town) -> None:
        ada = await greeted(town)
        quick = Choice("Quale?", (Option("a", "Corridoio"), Option("w", "Finestrino")))
        asked = await said(town, ada, quick)
        await town.act("ada", tap="w", about=asked)
        words, large = (await words_from(town, 2)).parts
        assert words == Text("Finestrino")
        assert isinstance(large, Media)
        found = await town.carrier.fetch(
            large,
            config=town.hook.config,
            channel="chn_1",
            connector=registry.connector("apple"),
        )
        assert b'"selectedIndex": 1' in found.body

    at_apple(story, by_reference=True)


def test_a_form_is_filled_in() -> None:
    async def story(town: Town) -> None:
        ada = await greeted(town)
        size = Field("size", "Misura", "choice", (Option("s", "S"), Option("m", "M")))
        asked = await said(town, ada, Form("f1", "Reso", (size, Field("why", "Motivo"))))
        [form] = await seen(town)
        assert form["type"] == "form" and len(form["content"]["fields"]) == 2
        names = [one["name"] for one in form["content"]["fields"]]
        values = dict(zip(names, ("m", "stretto"), strict=True))
        await town.act("ada", act="form", values=values, about=asked)
        answer = await words_from(town, 2)
        assert "stretto" in str(answer.context)

    at_apple(story)


@pytest.mark.parametrize("old_names", [False, True])
def test_files_are_sealed_both_ways(old_names: bool) -> None:
    async def story(town: Town) -> None:
        picture = {"mime": "image/png", "name": "p.png", "base64": "iVBORw=="}
        await town.act("ada", media=picture)
        came = await words_from(town, 1)
        [media] = [part for part in came.parts if isinstance(part, Media)]
        connector = registry.connector("apple")
        found = await town.carrier.fetch(
            media, config=town.hook.config, channel="chn_1", connector=connector
        )
        assert found.body == b"\x89PNG"
        blob = Blob("image/png", b"\x89PNG ours", "o.png")
        ours = Media("image/png", attachment="att_1", name="o.png")
        await said(town, came.by, ours, files={"att_1": blob})
        [shown] = await seen(town)
        assert shown["type"] == "image"
        assert (await town.web.get(shown["content"]["url"])).content == b"\x89PNG ours"

    at_apple(story, old_names=old_names)


def test_a_lost_answer_is_repeated_and_seen_once() -> None:
    async def story(town: Town) -> None:
        ada = await greeted(town)
        town.world.accounts.of("apple")[NAME].next = ["lose", "429:7"]
        with pytest.raises(Doubtful):
            await said(town, ada, Text("Una volta"), ref="dlv_9")
        with pytest.raises(Later):
            await said(town, ada, Text("Una volta"), ref="dlv_9")
        await said(town, ada, Text("Una volta"), ref="dlv_9")
        assert len(await seen(town)) == 1

    at_apple(story)


def test_who_closed_the_thread_hears_nothing_until_they_write_again() -> None:
    async def story(town: Town) -> None:
        ada = await greeted(town)
        await town.act("ada", act="close")
        with pytest.raises(Failed):
            await said(town, ada, Text("Ancora noi"), ref="dlv_1")
        await town.act("ada", text="Rieccomi")
        await said(town, ada, Text("Bentornata"), ref="dlv_2")
        assert [one["content"]["text"] for one in await seen(town)] == ["Bentornata"]

    at_apple(story)


def test_a_reaction_comes_as_the_words_of_a_tapback() -> None:
    async def story(town: Town) -> None:
        ada = await greeted(town)
        about = await said(town, ada, Text("Tutto a posto"))
        await town.act("ada", react="❤️", about=about)
        await words_from(town, 1)
        body = b"".join(one.body for one in town.hook.requests)
        assert "Loved “Tutto a posto”".encode() in body

    at_apple(story)
