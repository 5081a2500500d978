"""The played Telegram against our connector and carrier, over real loopback HTTP."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from telegram import Update

from filo.channels import registry
from filo.channels.contract import (
    Blob,
    Doubtful,
    Edited,
    Failed,
    Later,
    Media,
    OptedOut,
    Reacted,
    Said,
    Spoken,
    Text,
    Withdrew,
)
from filo.channels.fitting import fit
from filo.emulators.tests.scenes import CARDS, PASS, QUESTION, towns_of, wrote
from filo.emulators.tests.town import Town

KIND = "telegram"
CONFIG = {
    "token": "123456:AAE-token",
    "username": "brezza_bot",
    "secret_token": "s3cret",
    "use": "bot",
    "road": "webhook",
}
telegram = registry.connector(KIND)
in_town = towns_of(KIND, CONFIG)


def test_a_customer_writes_and_is_answered() -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        assert fact.parts == (Text("Dov'è la mia valigia?"),)
        assert fact.by.name == "Ada Conti"
        await town.say(Text("È **qui**", marked=True), fact.by, answers=fact.id)
        theirs, ours = await town.shown("ada")
        assert (ours["out"], ours["content"]["text"]) == (True, "È **qui**")
        assert ours["answers"] == theirs["id"]

    in_town(test)


def test_a_tap_comes_back_as_the_choice_and_shows_no_spinner_for_long() -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        await town.say(QUESTION, fact.by)
        asked = (await town.shown("ada"))[-1]
        assert [one["label"] for one in asked["content"]["buttons"]] == ["Corridoio", "Finestrino"]
        await town.act("ada", tap="w", about=asked["id"])
        tapped = town.hook.facts[-1]
        assert isinstance(tapped, Said)
        assert tapped.context["choice"] == "w"
        assert not town.world.accounts.of(KIND)["brezza"].state["taps"]

    in_town(test)


@pytest.mark.parametrize("part", [CARDS, PASS], ids=["carousel", "boarding pass"])
def test_cards_and_passes_arrive_with_all_their_words(part: Any) -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        spoken: tuple[Spoken, ...] = fit([part], telegram.card.can).parts
        for one in spoken:
            await town.say(one, fact.by)
        shown = str((await town.shown("ada"))[1:])
        wanted = ("Roma", "Oslo", "Prenota Roma") if part is CARDS else ("BZ 123", "MXP", "K7QX2P")
        assert all(word in shown for word in wanted)

    in_town(test)


def test_files_go_both_ways() -> None:
    picture = b"\x89PNG a picture"

    async def test(town: Town) -> None:
        sent = {"mime": "image/png", "base64": base64.b64encode(picture).decode(), "caption": "qui"}
        await town.act("ada", media=sent)
        fact = town.hook.facts[-1]
        assert isinstance(fact, Said)
        media = next(part for part in fact.parts if isinstance(part, Media))
        blob = await town.carrier.fetch(
            media, config=town.hook.config, channel="c", connector=telegram
        )
        assert blob.body == picture
        ours = Media("image/png", attachment="att_1", caption="ecco", size=len(picture))
        await town.say(ours, fact.by, files={"att_1": Blob("image/png", picture, "p.png")})
        bubble = (await town.shown("ada"))[-1]
        assert bubble["content"]["caption"] == "ecco"
        assert (await town.web.get(bubble["content"]["url"])).content == picture

    in_town(test)


@pytest.mark.parametrize(
    ("wish", "verdict"),
    [("blocked", Failed), ("429:7", Later), ("503", Later), ("lose", Doubtful)],
)
def test_telegram_says_no_in_its_own_words(wish: str, verdict: type[Exception]) -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        await town.play(f"/control/{KIND}/brezza/next", next=[wish])
        with pytest.raises(verdict) as told:
            await town.say(Text("ciao"), fact.by)
        if isinstance(told.value, Later) and wish != "503":
            assert told.value.after == timedelta(seconds=7)

    in_town(test)


def test_what_else_happens_is_told() -> None:
    async def test(town: Town) -> None:
        fact = await wrote(town)
        await town.say(Text("ciao"), fact.by)
        theirs, ours = await town.shown("ada")
        await town.act("ada", act="edit", about=theirs["id"], values={"text": "Dov'è lo zaino?"})
        await town.act("ada", react="👍", about=ours["id"])
        await town.act("ada", act="block")
        edited, reacted, gone = town.hook.facts[-3:]
        assert isinstance(edited, Edited) and edited.parts == (Text("Dov'è lo zaino?"),)
        assert isinstance(reacted, Reacted) and reacted.emoji == "👍"
        assert isinstance(gone, OptedOut) and not gone.back
        # An independent reader of the Bot API finds the same person in every update.
        read = [Update.de_json(json.loads(one.body), None) for one in town.hook.requests]
        assert {one.effective_user.id for one in read if one.effective_user} == {int(fact.by.value)}
        assert len(read) == 4
        with pytest.raises(Failed):
            await town.say(Text("ancora"), fact.by)

    in_town(test)


def test_a_business_account_tells_what_its_owner_writes_and_what_is_deleted() -> None:
    async def test(town: Town) -> None:
        await town.act("ada", act="connect")
        fact = await wrote(town)
        await town.say(Text("Eccoci"), fact.by)
        await town.act("ada", act="owner", values={"text": "Dal mio telefono"})
        echo = town.hook.facts[-1]
        assert isinstance(echo, Said) and echo.ours
        theirs = (await town.shown("ada"))[0]
        await town.act("ada", act="delete", about=theirs["id"])
        assert isinstance(town.hook.facts[-1], Withdrew)

    in_town(test, {"use": "business"})


def test_an_update_that_was_refused_comes_again() -> None:
    async def test(town: Town) -> None:
        town.hook.refuse = 1
        assert (await town.act("ada", text="ciao"))["hook"] == 503
        assert len(await town.hook.until(1)) == 1

    in_town(test)
