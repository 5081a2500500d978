"""The played Messenger against our connector and carrier, over real loopback HTTP."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime, timedelta
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
    Edited,
    Failed,
    Fetches,
    Handle,
    Later,
    Media,
    Option,
    Profile,
    Reacted,
    Reason,
    Reported,
    RichCard,
    Said,
    Spoken,
    State,
    Template,
    Text,
    Withdrew,
)
from filo.channels.fitting import fit
from filo.core import clock
from filo.emulators.tests.town import Town, account_town

KIND = "messenger"
CONFIG = {
    "page_id": "1000000000001",
    "app_id": "777",
    "access_token": "page-token",
    "app_secret": "app-secret",
    "verify_token": "verify",
    "human_agent": "no",
    "utility": "no",
}
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PICTURE = Media("image/png", "https://files.example/r.png")
CARDS = Carousel(
    (
        RichCard("Roma", "Domani", PICTURE, (Option("r", "Prenota Roma"),)),
        RichCard("Oslo", "Lunedì", PICTURE, (Option("o", "Prenota Oslo"),)),
    )
)
PASS = BoardingPass(
    "Ada Conti", "BZ 123", Airport("MXP", "Milano"), Airport("FCO", "Roma"), NOON, "K7QX2P"
)


def in_town(test: Any, config: dict[str, str] | None = None, **options: Any) -> None:
    async def run() -> None:
        async with account_town(KIND, "brezza", CONFIG | (config or {}), options=options) as town:
            await test(town)
            await town.world.settle()

    asyncio.run(run())


async def wrote(town: Town, text: str = "Dov'è la mia valigia?") -> Said:
    told = await town.act("ada", text=text, name="Ada Conti")
    assert told["hook"] == 200
    fact = town.hook.facts[-1]
    assert isinstance(fact, Said)
    return fact


async def told(town: Town, kind: type, count: int = 1) -> list[Any]:
    """Facts of this kind, once the errands have brought them."""
    await town.world.settle()
    found = [fact for fact in town.hook.facts if isinstance(fact, kind)]
    assert len(found) >= count, town.hook.facts
    return found


async def refused(town: Town, to: Handle, wish: str, part: Spoken | None = None) -> Any:
    await town.play(f"/control/{KIND}/brezza/next", next=[wish])
    with pytest.raises((Failed, Later, Doubtful)) as verdict:
        await town.say(part or Text("Eccoci"), to)
    return verdict.value


def test_a_message_comes_in_is_answered_delivered_and_read() -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        assert fact.parts == (Text("Dov'è la mia valigia?"),)
        assert fact.by.space == f"page:{CONFIG['page_id']}"
        receipt = await town.say(Text("È qui"), fact.by, answers=fact.id)
        reports = await told(town, Reported)
        assert {one.state for one in reports} >= {State.DELIVERED}
        theirs, ours = await town.shown("ada")
        assert (ours["id"], ours["content"]["text"]) == (receipt.id, "È qui")
        assert (ours["answers"], ours["ref"]) == (theirs["id"], "dlv_1")
        await town.web.post(f"{town.place}/ada/read", json={})
        assert any(one.state is State.READ for one in await told(town, Reported, 2))

    in_town(test)


def test_a_question_and_a_carousel_are_tapped() -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        question = Choice("Quale?", (Option("a", "Corridoio"), Option("w", "Finestrino")))
        asked = await town.say(question, fact.by)
        assert (await town.act("ada", tap="w", about=asked.id))["hook"] == 200
        cards = await town.say(CARDS, fact.by, ref="dlv_2")
        assert (await town.shown("ada"))[-1]["type"] == "carousel"
        await town.act("ada", tap="o", about=cards.id)
        said = [one for one in await told(town, Said) if "choice" in one.context]
        assert [one.context["choice"] for one in said] == ["w", "o"]
        assert [one.parts for one in said] == [(Text("Finestrino"),), (Text("Prenota Oslo"),)]

    in_town(test)


def test_a_boarding_pass_arrives_with_all_that_it_says() -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        can = registry.card_of(KIND, CONFIG).can
        for n, part in enumerate(fit([PASS], can).parts):
            await town.say(part, fact.by, ref=f"dlv_{n}")
        shown = str((await town.shown("ada"))[1:])
        for word in ("BZ 123", "Ada Conti", "MXP", "FCO", "K7QX2P"):
            assert word in shown

    in_town(test)


def test_files_travel_both_ways() -> None:
    async def test(town: Town) -> None:
        png = base64.b64encode(b"PNG").decode()
        await town.act("ada", media={"mime": "image/png", "name": "p.png", "base64": png})
        fact = town.hook.facts[-1]
        assert isinstance(fact, Said)
        [media] = fact.parts
        assert isinstance(media, Media)
        where = media.ref or media.url
        assert (await town.web.get(where)).content == b"PNG"
        ours = Media("image/png", name="q.png", attachment="att_1", size=3)
        await town.say(ours, fact.by, files={"att_1": Blob("image/png", b"QRS")})
        last = (await town.shown("ada"))[-1]
        assert last["type"] == "image"
        assert (await town.web.get(last["content"]["url"])).content == b"QRS"

    in_town(test)
    assert not isinstance(registry.connector(KIND), Fetches), "its addresses need no token"


def test_reactions_edits_and_withdrawals_come_in() -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        answer = await town.say(Text("È qui"), fact.by)
        await town.act("ada", react="❤️", about=answer.id)
        await town.act("ada", act="edit", values={"text": "Dov'è?"}, about=fact.id)
        await town.act("ada", act="delete", about=fact.id)
        [reacted] = await told(town, Reacted)
        assert (reacted.message, reacted.emoji) == (answer.id, "❤️")
        [edited] = await told(town, Edited)
        assert (edited.message, edited.parts) == (fact.id, (Text("Dov'è?"),))
        [withdrew] = await told(town, Withdrew)
        assert withdrew.message == fact.id

    in_town(test, strings=True, seconds=True)


def test_what_the_company_writes_in_metas_inbox_is_ours() -> None:
    async def test(town: Town) -> None:
        await wrote(town)
        await town.act("ada", act="owner", values={"text": "Le rispondo da qui"})
        said = (await told(town, Said))[-1]
        assert said.ours
        assert said.parts == (Text("Le rispondo da qui"),)

    in_town(test)


def test_the_window_closes_after_a_day_and_people_have_seven() -> None:
    async def test(town: Town) -> None:
        with clock.standing_at(NOON):
            fact = await wrote(town)
        bubble = town.world.accounts.bubble(town.world.accounts.of(KIND)["brezza"], fact.id)
        assert bubble is not None
        bubble.at = (datetime.now(UTC) - timedelta(days=2)).timestamp()
        with pytest.raises(Failed) as told:
            await town.say(Text("Eccoci"), fact.by)
        assert told.value.reason is Reason.WINDOW_CLOSED
        heard = datetime.fromtimestamp(bubble.at, UTC)
        town.hook.config["human_agent"] = "yes"
        await town.say(Text("Eccoci"), fact.by, heard_at=heard, ref="dlv_2")
        assert (await town.shown("ada"))[-1]["content"]["text"] == "Eccoci"

    in_town(test, {"human_agent": "yes"})


REFUSALS: dict[str, type] = {
    "#190/463": Failed,
    "#551/1545041": Failed,
    "#10/2018278": Failed,
    "#613": Later,
    "#10/1893063": Failed,
    "429:7": Later,
}


def test_each_refusal_has_its_verdict_and_shows_nothing() -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        for wish, kind in REFUSALS.items():
            assert isinstance(await refused(town, fact.by, wish), kind), wish
        assert len(await town.shown("ada")) == 1

    in_town(test)


def test_a_lost_answer_is_found_again_by_its_echo() -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        assert isinstance(await refused(town, fact.by, "lose", Text("Eccoci")), Doubtful)
        assert len(await town.shown("ada")) == 2
        reports = await told(town, Reported)
        assert "dlv_1" in {one.ref for one in reports}

    in_town(test)


def test_meta_refuses_what_is_beyond_its_limits_and_strangers() -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        with pytest.raises(Failed):
            await town.say(Text("x" * 2001), fact.by)
        with pytest.raises(Failed) as told:
            await town.say(Text("ciao"), Handle(fact.by.space, "7999"))
        assert told.value.reason is Reason.UNREACHABLE
        await town.act("ada", act="block")
        with pytest.raises(Failed) as told:
            await town.say(Text("ciao"), fact.by)
        assert told.value.reason is Reason.UNREACHABLE
        with pytest.raises(Failed):
            await town.say(Template("ready", "it", "È pronto."), fact.by)
        town.hook.config["access_token"] = "stolen"
        with pytest.raises(Failed) as told:
            await town.say(Text("ciao"), fact.by)
        assert told.value.reason is Reason.REFUSED

    in_town(test)


def test_a_page_is_checked_registered_and_says_who_writes() -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        assert (await town.act("ada", act="knock"))["hook"] == 200
        connector: Any = registry.connector(KIND)

        async def asked(steps: Any) -> Any:
            return await town.carrier.ask(
                steps, config=town.hook.config, channel="chn_1", connector=connector
            )

        assert not all(hop.ok for hop in await asked(connector.check(town.hook.config, hook="")))
        await asked(connector.register(town.hook.config, hook=town.ours))
        hops = await asked(connector.check(town.hook.config, hook=town.ours))
        assert all(hop.ok for hop in hops), hops
        found = await asked(connector.introduce(fact.by, town.hook.config))
        assert isinstance(found, Profile)
        assert found.name == "Ada Conti"

    in_town(test)


def test_what_came_during_an_outage_is_read_back() -> None:
    async def test(town: Town) -> None:
        known = await wrote(town, "Prima")
        account = town.world.accounts.of(KIND)["brezza"]
        account.hook, before = "", len(town.hook.facts)
        await town.act("ada", text="Mentre eravate via")
        assert len(town.hook.facts) == before
        connector: Any = registry.connector(KIND)
        fed = await town.carrier.ask(
            connector.feed(
                town.hook.config,
                (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
                at=datetime.now(UTC),
            ),
            config=town.hook.config,
            channel="chn_1",
            connector=connector,
        )
        facts = [fact for call in fed.requests for fact in connector.parse(call)]
        said = {fact.id: fact.parts for fact in facts if isinstance(fact, Said)}
        assert said[known.id] == known.parts, "what came before is known by its key"
        assert (Text("Mentre eravate via"),) in said.values()

    in_town(test)
