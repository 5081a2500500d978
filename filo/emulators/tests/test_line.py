"""The played LINE against our connector and carrier, over real loopback HTTP."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from linebot.v3.webhook import WebhookParser

from filo.channels import registry
from filo.channels.contract import (
    Doubtful,
    Edited,
    Failed,
    Later,
    Media,
    OptedOut,
    Said,
    Spoken,
    Text,
    Withdrew,
)
from filo.channels.fitting import fit
from filo.emulators.tests.scenes import CARDS, PASS, QUESTION, towns_of, wrote
from filo.emulators.tests.town import Town

KIND = "line"
CONFIG = {"provider_id": "165", "channel_secret": "secret", "access_token": "token"}
line = registry.connector(KIND)
in_town = towns_of(KIND, CONFIG)


def test_a_customer_writes_and_is_answered_by_somebody_with_a_name() -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        assert fact.parts == (Text("Dov'è la mia valigia?"),)
        await town.say(Text("È qui"), fact.by, author="Dora")
        ours = (await town.shown("ada"))[-1]
        assert (ours["content"]["text"], ours["by"]) == ("È qui", "Dora")

    in_town(test)


def test_a_tap_comes_back_as_the_choice() -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        await town.say(QUESTION, fact.by)
        asked = (await town.shown("ada"))[-1]
        window = next(one for one in asked["content"]["buttons"] if one["label"] == "Finestrino")
        await town.act("ada", tap=window["id"], about=asked["id"])
        tapped = town.hook.facts[-1]
        assert isinstance(tapped, Said)
        assert tapped.context["choice"] == "w"

    in_town(test)


@pytest.mark.parametrize("part", [CARDS, PASS], ids=["carousel", "boarding pass"])
def test_cards_and_passes_arrive_with_all_their_words(part: Any) -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        spoken: tuple[Spoken, ...] = fit([part], line.card.can).parts
        for n, one in enumerate(spoken):
            await town.say(one, fact.by, ref=f"dlv_{n}")
        shown = str((await town.shown("ada"))[1:])
        wanted = ("Roma", "Oslo", "Prenota Roma") if part is CARDS else ("BZ 123", "MXP", "K7QX2P")
        assert all(word in shown for word in wanted)

    in_town(test)


def test_a_lost_answer_is_asked_again_by_the_same_key_and_shown_once() -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        await town.play(f"/control/{KIND}/brezza/next", next=["lose"])
        with pytest.raises(Doubtful):
            await town.say(Text("ciao"), fact.by, ref="dlv_7")
        receipt = await town.say(Text("ciao"), fact.by, ref="dlv_7")
        bubbles = await town.shown("ada")
        assert [one["out"] for one in bubbles] == [False, True]
        assert receipt.id == bubbles[-1]["id"]

    in_town(test)


def test_a_file_that_is_not_ready_is_asked_for_again() -> None:
    async def test(town: Town) -> None:
        sent = {"mime": "image/png", "base64": base64.b64encode(b"\x89PNG").decode()}
        await town.act("ada", media=sent)
        fact = town.hook.facts[-1]
        assert isinstance(fact, Said)
        media = next(part for part in fact.parts if isinstance(part, Media))
        blob = await town.carrier.fetch(media, config=town.hook.config, channel="c", connector=line)
        assert blob.body == b"\x89PNG"

    in_town(test)


@pytest.mark.parametrize(
    ("wish", "verdict"),
    [("failed", Failed), ("monthly", Failed), ("401", Failed), ("429", Later), ("500", Later)],
)
def test_line_says_no_in_its_own_words(wish: str, verdict: type[Exception]) -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        await town.play(f"/control/{KIND}/brezza/next", next=[wish])
        with pytest.raises(verdict):
            await town.say(Text("ciao"), fact.by)

    in_town(test)


def test_what_else_happens_is_told() -> None:
    async def test(town: Town) -> None:
        await wrote(town)
        theirs = (await town.shown("ada"))[0]
        await town.act("ada", act="edit", about=theirs["id"], values={"text": "Lo zaino?"})
        await town.act("ada", act="delete", about=theirs["id"])
        await town.act("ada", act="block")
        edited, unsent, gone = town.hook.facts[-3:]
        assert isinstance(edited, Edited)
        assert isinstance(unsent, Withdrew)
        assert isinstance(gone, OptedOut) and not gone.back
        assert (await town.act("ada", act="verify"))["hook"] == 200
        # LINE's own library takes the signature and reads the events.
        parser = WebhookParser("secret")
        read = [
            parser.parse(one.body.decode(), one.headers["x-line-signature"])
            for one in town.hook.requests
        ]
        kinds = [one.type for events in read for one in events]
        assert kinds == ["message", "messageEdited", "unsend", "unfollow"]

    in_town(test)


def test_refused_events_come_again_only_where_the_switch_is_on() -> None:
    async def test(town: Town) -> None:
        town.hook.refuse = 1
        assert (await town.act("ada", text="ciao"))["hook"] == 503
        assert len(await town.hook.until(1)) == 1
        assert b'"isRedelivery":true' in town.hook.requests[0].body

    in_town(test, redelivery=True)
