"""Our WeChat connector and the emulated WeChat, over real loopback HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

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
    Handle,
    ListsTemplates,
    Media,
    OptedOut,
    Option,
    Part,
    Reason,
    RichCard,
    Said,
    Template,
    Text,
)
from filo.channels.fitting import fit
from filo.emulators.tests.town import Town, account_town

ACCOUNT = "gh_123"
CONFIG = {
    "app_id": "wx49f0ab532d5d035a",
    "app_secret": "secret",
    "token": "123456",
    "encoding_aes_key": "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR",
    "original_id": ACCOUNT,
}
MORNING = datetime(2026, 1, 2, 7, 10, tzinfo=UTC)
CARDS = Carousel(
    (RichCard("BZ 611", "ore 7:10", None, (Option("a", "Questo"),)), RichCard("BZ 613", "9:40")),
    "Due voli",
)
PASS = BoardingPass("Ada Conti", "BZ 611", Airport("MXP"), Airport("CTA"), MORNING, "QX7")


def at_wechat(story: Callable[[Town], Awaitable[None]], **options: object) -> None:
    async def run() -> None:
        async with account_town("wechat", ACCOUNT, CONFIG, options=options) as town:
            await story(town)

    asyncio.run(run())


async def said(town: Town, to: Handle, *parts: Part, **more: Any) -> list[str]:
    fitted = fit(parts, registry.connector("wechat").card.can).parts
    return [(await town.say(part, to, **more)).id for part in fitted]


async def greeted(town: Town) -> Handle:
    await town.act("ada", text="Dov'è il volo?")
    [first] = await town.hook.until(1)
    assert isinstance(first, Said) and first.parts == (Text("Dov'è il volo?"),)
    return first.by


def words(bubbles: list[dict[str, Any]]) -> str:
    return "\n".join(str(one["content"]) for one in bubbles if one["out"])


def test_sealed_words_come_in_and_an_answer_a_carousel_and_a_pass_go_out() -> None:
    async def story(town: Town) -> None:
        ada = await greeted(town)
        await said(town, ada, Text("In orario, 加油"))
        await said(town, ada, CARDS)
        shown = words(await town.shown("ada"))
        assert "In orario, 加油" in shown and "BZ 611" in shown and "BZ 613" in shown
        await town.act("ada", text="E la carta?")
        await said(town, ada, PASS)
        assert "QX7" in words(await town.shown("ada"))

    at_wechat(story)


def test_a_tap_in_a_menu_comes_back_as_the_choice() -> None:
    async def story(town: Town) -> None:
        ada = await greeted(town)
        await said(town, ada, Choice("Quale?", (Option("a", "Corridoio"), Option("w", "Posto"))))
        [menu] = [one for one in await town.shown("ada") if one["out"]]
        await town.act("ada", tap="w", about=menu["id"])
        tap = (await town.hook.until(2))[-1]
        assert isinstance(tap, Said) and tap.context == {"choice": "w"}

    at_wechat(story)


def test_a_picture_is_uploaded_and_seen_and_one_of_theirs_is_fetched() -> None:
    async def story(town: Town) -> None:
        ada = await greeted(town)
        blob = Blob("image/png", b"\x89PNG", "p.png")
        picture = Media("image/png", attachment="att_1", name="p.png")
        await said(town, ada, picture, files={"att_1": blob})
        assert [one["type"] for one in await town.shown("ada") if one["out"]] == ["image"]
        await town.act("ada", media={"mime": "image/png", "name": "p.png", "base64": "iVBORw=="})
        came = (await town.hook.until(2))[-1]
        assert isinstance(came, Said) and isinstance(came.parts[0], Media)
        connector = registry.connector("wechat")
        found = await town.carrier.fetch(
            came.parts[0], config=town.hook.config, channel="chn_1", connector=connector
        )
        assert found.body == b"\x89PNG"

    at_wechat(story)


def test_a_follow_opens_three_messages_and_the_fourth_is_refused() -> None:
    async def story(town: Town) -> None:
        await town.act("ada", act="follow", values={"scene": "link-7Q2F"})
        back, came = await town.hook.until(2)
        assert isinstance(back, OptedOut) and back.back
        assert isinstance(came, Said) and came.context["referral"] == "link-7Q2F"
        for n in range(3):
            await said(town, came.by, Text(f"Benvenuta {n}"))
        with pytest.raises(Failed) as told:
            await said(town, came.by, Text("Ancora"))
        assert told.value.reason is Reason.WINDOW_CLOSED

    at_wechat(story)


def test_an_ended_token_is_fetched_anew_and_a_lost_answer_leaves_doubt() -> None:
    async def story(town: Town) -> None:
        ada = await greeted(town)
        town.hook.config["access_token"] = "ended"
        await said(town, ada, Text("Eccoci"))
        town.hook.config["access_token"] = ""
        town.world.accounts.of("wechat")[ACCOUNT].next = ["lose"]
        with pytest.raises(Doubtful):
            await said(town, ada, Text("Ancora qui"))

    at_wechat(story)


def test_who_ticked_a_notice_gets_it_once_and_who_enters_hears_two_messages() -> None:
    async def story(town: Town) -> None:
        config = town.hook.config
        wechat = registry.connector("wechat")
        assert isinstance(wechat, ListsTemplates)
        listed = await town.carrier.ask(
            wechat.templates(config), config=config, channel="chn_1", connector=wechat
        )
        assert [one.name for one in listed] == ["tpl-answer-ready", "subscribe:ntc-boarding"]

        await town.act("ada", act="enter", values={"from": "orders"})
        ada = next(one.by for one in town.hook.facts if isinstance(one, Said))
        for n in (1, 2):
            await said(town, ada, Text(f"{n}"), ref=f"dlv_{n}")
        with pytest.raises(Failed):
            await said(town, ada, Text("3"), ref="dlv_3")

        boarding = Template("subscribe:ntc-boarding", "zh_CN", "Gate: A12", {"body.thing1": "A12"})
        with pytest.raises(Failed) as refused:
            await said(town, ada, boarding, ref="dlv_4")
        assert refused.value.reason is Reason.BLOCKED
        await town.act("ada", act="notice", values={"template": "ntc-boarding"})
        await said(town, ada, boarding, ref="dlv_5")

        [*_, shown] = await town.shown("ada")
        assert shown["content"]["text"] == "Gate: A12"

    at_wechat(story)
