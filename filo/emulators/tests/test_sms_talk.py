"""Our SMS connector and the emulated Twilio, over real loopback HTTP."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Generator
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from filo.channels import registry
from filo.channels.contract import (
    Airport,
    BoardingPass,
    Call,
    Carousel,
    Checks,
    Doubtful,
    Failed,
    Handle,
    Later,
    Media,
    OptedOut,
    Option,
    Part,
    Reason,
    Registers,
    Reply,
    Reported,
    RichCard,
    Said,
    State,
    Text,
)
from filo.channels.fitting import fit
from filo.emulators.tests.town import Town, account_town

ADA, OURS = "+393331234567", "+390200000000"
CONFIG = {
    "account_sid": "AC" + "0" * 32,
    "auth_token": "12345",
    "number": OURS,
    "messaging_service": "MG" + "1" * 32,
    "rcs": "yes",
}
T = TypeVar("T")
CARDS = Carousel(
    (RichCard("BZ 611", "ore 7:10", None, (Option("a", "Questo"),)), RichCard("BZ 613", "9:40")),
    "Due voli",
)
PASS = BoardingPass(
    "Ada Conti",
    "BZ 611",
    Airport("MXP"),
    Airport("CTA"),
    datetime(2026, 1, 2, 7, 10, tzinfo=UTC),
    "QX7",
)


def at_twilio(
    story: Callable[[Town], Awaitable[None]], keys: dict[str, str] | None = None, **options: object
) -> None:
    async def run() -> None:
        async with account_town("sms", OURS, CONFIG | (keys or {}), options=options) as town:
            await story(town)

    asyncio.run(run())


async def said(town: Town, part: Part, to: str = ADA, **more: Any) -> str:
    hook = town.world.accounts.of("sms")[OURS].hook
    [spoken] = fit([part], registry.card_of("sms", town.hook.config).can).parts
    return (await town.say(spoken, Handle("phone", to), hook=hook, **more)).id


def test_words_come_in_and_the_answer_is_reported_with_our_reference() -> None:
    async def story(town: Town) -> None:
        await town.act(ADA, text="Dov'è il pacco?")
        [first] = await town.hook.until(1)
        assert isinstance(first, Said) and first.by == Handle("phone", ADA)
        assert (first.parts, first.to) == ((Text("Dov'è il pacco?"),), "")
        await said(town, Text("Arriva domani"))
        reports = [one for one in await town.hook.until(3) if isinstance(one, Reported)]
        assert {one.state for one in reports} == {State.SENT, State.DELIVERED}
        assert {one.ref for one in reports} == {"dlv_1"}

    at_twilio(story)


def test_a_shared_key_may_sign_instead_of_the_token() -> None:
    async def story(town: Town) -> None:
        await town.act(ADA, text="Buongiorno")
        [first] = await town.hook.until(1)
        assert isinstance(first, Said)
        town.hook.config["signature"] = "HMAC_SHA1"
        refused = await town.act(ADA, text="E adesso?")
        assert refused["hook"] != 200 and len(town.hook.facts) == 1

    keys = {"signature": "HMAC_SHA256", "shared_key_id": "SK1", "shared_key": "other"}
    at_twilio(story, keys, shared_key=True)


def test_a_carousel_and_a_boarding_pass_are_seen_and_a_tap_comes_back() -> None:
    async def story(town: Town) -> None:
        id_ = await said(town, CARDS)
        await said(town, PASS)
        await town.hook.until(4)
        carousel, words = await town.shown(ADA)
        assert carousel["content"]["cards"][0]["title"] == "BZ 611"
        assert "Due voli" in str(carousel["content"])
        assert "BZ 611" in words["content"]["text"]
        await town.act(ADA, tap="a", about=id_)
        [tap] = [one for one in await town.hook.until(5) if isinstance(one, Said)]
        assert (tap.context, tap.answers) == ({"choice": "a"}, id_)

    at_twilio(story, rcs=True)


def test_a_phone_without_rcs_gets_the_same_in_words() -> None:
    async def story(town: Town) -> None:
        await said(town, CARDS)
        await town.hook.until(2)
        [words] = await town.shown(ADA)
        assert words["content"]["text"].startswith("Due voli\n\nBZ 611")

    at_twilio(story)


def test_a_file_comes_in_and_is_fetched() -> None:
    async def story(town: Town) -> None:
        picture = base64.b64encode(b"\x89PNG").decode()
        await town.act(ADA, media={"mime": "image/png", "name": "p.png", "base64": picture})
        [first] = await town.hook.until(1)
        assert isinstance(first, Said) and isinstance(first.parts[0], Media)
        media, config = first.parts[0], town.hook.config
        assert not media.ref.startswith("http"), "an open address is asked without our key"
        if media.ref.startswith("twilio:/"):
            address = media.ref.removeprefix("twilio:")
            media = Media(media.mime, ref=f"twilio:{config['api_base']}{address}")
        blob = await town.carrier.fetch(
            media, config=config, channel="chn_1", connector=registry.connector("sms")
        )
        assert blob.body == b"\x89PNG"

    at_twilio(story, media_auth=True)


def test_who_says_stop_is_left_in_peace_and_a_lost_answer_leaves_doubt() -> None:
    async def story(town: Town) -> None:
        town.world.accounts.of("sms")[OURS].next = ["lose", "429:7"]
        with pytest.raises(Doubtful):
            await said(town, Text("Arriva domani"))
        with pytest.raises(Later):
            await said(town, Text("Arriva domani"))
        await town.act(ADA, text="STOP")
        await town.hook.until(4)
        assert [one for one in town.hook.facts if isinstance(one, OptedOut)]
        with pytest.raises(Failed) as told:
            await said(town, Text("Ancora noi"))
        assert told.value.reason is Reason.BLOCKED

    at_twilio(story, shared_key=False)


def test_the_hops_hold_once_twilio_is_told_where_we_are() -> None:
    async def story(town: Town) -> None:
        connector = registry.connector("sms")
        assert isinstance(connector, Checks) and isinstance(connector, Registers)
        hook = "https://care.example.it/hooks/chn_1"
        before = await carried(town, connector.check(town.hook.config, hook=hook))
        await carried(town, connector.register(town.hook.config, hook=hook))
        after = await carried(town, connector.check(town.hook.config, hook=hook))
        assert [hop.ok for hop in before] == [True, True, False]
        assert [hop.ok for hop in after] == [True, True, True]

    at_twilio(story)


async def carried(town: Town, speech: Generator[Call, Reply, T]) -> T:
    """Any speech over real HTTP."""
    reply: Reply | None = None
    try:
        while True:
            call = next(speech) if reply is None else speech.send(reply)
            made = await town.web.request(
                call.method, call.address, headers=call.headers, data=call.form
            )
            reply = Reply(made.status_code, made.content, dict(made.headers))
    except StopIteration as end:
        outcome: T = end.value
        return outcome
