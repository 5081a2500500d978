"""The played Instagram against our connector and carrier, over real loopback HTTP."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from filo.channels import registry
from filo.channels.contract import (
    Airport,
    BoardingPass,
    Carousel,
    Failed,
    Later,
    Media,
    Moderation,
    Option,
    Reacted,
    Reported,
    RichCard,
    Said,
    State,
    Text,
    Withdrew,
)
from filo.channels.fitting import fit
from filo.emulators.tests.town import Town, account_town

KIND = "instagram"
CONFIG = {
    "account_id": "17841400000000001",
    "login": "instagram",
    "page_id": "",
    "user_id": "",
    "app_id": "777",
    "access_token": "ig-token",
    "app_secret": "app-secret",
    "verify_token": "verify",
    "token_ends": "",
    "human_agent": "no",
}
PICTURE = Media("image/png", "https://files.example/r.png")
CARDS = Carousel(
    (
        RichCard("Roma", "Domani", PICTURE, (Option("r", "Prenota Roma"),)),
        RichCard("Oslo", "Lunedì", PICTURE, (Option("o", "Prenota Oslo"),)),
    )
)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PASS = BoardingPass(
    "Ada Conti", "BZ 123", Airport("MXP", "Milano"), Airport("FCO", "Roma"), NOON, "K7QX2P"
)


def in_town(test: Any, config: dict[str, str] | None = None, **options: Any) -> None:
    async def run() -> None:
        async with account_town(KIND, "brezza", CONFIG | (config or {}), options=options) as town:
            await test(town)
            await town.world.settle()

    asyncio.run(run())


async def heard(town: Town, **deed: Any) -> Said:
    assert (await town.act("ada", name="Ada Conti", **deed))["hook"] == 200
    return [fact for fact in town.hook.facts if isinstance(fact, Said)][-1]


async def asked(town: Town, steps: Any) -> Any:
    connector = registry.connector(KIND)
    return await town.carrier.ask(
        steps, config=town.hook.config, channel="chn_1", connector=connector
    )


def test_a_thread_with_an_answer_cards_a_tap_and_a_reading() -> None:
    async def test(town: Town) -> None:
        fact = await heard(town, text="Dov'è la mia valigia?")
        await town.say(Text("È qui"), fact.by)
        cards = await town.say(CARDS, fact.by, ref="dlv_2")
        tapped = await heard(town, tap="o", about=cards.id)
        assert (tapped.parts, tapped.context["choice"]) == ((Text("Prenota Oslo"),), "o")
        await town.act("ada", react="❤️", about=cards.id)
        await town.act("ada", act="delete", about=fact.id)
        await town.web.post(f"{town.place}/ada/read", json={})
        await town.world.settle()
        kinds = {type(one) for one in town.hook.facts}
        assert {Reacted, Withdrew, Reported} <= kinds
        reports = [one for one in town.hook.facts if isinstance(one, Reported)]
        assert {one.state for one in reports if one.state is not State.SENT} == {State.READ}

    in_town(test)


def test_a_boarding_pass_arrives_with_all_that_it_says() -> None:
    async def test(town: Town) -> None:
        fact = await heard(town, text="La carta?")
        for n, part in enumerate(fit([PASS], registry.card_of(KIND, CONFIG).can).parts):
            await town.say(part, fact.by, ref=f"dlv_{n}")
        shown = str((await town.shown("ada"))[1:])
        for word in ("BZ 123", "Ada Conti", "MXP", "FCO", "K7QX2P"):
            assert word in shown

    in_town(test)


@pytest.mark.parametrize("options", [{}, {"changes": True}], ids=["bare", "in changes"])
def test_a_comment_is_answered_in_public_and_taken_up_in_private_once(
    options: dict[str, Any],
) -> None:
    async def test(town: Town) -> None:
        comment = await heard(town, act="comment", values={"text": "Nessuno risponde!"})
        assert comment.public
        assert comment.post is not None
        await town.say(
            Text("Ciao Ada"), comment.by, public=True, answers=comment.id, post=comment.post.id
        )
        await town.say(Text("Ti scriviamo qui"), comment.by, privately=comment.id, ref="dlv_2")
        with pytest.raises(Failed):
            await town.say(Text("Ancora"), comment.by, privately=comment.id, ref="dlv_3")
        wall = await town.shown("-")
        assert [one["content"]["text"] for one in wall[1:]] == ["Nessuno risponde!", "Ciao Ada"]
        assert wall[2]["answers"] == comment.id
        [private] = await town.shown("ada")
        assert private["content"]["text"] == "Ti scriviamo qui"

    in_town(test, **options)


def test_a_comment_is_hidden_shown_and_deleted() -> None:
    async def test(town: Town) -> None:
        comment = await heard(town, act="comment", values={"text": "Vergogna"})
        connector: Any = registry.connector(KIND)
        seen = []
        for action in (Moderation.HIDE, Moderation.UNHIDE, Moderation.DELETE):
            await asked(town, connector.moderate(action, comment.id, town.hook.config))
            last = (await town.shown("-"))[-1]
            seen.append((last["hidden"], last["withdrawn"]))
        assert seen == [(True, False), (False, False), (False, True)]

    in_town(test)


def test_a_comment_on_an_advertisement_comes_twice_and_is_one() -> None:
    async def test(town: Town) -> None:
        await heard(town, act="comment", values={"text": "Quanto costa?"})
        said = [fact for fact in town.hook.facts if isinstance(fact, Said)]
        assert len(said) == 2
        assert len({fact.key for fact in said}) == 1
        assert len({fact.post.id for fact in said if fact.post}) == 1

    in_town(test, boosted=True)


def test_a_key_that_is_exchanged_holds_on_for_the_answer_may_be_lost() -> None:
    async def test(town: Town) -> None:
        fact = await heard(town, text="Ciao")
        connector: Any = registry.connector(KIND)
        await asked(town, connector.renew(town.hook.config, at=NOON))  # and nobody kept it
        await town.say(Text("Con la vecchia"), fact.by)
        fresh = await asked(town, connector.renew(town.hook.config, at=NOON))
        assert fresh["access_token"] != town.hook.config["access_token"]
        town.hook.config |= fresh
        await town.say(Text("Con la nuova"), fact.by)
        assert (await town.shown("ada"))[-1]["content"]["text"] == "Con la nuova"

    in_town(test)


def test_a_key_younger_than_a_day_is_not_exchanged_and_still_speaks() -> None:
    async def test(town: Town) -> None:
        connector: Any = registry.connector(KIND)
        with pytest.raises(Later):
            await asked(town, connector.renew(town.hook.config, at=NOON))
        fact = await heard(town, text="Ciao")
        await town.say(Text("Eccoci"), fact.by)

    in_town(test, young=True)


def test_a_thousand_bytes_are_the_most() -> None:
    async def test(town: Town) -> None:
        fact = await heard(town, act="story", values={"text": "Bella!"})
        assert fact.parts == (Text("Bella!"),)
        await town.say(Text("😀" * 250), fact.by)
        with pytest.raises(Failed):
            await town.say(Text("😀" * 250 + "x"), fact.by, ref="dlv_2")

    in_town(test)
